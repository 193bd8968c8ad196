import Documents
import Hardware

/// The switches of an InfiniBand fabric with what hangs on them, as ibnetdiscover and iblinkinfo show it.
///
/// Nodes whose adapters hang on the same set of leaf switches form a group, so that rails are read as one leaf level. A leaf's
/// oversubscription is the rate of its ports towards nodes over that of its ports towards other switches. The aggregation nodes of SHARP sit
/// inside switches and are no nodes; adapters that do not state their host are nodes of their own.
struct InfiniBandFabric {
    private struct Leaf {
        var line: Int
        var down = 0.0
        var up = 0.0
        var hosts: Set<String> = []
    }

    private static let unnamedPrefix = "adapter-"
    private let file: String
    private var leaves: [Leaf] = []
    private var adapters: [String: Set<String>] = [:]
    private var order: [String] = []
    private var rates: [Double: Int] = [:]
    private var unnamed = 0
    /// Adapters that state their device and no host, in the order of the file.
    private var devices: [(device: String, leaf: Int, adapter: String)] = []

    init(_ file: String) { self.file = file }

    /// A switch begins.
    mutating func beginSwitch(line: Int) { leaves.append(Leaf(line: line)) }

    /// A cable of the last switch to another.
    mutating func addUplink(rate: Double?) {
        guard !leaves.isEmpty else { return }
        leaves[leaves.count - 1].up += rate ?? 0
    }

    /// A cable of the last switch to an adapter, by its description and its port's GUID or address.
    mutating func addAdapter(_ description: Substring, port: String, rate: Double?) {
        guard !leaves.isEmpty, !description.contains("Aggregation Node") else { return }
        var host = description.prefix { $0 != " " }
        while host.first == "'" || host.first == "\"" { host = host.dropFirst() }
        while host.last == "'" || host.last == "\"" { host = host.dropLast() }
        var name = String(host)
        if Self.isProduct(description) || !host.isHostName {
            name = Self.unnamedPrefix + port.drop { $0 == "0" || $0 == "x" }.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
            if adapters[name] == nil {
                unnamed += 1
                devices.append((String(host), leaves.count - 1, name))
            }
        }
        leaves[leaves.count - 1].down += rate ?? 0
        leaves[leaves.count - 1].hosts.insert(name)
        if adapters.updateValue((adapters[name] ?? []).union([port]), forKey: name) == nil { order.append(name) }
        if let rate { rates[rate, default: 0] += 1 }
    }

    /// Whether a description is that of a switch: `MF0;leaf01:MQM9700/U1` of a managed one, or a product's.
    static func isSwitch(_ description: Substring) -> Bool {
        description.hasPrefix("MF0;") || description.hasPrefix("SwitchX") || description.hasPrefix("Quantum")
            || description.hasPrefix("Infiniscale")
            || rate(ofModel: description) != nil && !description.contains("Aggregation Node")
    }

    /// Whether a description is that of a product, as adapters have it until a host gives them its name.
    private static func isProduct(_ description: Substring) -> Bool {
        if description.contains("Mellanox Technologies") || description.contains("InfiniHost") || description.contains("localhost") {
            return true
        }
        let word = description.drop { $0 == " " || $0 == "'" || $0 == "\"" }.prefix { $0 != " " }
        // A host that could not be found leaves the device alone, which all hosts have alike.
        let name = word.lowercased()
        if description.contains("ConnectX") || name.hasPrefix("(none") { return true }
        for device in ["mlx4_", "mlx5_", "hfi1_", "qib", "mthca"] where name.hasPrefix(device) {
            if name.dropFirst(device.utf8.count).allSatisfy(\.isNumber) { return true }
        }
        return word.hasPrefix("MT") && word.count > 5 && word.dropFirst(2).allSatisfy(\.isNumber)
    }

    /// States what was found.
    mutating func finish(_ what: String, _ evidence: inout ClusterEvidence) throws(DocumentError) {
        guard !order.isEmpty else { throw .log(file, 1, "there is no switch with nodes on it", "save the output of '\(what)'") }
        joinDevices(&evidence)
        leaves.removeAll { $0.hosts.isEmpty }
        try evidence.switches = tree()
        let first = leaves.first?.line ?? 1
        // What stands alone because nothing names its host says nothing of how many adapters hosts have.
        let named = adapters.filter { !$0.key.hasPrefix(Self.unnamedPrefix) }
        let counts = Dictionary(grouping: (named.isEmpty ? adapters : named).values.map(\.count)) { $0 }.mapValues(\.count)
        evidence.node.network = .infiniband
        evidence.node.adapters = Self.mostFrequent(counts)
        evidence.node.adapterBandwidth = Self.mostFrequent(rates)
        if counts.count > 1 { evidence.note(first, "hosts have different numbers of adapters; the most frequent is taken") }
        if rates.count > 1 { evidence.note(first, "adapters have different rates; the most frequent is taken") }
        if unnamed > 0 {
            evidence.note(
                first,
                "\(unnamed) adapters do not state their host; each is taken for a node of its own, adapter- and its GUID"
                    + " (a node of several counts as often; --node-name-map of ibnetdiscover and iblinkinfo names them)")
        }
    }

