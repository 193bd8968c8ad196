import Hardware

/// Reads `ibstat` and `ibdev2netdev`: RDMA adapters, their rate and kind, and those that are down.
enum DetectedAdapters {
    private struct Port {
        var device: Substring
        var isActive = false
        var rate = 0.0
        var layer: Substring = ""
    }

    /// Reads `ibstat`: `CA 'mlx5_0'`, under it `Port 1:` with `State: Active`, `Rate: 400` in Gbit/s and `Link layer: InfiniBand`.
    ///
    /// The fastest active ports carry training; slower ones are for storage or management.
    static func ibstat(_ text: String, into evidence: inout ClusterEvidence) {
        var ports: [Port] = []
        var device: Substring = ""
        for line in LogLines(text, labels: .launchers).prefix(65_536) {
            let words = line.words
            if words.count >= 2, words[0] == "CA", words[1].hasPrefix("'") {
                device = words[1].drop { $0 == "'" }.prefix { $0 != "'" }
                if !device.isHostName { device = "" }
            } else if words.first == "Port", words.count == 2, words[1].hasSuffix(":") {
                ports.append(Port(device: device))
            } else if !ports.isEmpty, words.count >= 2 {
                switch words[0] {
                case "State:": ports[ports.count - 1].isActive = words[1] == "Active"
                case "Rate:": ports[ports.count - 1].rate = words[1].positive ?? 0
                case "Link" where words[1] == "layer:" && words.count > 2: ports[ports.count - 1].layer = words[2]
                default: break
                }
            }
        }
        let active = ports.filter { $0.isActive && $0.rate > 0 && $0.rate <= 10_000 }
        guard let rate = active.map(\.rate).max() else {
            if !ports.isEmpty { evidence.note(1, "none of \(ports.count) ports is active", isFault: true) }
            return
        }
        let carrying = active.filter { $0.rate == rate }
        evidence.node.adapterBandwidth = rate * 1.25e8
        evidence.node.adapters = min(256, carrying.count)
        evidence.node.network = carrying.contains { $0.layer == "InfiniBand" } ? .infiniband : .roce
        if carrying.count < active.count {
            evidence.note(
                1, "\(active.count - carrying.count) ports slower than \(words(rate)) Gbit/s are taken to be for storage or management")
        }
        let down = ports.filter { !$0.isActive && !$0.device.isEmpty }.map { String($0.device) }
        if !down.isEmpty { evidence.note(1, "\(down.prefix(16).joined(separator: ", ")): not active", isFault: true) }
    }

    /// Reads `ibdev2netdev`: `mlx5_0 port 1 ==> ib0 (Up)`; interfaces called `ib…` are InfiniBand.
    static func interfaces(_ text: String, into evidence: inout ClusterEvidence) {
        var up = 0
        var isInfiniBand = false
        for line in LogLines(text, labels: .launchers).prefix(4096) {
            let words = line.words
            guard words.count >= 6, words[1] == "port", words[3] == "==>", words[0].isHostName else { continue }
            guard words[5] == "(Up)" else {
                evidence.note(line.number, "\(words[0]): not up", isFault: true)
                continue
            }
            up += 1
            if words[4].hasPrefix("ib") { isInfiniBand = true }
        }
        guard up > 0 else { return }
        evidence.node.adapters = min(256, up)
        evidence.node.network = isInfiniBand ? .infiniband : .roce
    }

    private static func words(_ rate: Double) -> String { rate == rate.rounded() ? "\(Int(rate))" : "\(rate)" }
}
