import Documents

/// What of two nodes carried a measured link: all their adapters, some of them, or those next to some of their GPUs.
///
/// A benchmark with one process a node shows one adapter of eight, training uses all of them, and no number tells which of the two it is.
/// So files state it, and the profile holds what whole nodes exchange.
public enum MeasurementScope: Hashable, Sendable {
    /// All adapters of a node at once.
    case node
    /// So many adapters of a node.
    case adapters(Int)
    /// So many GPUs of a node at once, each over the adapters next to it.
    case gpus(Int)

    /// The scope that a text names: `node`, `adapter`, `2 adapters`, `gpu` or `4 gpus`; nil for others.
    public init?(_ text: String) {
        let words = text.lowercased().split(separator: " ")
        switch (words.count, words.first, words.last) {
        case (1, "node", _): self = .node
        case (1, "adapter", _): self = .adapters(1)
        case (1, "gpu", _): self = .gpus(1)
        case (2, let count?, let what?):
            guard let count = Int(count), (1...1024).contains(count) else { return nil }
            switch what {
            case "adapter", "adapters": self = .adapters(count)
            case "gpu", "gpus": self = .gpus(count)
            default: return nil
            }
        default: return nil
        }
    }

    /// What `init` takes, for messages.
    public static let expected = "node, adapter, '2 adapters', gpu or '4 gpus'"

    /// The scope as `init` reads it.
    public var text: String {
        switch self {
        case .node: "node"
        case .adapters(let count): count == 1 ? "adapter" : "\(count) adapters"
        case .gpus(let count): count == 1 ? "gpu" : "\(count) gpus"
        }
    }

    /// Adapters of a node that carried the measurement. GPUs next to each other share what adapters there are; a GPU alone has at least one.
    public func adapters(of network: Network, gpusPerNode: Int) -> Double {
        let all = Double(network.adaptersPerNode)
        switch self {
        case .node: return all
        case .adapters(let count): return min(Double(count), all)
        case .gpus(let count): return min(all, max(1, Double(count) * all / Double(max(1, gpusPerNode))))
        }
    }

    /// What a whole node moves over what was measured: at least 1.
    public func wholeNodeFactor(_ network: Network, gpusPerNode: Int) -> Double {
        Double(network.adaptersPerNode) / adapters(of: network, gpusPerNode: gpusPerNode)
    }

    /// Why no node can have been measured so, or nil: more adapters or GPUs than any of these nodes has.
    public func excess(over groups: [NodeGroup]) -> String? {
        switch self {
        case .node: nil
        case .adapters(let count): Self.excess(count, "adapters", groups.map(\.network.adaptersPerNode).max() ?? 1)
        case .gpus(let count): Self.excess(count, "GPUs", groups.map(\.gpusPerNode).max() ?? 1)
        }
    }

    private static func excess(_ count: Int, _ what: String, _ most: Int) -> String? {
        count > most ? "\(count) \(what) of a node that has \(most)" : nil
    }

    /// Whether measurements of these nodes can mean different things.
    public static func matters(_ groups: [NodeGroup]) -> Bool { groups.contains { $0.network.adaptersPerNode > 1 } }
}

extension MeasurementScope {
    /// The scope under `scope`, which has to be stated where nodes have more than one adapter.
    static func read(_ measured: MappingReader, _ what: String, _ groups: [NodeGroup]) throws(DocumentError) -> MeasurementScope {
        guard let text = try measured.optional("scope", .string) else {
            guard matters(groups) else { return .node }
            let adapters = groups.map(\.network.adaptersPerNode).max() ?? 1
            throw DocumentError(
                measured.location,
                .invalid(
                    "\(what) does not say whether it was measured on one of a node's \(adapters) adapters or on the whole node",
                    remedy: "add 'scope:' with \(expected)"))
        }
        guard let scope = MeasurementScope(text) else {
            throw DocumentError(
                measured.location(of: "scope"), .invalid("'\(text)' is no scope of a measurement", remedy: "use \(expected)"))
        }
        if let excess = scope.excess(over: groups) {
            throw DocumentError(
                measured.location(of: "scope"), .invalid("\(what) cannot have been measured over \(excess)", remedy: "use \(expected)"))
        }
        return scope
    }
}