    /// Joins devices without a host to hosts where all are in order: `mlx5_0` to `mlx5_7` again and again on their leaves, or each on a leaf of
    /// its own, the first of every leaf being one host's.
    private mutating func joinDevices(_ evidence: inout ClusterEvidence) {
        let kinds = devices.reduce(into: [String]()) { if !$0.contains($1.device) { $0.append($1.device) } }
        guard kinds.count > 1, kinds.count <= 64, adapters.count == devices.count, devices.count % kinds.count == 0 else { return }
        let hosts = devices.count / kinds.count
        let isInTurn = devices.indices.allSatisfy { devices[$0].device == kinds[$0 % kinds.count] }
        let isByRail =
            devices.indices.allSatisfy { devices[$0].device == kinds[$0 / hosts] }
            && Set(devices.map(\.leaf)).allSatisfy { leaf in Set(devices.lazy.filter { $0.leaf == leaf }.map(\.device)).count == 1 }
        guard hosts > 1 || isInTurn, isInTurn || isByRail else { return }
        order = (1...hosts).map { "host-\($0)" }
        var joined: [String: Set<String>] = [:]
        for index in leaves.indices { leaves[index].hosts = [] }
        for (index, one) in devices.enumerated() {
            let host = order[isInTurn ? index / kinds.count : index % hosts]
            joined[host, default: []].formUnion(adapters[one.adapter] ?? [])
            leaves[one.leaf].hosts.insert(host)
        }
        adapters = joined
        unnamed = 0
        evidence.note(
            leaves.first?.line ?? 1,
            "no adapter states its host; \(kinds[0]) to \(kinds[kinds.count - 1]) are in order \(hosts) times"
                + (isInTurn ? ", each time taken for a host" : ", a leaf each, whose ports are taken to be in the order of the hosts")
                + " (--node-name-map of ibnetdiscover and iblinkinfo names them)")
    }

    private func tree() throws(DocumentError) -> SwitchTree {
        var groups: [[Int]: [String]] = [:]
        var keys: [[Int]] = []
        for host in order {
            let key = leaves.indices.filter { leaves[$0].hosts.contains(host) }
            if groups[key] == nil { keys.append(key) }
            groups[key, default: []].append(host)
        }
        return try SwitchTree(
            keys.enumerated().map { index, key in
                let down = key.reduce(0) { $0 + leaves[$1].down }
                let up = key.reduce(0) { $0 + leaves[$1].up }
                return .init(
                    name: "leaf-\(index)", nodes: groups[key] ?? [], switches: [],
                    location: SourceLocation(file: file, line: key.first.map { leaves[$0].line } ?? 1),
                    oversubscription: down > 0 && up > 0 ? max(1, down / up) : nil)
            })
    }

    private static func mostFrequent<Key: Comparable>(_ counts: [Key: Int]) -> Key? {
        counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
    }

    // MARK: Rates

    /// Usable Gbit/s of a lane by its name (InfiniBand Architecture Specification, volume 2).
    private static let lanes: [Substring: Double] = [
        "SDR": 2, "DDR": 4, "QDR": 8, "FDR10": 10, "FDR": 13.64, "EDR": 25, "HDR": 50, "NDR": 100, "XDR": 200,
    ]

    /// The data rate of `4xNDR`, in B/s per direction; nil for other words.
    static func rate(_ word: Substring) -> Double? {
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits), (1...12).contains(count), word.dropFirst(digits.count).first == "x" else { return nil }
        return lanes[word.dropFirst(digits.count + 1)].map { $0 * Double(count) * 1.25e8 }
    }

    /// The data rate of lanes at a signalling rate such as 25.78125 or 53.125 Gbit/s, in B/s per direction; nil for rates of no generation.
    static func rate(lanes count: Int, signalling gigabits: Double) -> Double? {
        let known: [(Double, Double)] = [
            (2.5, 2), (5, 4), (10, 8), (10.3125, 10), (14.0625, 13.64), (25.78125, 25), (53.125, 50), (106.25, 100), (212.5, 200),
            (50, 50), (100, 100), (200, 200),
        ]
        guard (1...12).contains(count) else { return nil }
        return known.first { abs($0.0 - gigabits) < 0.01 * $0.0 / 2 }.map { $0.1 * Double(count) * 1.25e8 }
    }

    /// The rate of a switch's ports by its model, for tools that are older than the switch.
    static func rate(ofModel description: Substring) -> Double? {
        let models: [(String, Substring)] = [
            ("MQM97", "4xNDR"), ("QM97", "4xNDR"), ("MQM87", "4xHDR"), ("QM87", "4xHDR"), ("CS8500", "4xHDR"), ("MSB77", "4xEDR"),
            ("SB77", "4xEDR"),
            ("SB78", "4xEDR"), ("CS75", "4xEDR"), ("QM34", "4xXDR"), ("Q3400", "4xXDR"), ("Q3450", "4xXDR"), ("SX60", "4xFDR"),
        ]
        return models.first { description.contains($0.0) }.flatMap { rate($0.1) }
    }
}
