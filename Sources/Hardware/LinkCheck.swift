import Quantities

/// A look for links and nodes that are slower than their like.
///
/// A link is bad if it is both more than one standard deviation and more than a tenth under the mean of its kind: the first alone flags
/// a sixth of any healthy cluster, the second alone flags clusters that are merely uneven.
public struct LinkCheck: Hashable, Sendable {
    /// Something wrong with a link or a node.
    public enum Finding: Hashable, Sendable {
        /// A link far under the mean of the matrix: bandwidths in B/s.
        case slowLink(from: String, to: String, bandwidth: Double, mean: Double)
        /// A node whose links, in and out together, are far under those of the other nodes: mean bandwidths in B/s.
        case slowNode(name: String, mean: Double, clusterMean: Double)
        /// A pair far slower one way than the other, in B/s.
        case asymmetricLink(from: String, to: String, bandwidth: Double, back: Double)
        /// GPUs on a slow path, such as PCI Express, where their peers have fast links, in B/s.
        case slowPath(from: String, to: String, bandwidth: Double, usual: Double)
        /// A pair that is missing, zero or not a number.
        case missing(from: String, to: String)
    }

    /// Findings: missing pairs, nodes, links from the slowest up, asymmetries.
    public var findings: [Finding] = []
    /// Mean over all links, in B/s.
    public private(set) var mean = 0.0
    /// Standard deviation over all links, in B/s.
    public private(set) var deviation = 0.0

    /// Nodes that a job should leave out: those slow altogether, and one end of every slow link that they do not explain.
    ///
    /// Ends that take part in most slow links go first, so that few nodes are given up.
    public var excludedNodes: [String] {
        var excluded: [String] = []
        var links: [(String, String)] = []
        for finding in findings {
            switch finding {
            case .slowNode(let name, _, _): excluded.append(name)
            case .slowLink(let from, let to, _, _): links.append((from, to))
            case .asymmetricLink, .slowPath, .missing: break
            }
        }
        links.removeAll { excluded.contains($0.0) || excluded.contains($0.1) }
        while !links.isEmpty {
            var counts: [String: Int] = [:]
            for (from, to) in links {
                counts[from, default: 0] += 1
                counts[to, default: 0] += 1
            }
            guard let worst = counts.min(by: { ($1.value, $0.key) < ($0.value, $1.key) })?.key else { break }
            excluded.append(worst)
            links.removeAll { $0.0 == worst || $0.1 == worst }
        }
        return excluded
    }

    /// Checks the links between nodes.
    ///
    /// - Parameter matrix: bandwidths between nodes; the diagonal is not read.
    public init(nodes matrix: BandwidthMatrix) {
        let links = Self.links(matrix)
        findings = Self.missing(matrix)
        guard !links.isEmpty else { return }
        (mean, deviation) = Self.moments(links.map(\.bandwidth))
        findings += slowNodes(matrix)
        findings += links.filter { isBad($0.bandwidth, mean, deviation) }.sorted { $0.bandwidth < $1.bandwidth }.map {
            .slowLink(from: matrix.names[$0.from], to: matrix.names[$0.to], bandwidth: $0.bandwidth, mean: mean)
        }
        findings += Self.asymmetries(matrix, deviation)
    }

    /// Checks the links between the GPUs of a node: pairs with less than half of what most pairs have.
    ///
    /// Machines whose GPUs are wired in pairs have few fast links and are not reported, for there the slow path is the usual one.
    public init(gpus matrix: BandwidthMatrix) {
        findings = Self.missing(matrix)
        let links = Self.links(matrix)
        guard matrix.count > 2, !links.isEmpty else { return }
        (mean, deviation) = Self.moments(links.map(\.bandwidth))
        let sorted = links.map(\.bandwidth).sorted()
        let usual = sorted[sorted.count / 2]
        findings += links.filter { $0.bandwidth < usual / 2 }.map {
            .slowPath(from: matrix.names[$0.from], to: matrix.names[$0.to], bandwidth: $0.bandwidth, usual: usual)
        }
    }

    private func isBad(_ value: Double, _ mean: Double, _ deviation: Double) -> Bool { value < mean - deviation && value < 0.9 * mean }

    /// Nodes whose mean over all their links is bad among the means of the nodes.
    private func slowNodes(_ matrix: BandwidthMatrix) -> [Finding] {
        guard matrix.count > 2 else { return [] }
        let links = Self.links(matrix)
        var sums = [Double](repeating: 0, count: matrix.count)
        var counts = sums
        for link in links {
            for node in [link.from, link.to] {
                sums[node] += link.bandwidth
                counts[node] += 1
            }
        }
        let means = zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
        let (mean, deviation) = Self.moments(means)
        return means.indices.filter { counts[$0] > 0 && isBad(means[$0], mean, deviation) }.map {
            .slowNode(name: matrix.names[$0], mean: means[$0], clusterMean: mean)
        }
    }

    /// Pairs whose two directions differ by more than a tenth of the faster and by more than two standard deviations.
    private static func asymmetries(_ matrix: BandwidthMatrix, _ deviation: Double) -> [Finding] {
        links(matrix).compactMap { link in
            let back = matrix[link.to, link.from].value
            guard isUsable(back), link.bandwidth < 0.9 * back, back - link.bandwidth > 2 * deviation else { return nil }
            return .asymmetricLink(
                from: matrix.names[link.from], to: matrix.names[link.to], bandwidth: link.bandwidth, back: back)
        }
    }

    private static func missing(_ matrix: BandwidthMatrix) -> [Finding] {
        pairs(matrix.count).filter { !isUsable(matrix[$0.0, $0.1].value) }.map {
            .missing(from: matrix.names[$0.0], to: matrix.names[$0.1])
        }
    }

    private static func links(_ matrix: BandwidthMatrix) -> [(from: Int, to: Int, bandwidth: Double)] {
        pairs(matrix.count).map { ($0.0, $0.1, matrix[$0.0, $0.1].value) }.filter { isUsable($0.2) }
    }

    private static func pairs(_ count: Int) -> [(Int, Int)] {
        (0..<count).flatMap { from in (0..<count).filter { $0 != from }.map { (from, $0) } }
    }

    private static func isUsable(_ bandwidth: Double) -> Bool { bandwidth.isFinite && bandwidth > 0 }

    private static func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return (mean, variance.squareRoot())
    }
}
