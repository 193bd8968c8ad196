import Foundation

/// How long DeepEP's kernels take to carry tokens to experts and back, fitted to measurements of single exchanges.
///
/// In µs and MB, with L the copies a rank makes for every distinct rank and Z those that leave the node, one for every distinct node:
///
/// - normal, one node: `t = a + p·T/s + L·(m/s + v)`, s multiprocessors;
/// - normal, n nodes: `t = a + p·T/s + c·(n − 1) + ((L·(m/s + v))⁴ + (Z·w)⁴)^¼`, w by n: the slower of multiprocessors and network shows;
/// - low latency, V one message a token and expert, of E experts: `t = a + ((V·v)⁴ + (V/E·x)⁴)^¼`, since a group of threads serves each expert and
///   few experts leave others idle; over nodes
///   `t = a + c·(n − 1) + ((V·v)⁴ + (V·w·(n − 1)/n)⁴)^¼ + V/E·x`.
///
/// Source of the measurements: NVIDIA AIConfigurator, communication tables of SGLang 0.5.6 and 0.5.12 with DeepEP (github.com/deepseek-ai/DeepEP); a
/// dispatch travels in 8 bits with scales, a combine in 16, and a token's experts are on at most 4 nodes. Half of the points were kept out: docs/experts.md
/// has the errors.
public struct DispatchLaw: Hashable, Sendable {
    /// Which kernels, and whether tokens leave the node.
    public enum Family: String, CaseIterable, Hashable, Sendable {
        /// Kernels for many tokens, inside a node.
        case normal
        /// The same over nodes.
        case normalOverNodes
        /// Kernels for few tokens, inside a node.
        case lowLatency
        /// The same over nodes.
        case lowLatencyOverNodes

        /// How many constants its formula has.
        public var constants: Int {
            switch self {
            case .normal: 4
            case .normalOverNodes: 8
            case .lowLatency: 3
            case .lowLatencyOverNodes: 5
            }
        }

        /// Whether the kernels are those for few tokens.
        public var isLowLatency: Bool { self == .lowLatency || self == .lowLatencyOverNodes }
    }

    /// One exchange that is measured or asked for.
    public struct Point: Hashable, Sendable {
        /// Tokens of a rank, numbers of a token, experts that it visits, experts in all, ranks, nodes, and multiprocessors that the kernels take.
        public var tokens, hidden, perToken, experts, ranks, nodes, multiprocessors: Double
        /// Bytes of a number.
        public var bytes: Double
        /// Distinct ranks and nodes that a token visits, or as many as the busiest rank and adapter carry; nil as under uniform routing.
        public var distinctRanks, distinctNodes: Double?

        /// The same of tokens whose experts are on at most so many nodes, those with the best experts.
        public func limited(to limit: Int) -> Point {
            guard Double(limit) < nodes else { return self }
            var point = self
            point.distinctNodes = DistinctGroups.limited(to: limit, of: Int(nodes), perToken: Int(perToken), experts: experts)
            point.distinctRanks = DispatchLaw.distinct(
                ranks * Double(limit) / nodes, of: experts * Double(limit) / nodes, perToken: perToken)
            return point
        }

        /// A point; routing is uniform.
        public init(
            tokens: Double, hidden: Double, perToken: Double, experts: Double, ranks: Double, nodes: Double, multiprocessors: Double,
            bytes: Double
        ) {
            (self.tokens, self.hidden, self.perToken, self.experts) = (tokens, hidden, perToken, experts)
            (self.ranks, self.nodes, self.multiprocessors, self.bytes) = (ranks, nodes, multiprocessors, bytes)
        }
    }

    /// The law's kernels.
    public let family: Family
    /// Its constants, in the order in which the formula names them: a, m, v, p, c, w of 2, 4 and 8 nodes; or a, v, x, c, w.
    public let constants: [Double]

    /// A law from its constants; nil where their number is another.
    public init?(_ family: Family, _ constants: [Double]) {
        guard constants.count == family.constants else { return nil }
        (self.family, self.constants) = (family, constants)
    }

    /// Time in s of one direction.
    public func seconds(_ point: Point) -> Double {
        let c = constants
        let (t, n) = (point.tokens, max(1, point.nodes))
        let row = point.hidden * point.bytes / 1e6
        switch family {
        case .normal, .normalOverNodes:
            let ranks = point.distinctRanks ?? Self.distinct(point.ranks, of: point.experts, perToken: point.perToken)
            let s = max(1, point.multiprocessors)
            let local = t * row * ranks * (c[1] / s + c[2])
            guard family == .normalOverNodes else { return 1e-6 * (c[0] + c[3] * t / s + local) }
            let nodes = point.distinctNodes ?? Self.distinct(n, of: point.experts, perToken: point.perToken)
            let network = t * row * nodes * (n - 1) / n * rate(nodes: n)
            return 1e-6 * (c[0] + c[3] * t / s + c[4] * (n - 1) + Self.longer(local, network))
        case .lowLatency:
            let volume = t * row * point.perToken
            return 1e-6 * (c[0] + Self.longer(volume * c[1], volume * c[2] / max(1, point.experts)))
        case .lowLatencyOverNodes:
            let volume = t * row * point.perToken
            return 1e-6
                * (c[0] + c[3] * (n - 1) + Self.longer(volume * c[1], volume * (n - 1) / n * c[4]) + volume * c[2] / max(1, point.experts))
        }
    }

    /// µs a MB over so many nodes: measured at 2, 4 and 8, between them by the logarithm, beyond them as the outermost.
    private func rate(nodes: Double) -> Double {
        let place = min(max(log2(nodes) - 1, 0), 2)
        let low = min(Int(place), 1)
        return constants[5 + low] + (constants[6 + low] - constants[5 + low]) * (place - Double(low))
    }

    private static func longer(_ a: Double, _ b: Double) -> Double {
        let most = max(a, b)
        guard most > 0 else { return 0 }
        return most * pow(pow(a / most, 4) + pow(b / most, 4), 0.25)
    }

    /// Distinct of so many equal groups that `perToken` of `experts` drawn without replacement fall into.
    public static func distinct(_ groups: Double, of experts: Double, perToken: Double) -> Double {
        guard groups > 1, experts > 0 else { return 1 }
        let others = experts - experts / groups
        var missing = 1.0
        for drawn in 0..<Int(min(max(perToken, 0), 4096)) {
            let left = experts - Double(drawn)
            guard left > 0 else { return groups }
            missing *= max(0, others - Double(drawn)) / left
        }
        return groups * (1 - missing)
    }
}
