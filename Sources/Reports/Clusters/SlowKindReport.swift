import Hardware

/// A kind of nodes that is slower than the fastest, as `cluster check` says it. Rates are in GB/s.
public struct SlowKindReport: Encodable, Hashable, Sendable {
    /// Its nodes.
    public let nodes: [String]
    /// Median of their links to the fastest kind.
    public let rate: Double
    /// Median of the links of the fastest kind.
    public let fastest: Double
    /// What of the profile explains it; nil where nothing does.
    public let explanation: String?

    enum CodingKeys: String, CodingKey {
        case nodes, explanation
        case rate = "gb_per_s"
        case fastest = "fastest_gb_per_s"
    }

    init(_ kind: SlowKind, _ cluster: ClusterProfile) {
        nodes = kind.nodes
        (rate, fastest) = (kind.rate / 1e9, kind.fastest / 1e9)
        explanation =
            switch kind.explanation(cluster, names: cluster.nodeBandwidth?.names ?? []) {
            case .adapters(let count, let rate): "the profile gives them \(count) adapters of \(HardwareText.brief(rate / 1e9)) GB/s"
            case .gpu(let name): "they are the profile's nodes of \(name), whose adapters it does not say to be slower"
            case .speed(let factor): "the profile gives them a speed of \(HardwareText.brief(factor))"
            case nil: nil
            }
    }

    /// One line for people.
    var text: String {
        let less = Int(((1 - rate / fastest) * 100).rounded())
        let why =
            explanation
            ?? "nothing in the profile explains it: they may have other adapters (state them as a group of their own), or share a switch, a driver"
            + " or a fault; which one, links alone cannot say"
        let who = "\(CountText.number(nodes.count, of: "node")) (\(NodeListText.brief(nodes)))"
        let rates = "\(HardwareText.brief(rate)) of \(HardwareText.brief(fastest)) GB/s"
        return "a kind of \(who) is \(less) % slower than the fastest, \(rates); \(why)"
    }
}

/// Names of nodes for one line.
enum NodeListText {
    /// The first names, and how many more there are.
    static func brief(_ names: [String], _ shown: Int = 8) -> String {
        names.prefix(shown).joined(separator: ", ") + (names.count > shown ? " and \(names.count - shown) more" : "")
    }
}

extension ClusterCheckReport.Halls {
    /// The halls, and a ring in the order of the matrix that crosses them more than it has to.
    var ringLines: [String] {
        guard ringCrossings > leastRingCrossings else { return [] }
        let shown = 8
        var lines = members.prefix(shown).enumerated().map { "hall \($0 + 1): \(NodeListText.brief($1, 16))" }
        if members.count > shown { lines.append("and \(members.count - shown) more halls; --format json lists all") }
        lines.append(
            "a ring in this order of the nodes crosses halls \(ringCrossings) times, where \(leastRingCrossings) times are enough: start ranks hall by"
                + " hall, as 'plan' places them")
        return lines
    }
}
