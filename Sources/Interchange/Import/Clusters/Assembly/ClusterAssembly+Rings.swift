import Documents
import Hardware

extension ClusterAssembly {
    /// Says which runs had their ranks in an order that crosses leaves more often than it has to, where a file shows the leaves.
    ///
    /// NCCL's rings follow the order of the ranks from node to node, so each crossing is a cable of the leaf that every byte takes. Ordered
    /// by leaf, a ring leaves each of them once.
    mutating func sayRings() {
        guard let leaves = evidence.lazy.compactMap({ $0.switches?.levels.first?.groups }).first, leaves.count > 1 else { return }
        var leaf: [String: Int] = [:]
        for (index, group) in leaves.enumerated() { for name in group { leaf[names(name)] = index } }
        for one in evidence {
            for curve in one.curves where curve.hosts.count > 3 {
                let order = curve.hosts.map { (name: names($0), leaf: leaf[names($0)]) }
                let homes = order.compactMap(\.leaf)
                guard homes.count == order.count else { continue }
                let crossings = RingCrossings(homes)
                guard crossings.isShuffled, let away = order.indices.dropLast().first(where: { homes[$0] != homes[$0 + 1] }) else {
                    continue
                }
                note(
                    "\(curve.location.file):\(curve.location.line): the ranks' order crosses leaves \(crossings.count) times, such as from"
                        + " \(order[away].name) to \(order[away + 1].name), where \(crossings.least) times are enough: a ring of these"
                        + " \(order.count) nodes loads the cables between leaves \(crossings.text) as much as it has to; start ranks in the"
                        + " order of the leaves")
            }
        }
    }
}
