import Quantities

/// A look for links and nodes that are slower than their like.
///
/// A link is bad if it is both more than one standard deviation and more than a tenth under the mean of its kind: the first alone flags
/// a sixth of any healthy cluster, the second alone flags clusters that are merely uneven. Where nodes fall into halls, links inside and
/// between them are two kinds (`LinkKinds`).
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

    /// Nodes that a job should leave out: those slow altogether, and one end of each slow link that neither they nor the spread of healthy
    /// links explain.
    ///
    /// Ends that take part in most such links go first, so that few nodes are given up.
    public private(set) var excludedNodes: [String] = []

    /// What links have in common where nodes fall into halls: inside them, then between them; empty where there is one kind.
    public private(set) var kinds: [Kind] = []
    /// The halls that nodes fall into; 1 where there is one kind of links.
    public private(set) var halls = 1

    /// Mean and standard deviation of a kind of links, in B/s.
    public struct Kind: Hashable, Sendable {
        /// Mean, in B/s.
        public let mean: Double
        /// Standard deviation, in B/s.
        public let deviation: Double
    }

    private struct Link {
        let from: Int
        let to: Int
        let bandwidth: Double
    }

    /// Checks the links between nodes.
    ///
    /// - Parameter matrix: bandwidths between nodes; the diagonal is not read.
    public init(nodes matrix: BandwidthMatrix) {
        let links = Self.links(matrix)
        findings = Self.missing(matrix)
        guard !links.isEmpty else { return }
        let all = LinkLikeness(links.lazy.map(\.bandwidth))
        (mean, deviation) = (all.mean, all.deviation)
        let kinds = LinkKinds(matrix)
        let likes = (0..<kinds.count).map { kind in
            LinkLikeness(links.lazy.filter { kinds.kind($0.from, $0.to) == kind }.map(\.bandwidth))
        }
        if likes.count > 1 {
            self.kinds = likes.map { Kind(mean: $0.mean, deviation: $0.deviation) }
            halls = Set(kinds.halls).count
        }
        func like(_ link: Link) -> LinkLikeness { likes[kinds.kind(link.from, link.to)] }
        let slowNodes = Self.slowNodes(links, names: matrix.names, usual: { like($0).mean })
        findings += slowNodes.map(\.finding)
        let slowLinks = links.filter { like($0).isBad($0.bandwidth) }.sorted { $0.bandwidth < $1.bandwidth }
        findings += slowLinks.map {
            .slowLink(from: matrix.names[$0.from], to: matrix.names[$0.to], bandwidth: $0.bandwidth, mean: like($0).mean)
        }
        findings += Self.asymmetries(matrix, links) { like($0).deviation }
        excludedNodes = Self.excluded(
            slowNodes.map(\.node), slowLinks.filter { like($0).isOutlier($0.bandwidth) }, count: matrix.count
        ).map { matrix.names[$0] }
    }

    /// Checks the links between the GPUs of a node: pairs with less than half of what most pairs have.
    ///
    /// Machines whose GPUs are wired in pairs have few fast links and are not reported, for there the slow path is the usual one.
    public init(gpus matrix: BandwidthMatrix) {
        findings = Self.missing(matrix)
        let links = Self.links(matrix)
        guard matrix.count > 2, !links.isEmpty else { return }
        let all = LinkLikeness(links.lazy.map(\.bandwidth))
        (mean, deviation) = (all.mean, all.deviation)
        let sorted = links.map(\.bandwidth).sorted()
        let usual = sorted[sorted.count / 2]
        findings += links.filter { $0.bandwidth < usual / 2 }.map {
            .slowPath(from: matrix.names[$0.from], to: matrix.names[$0.to], bandwidth: $0.bandwidth, usual: usual)
        }
    }

    /// Nodes whose links have, in the mean, a share of what links of their kinds have that is bad among the shares of the nodes.
    private static func slowNodes(_ links: [Link], names: [String], usual: (Link) -> Double) -> [(node: Int, finding: Finding)] {
        guard names.count > 2 else { return [] }
        var sums = [Double](repeating: 0, count: names.count)
        var expected = sums
        var counts = sums
        for link in links {
            let like = usual(link)
            for node in [link.from, link.to] {
                sums[node] += link.bandwidth
                expected[node] += like
                counts[node] += 1
            }
        }
        let measured = names.indices.filter { counts[$0] > 0 }
        let shares = measured.map { sums[$0] / expected[$0] }
        let likeness = LinkLikeness(shares)
        return zip(measured, shares).filter { likeness.isBad($0.1) }.map { node, _ in
            let finding = Finding.slowNode(
                name: names[node], mean: sums[node] / counts[node], clusterMean: expected[node] / counts[node] * likeness.mean)
            return (node, finding)
        }
    }

    /// The slow nodes, and of the links that they do not explain the ends that take part in most, until none is left.
    private static func excluded(_ slowNodes: [Int], _ slowLinks: [Link], count: Int) -> [Int] {
        var excluded = slowNodes
        var isOut = [Bool](repeating: false, count: count)
        for node in slowNodes { isOut[node] = true }
        var links = slowLinks.filter { !isOut[$0.from] && !isOut[$0.to] }
        while !links.isEmpty {
            var ends = [Int](repeating: 0, count: count)
            for link in links {
                ends[link.from] += 1
                ends[link.to] += 1
            }
            guard let most = ends.max(), let worst = ends.firstIndex(of: most) else { break }
            excluded.append(worst)
            links.removeAll { $0.from == worst || $0.to == worst }
        }
        return excluded
    }

    /// Pairs whose two directions differ by more than a tenth of the faster and by more than two standard deviations of their kind.
    private static func asymmetries(_ matrix: BandwidthMatrix, _ links: [Link], deviation: (Link) -> Double) -> [Finding] {
        links.compactMap { link in
            let back = matrix[link.to, link.from].value
            guard isUsable(back), link.bandwidth < 0.9 * back, back - link.bandwidth > 2 * deviation(link) else { return nil }
            return .asymmetricLink(
                from: matrix.names[link.from], to: matrix.names[link.to], bandwidth: link.bandwidth, back: back)
        }
    }

    private static func missing(_ matrix: BandwidthMatrix) -> [Finding] {
        var findings: [Finding] = []
        for from in 0..<matrix.count {
            for to in 0..<matrix.count where to != from && !isUsable(matrix[from, to].value) {
                findings.append(.missing(from: matrix.names[from], to: matrix.names[to]))
            }
        }
        return findings
    }

    private static func links(_ matrix: BandwidthMatrix) -> [Link] {
        var links: [Link] = []
        links.reserveCapacity(matrix.values.count)
        for from in 0..<matrix.count {
            for to in 0..<matrix.count where to != from {
                let bandwidth = matrix[from, to].value
                if isUsable(bandwidth) { links.append(Link(from: from, to: to, bandwidth: bandwidth)) }
            }
        }
        return links
    }

    private static func isUsable(_ bandwidth: Double) -> Bool { bandwidth.isFinite && bandwidth > 0 }
}
