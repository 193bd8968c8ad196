/// The kinds of links of a cluster: one, or those inside and those between halls where nodes fall into halls.
///
/// Nodes of one hall (a leaf switch, a building, a zone) have fast links among themselves and slow ones to the others. A link between
/// halls is slower by design; only among its like does its bandwidth tell anything.
struct LinkKinds {
    /// The hall of each node; 0 for all where there is one kind.
    let halls: [Int]

    /// The share of pairs that must be on their side of the threshold.
    private static let agreement = 0.9
    /// What fast links must have over slow ones in the mean; less is one uneven kind.
    private static let gap = 1.15

    /// The halls of a matrix of links between nodes.
    init(_ matrix: BandwidthMatrix) {
        halls = Self.halls(matrix) ?? [Int](repeating: 0, count: matrix.count)
    }

    /// The number of kinds.
    var count: Int { halls.contains { $0 != halls[0] } ? 2 : 1 }

    /// The kind of the link between two nodes: 1 between halls.
    func kind(_ a: Int, _ b: Int) -> Int { halls[a] == halls[b] ? 0 : 1 }

    private static func halls(_ matrix: BandwidthMatrix) -> [Int]? {
        let n = matrix.count
        guard n >= 4, let threshold = threshold(matrix) else { return nil }
        /// The better direction, so that a link that is bad one way only stays what it is.
        func isFast(_ a: Int, _ b: Int) -> Bool { max(matrix.values[a * n + b], matrix.values[b * n + a]) >= threshold }
        var halls = [Int](repeating: -1, count: n)
        var found = 0
        for seed in 0..<n where halls[seed] < 0 {
            for node in seed..<n where halls[node] < 0 && (node == seed || isFast(seed, node)) { halls[node] = found }
            found += 1
        }
        // A seed with a bad link of its own has misjudged a node: everyone moves to where most of its fast links lead.
        var sizes = [Int](repeating: 0, count: found)
        for hall in halls { sizes[hall] += 1 }
        let first = halls
        for node in 0..<n {
            var fast = [Int](repeating: 0, count: found)
            for other in 0..<n where other != node && isFast(node, other) { fast[first[other]] += 1 }
            // A hall of one is no hall.
            let share = (0..<found).map { sizes[$0] > 1 ? Double(fast[$0]) / Double(sizes[$0]) : -1 }
            guard let best = share.indices.max(by: { share[$0] < share[$1] }), share[best] >= 0 else { return nil }
            halls[node] = best
        }
        var right = 0
        for a in 0..<n { for b in 0..<a where isFast(a, b) == (halls[a] == halls[b]) { right += 1 } }
        let isSplit = halls.contains { $0 != halls[0] }
        return isSplit && Double(right) >= agreement * Double(n * (n - 1) / 2) ? halls : nil
    }

    /// The bandwidth that parts the links into two classes with the least variance inside them (Otsu, IEEE Trans. SMC 9(1), 1979); nil
    /// where the classes are not far apart.
    private static func threshold(_ matrix: BandwidthMatrix) -> Double? {
        let n = matrix.count
        var values: [Double] = []
        values.reserveCapacity(n * (n - 1))
        for a in 0..<n {
            for b in 0..<n where a != b {
                let value = matrix.values[a * n + b]
                if value.isFinite, value > 0 { values.append(value) }
            }
        }
        guard values.count > 2 else { return nil }
        values.sort()
        let total = values.reduce(0, +)
        var below = 0.0
        var best = (between: 0.0, index: 0)
        for index in 1..<values.count {
            below += values[index - 1]
            let low = Double(index)
            let high = Double(values.count - index)
            let distance = (total - below) / high - below / low
            let between = low * high * distance * distance
            if between > best.between { best = (between, index) }
        }
        guard best.index > 0 else { return nil }
        let low = values[..<best.index].reduce(0, +) / Double(best.index)
        let high = values[best.index...].reduce(0, +) / Double(values.count - best.index)
        return high >= gap * low ? values[best.index] : nil
    }
}
