import Foundation
import Quantities

/// A look for links and nodes that are slower than their like.
///
/// First links fall into kinds: those inside and between halls (`LinkKinds`), or those of fast and slow nodes (`NodeKinds`), which are so by
/// design. Then a link is bad if it is both more than a tenth under the median of its kind and lower than chance makes the lowest of as many
/// healthy ones: the first alone flags uneven clusters, the second alone flags what does not matter.
public struct LinkCheck: Hashable, Sendable {
    /// Something wrong with a link or a node.
    public enum Finding: Hashable, Sendable {
        /// A link far under the mean of the matrix: bandwidths in B/s.
        case slowLink(from: String, to: String, bandwidth: Double, mean: Double)
        /// A node whose links are far under those of the other nodes: mean bandwidths in B/s, of the links that are slow.
        case slowNode(name: String, mean: Double, clusterMean: Double, Way)
        /// A GPU whose links inside its node are far under those of the others: mean bandwidth and the usual one, in B/s.
        case slowGPU(name: String, mean: Double, usual: Double)
        /// A pair far slower one way than the other, in B/s.
        case asymmetricLink(from: String, to: String, bandwidth: Double, back: Double)
        /// GPUs on a slow path, such as PCI Express, where their peers have fast links, in B/s.
        case slowPath(from: String, to: String, bandwidth: Double, usual: Double)
        /// Links from one hall to another that are slower than those back, each hall by its first node: medians in B/s.
        case slowHall(from: String, to: String, bandwidth: Double, back: Double)
        /// A pair that is missing, zero or not a number.
        case missing(from: String, to: String)
    }

    /// Which of a node's links are slow.
    public enum Way: String, Hashable, Sendable {
        /// Those out and those in.
        case both
        /// Those out.
        case sending
        /// Those in.
        case receiving
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
    /// The nodes of each hall in the order of the matrix; empty where there is one.
    public private(set) var hallMembers: [[String]] = []
    /// How often a ring of all nodes in the order of the matrix goes from hall to hall; nil where there is one.
    public private(set) var ring: RingCrossings?

    /// Kinds of nodes by their links, where nodes do not fall into halls: those of fast and of slow adapters, say; 1 where all are alike.
    public private(set) var nodeKinds = 1
    /// The kinds of nodes that are slower than the fastest, the slowest first.
    public private(set) var slowKinds: [SlowKind] = []
    /// Whether slow links are at so many nodes that no few nodes are to blame: links are congested, or paths collide.
    public private(set) var isCongested = false

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
        let halls = LinkKinds(matrix)
        let nodes = NodeKinds(matrix)
        // Halls say more than kinds of nodes where both explain the links.
        let isHalls = halls.count > 1 || nodes.count == 1
        nodeKinds = isHalls ? 1 : nodes.count
        if !isHalls { slowKinds = nodes.slow(matrix) }
        func kind(_ link: Link) -> Int {
            if isHalls { return halls.kind(link.from, link.to) }
            let (a, b) = (nodes.kinds[link.from], nodes.kinds[link.to])
            return min(a, b) * nodes.count + max(a, b)
        }
        let kindCount = isHalls ? halls.count : nodes.count * nodes.count
        var byKind = [[Double]](repeating: [], count: kindCount)
        for link in links { byKind[kind(link)].append(link.bandwidth) }
        let likes = byKind.map { LinkLikeness($0) }
        if isHalls, likes.count > 1 {
            self.kinds = likes.map { Kind(mean: $0.mean, deviation: $0.deviation) }
            self.halls = Set(halls.halls).count
            ring = RingCrossings(halls.halls)
            hallMembers = Dictionary(grouping: matrix.names.indices) { halls.halls[$0] }.sorted { $0.key < $1.key }
                .map { $0.value.map { matrix.names[$0] } }
        }
        func like(_ link: Link) -> LinkLikeness { likes[kind(link)] }
        /// What a link has of what its like have.
        func share(_ link: Link) -> Double { link.bandwidth / like(link).median }
        let slowNodes = Self.slowNodes(links, names: matrix.names, share: share, usual: { like($0).median })
        findings += slowNodes.map(\.finding)
        var isSlow = [Bool](repeating: false, count: matrix.count)
        for node in slowNodes { isSlow[node.node] = true }
        let likeness = LinkLikeness(links.lazy.filter { !isSlow[$0.from] && !isSlow[$0.to] }.map(share))
        let slowLinks = links.filter { link in
            guard !isSlow[link.from], !isSlow[link.to] else { return false }
            if likeness.isOutlier(share(link)) { return true }
            // Cables are bad both ways: two measurements tell more than one.
            let back = Link(from: link.to, to: link.from, bandwidth: matrix[link.to, link.from].value)
            return Self.isUsable(back.bandwidth) && share(link) < 0.9 && likeness.isOutlier((share(link) + share(back)) / 2, averaged: 2)
        }.sorted { $0.bandwidth < $1.bandwidth }
        findings += slowLinks.map {
            .slowLink(from: matrix.names[$0.from], to: matrix.names[$0.to], bandwidth: $0.bandwidth, mean: like($0).mean)
        }
        // What is slow one way because its node is, the node explains.
        if !hallMembers.isEmpty { findings += Self.slowHalls(matrix, halls.halls, without: isSlow) }
        findings += Self.asymmetries(
            matrix, links.filter { !isSlow[$0.from] && !isSlow[$0.to] }, likeness, usual: { like($0).median })
        let ends = Self.excluded([], slowLinks, count: matrix.count)
        isCongested = ends.count > max(2, matrix.count / 8)
        excludedNodes = (slowNodes.map(\.node) + (isCongested ? [] : ends)).map { matrix.names[$0] }
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
        let slow = Self.slowNodes(links, names: matrix.names, share: { $0.bandwidth / usual }, usual: { _ in usual })
        // Where GPUs are wired in pairs or in part, links of several speeds are the rule, and medians tell nothing.
        let isOneKind = links.filter { $0.bandwidth > 0.8 * usual && $0.bandwidth < 1.25 * usual }.count > links.count * 6 / 10
        if isOneKind {
            findings += slow.map(\.finding).map {
                if case .slowNode(let name, let mean, let usual, _) = $0 { .slowGPU(name: name, mean: mean, usual: usual) } else { $0 }
            }
        }
        findings += links.filter { $0.bandwidth < usual / 2 }.map {
            .slowPath(from: matrix.names[$0.from], to: matrix.names[$0.to], bandwidth: $0.bandwidth, usual: usual)
        }
    }

    /// Nodes whose links, out or in, have in the median a share of what their like have that is a tenth under the others' and that chance does
    /// not explain.
    private static func slowNodes(
        _ links: [Link], names: [String], share: (Link) -> Double, usual: (Link) -> Double
    ) -> [(node: Int, finding: Finding)] {
        guard names.count > 2 else { return [] }
        var shares = [[[Double]]](repeating: [[], []], count: names.count)
        // Of the links out and of those in.
        var sums = [[(measured: Double, usual: Double, count: Double)]](
            repeating: [(0, 0, 0), (0, 0, 0)], count: names.count)
        for link in links {
            for (way, node) in [link.from, link.to].enumerated() {
                shares[node][way].append(share(link))
                let sum = sums[node][way]
                sums[node][way] = (sum.measured + link.bandwidth, sum.usual + usual(link), sum.count + 1)
            }
        }
        // What links stray from the slower of their ends, so that a slow node among few, which has half of all links, is no noise.
        let medians = shares.map { shares in
            let all = (shares[0] + shares[1]).sorted()
            return all.isEmpty ? 1 : all[all.count / 2]
        }
        let noise = LinkLikeness(links.map { share($0) / min(medians[$0.from], medians[$0.to]) }).noise
        let reach = (2 * log(40 * Double(names.count))).squareRoot()
        return names.indices.compactMap { node in
            let slow = shares[node].map { shares in
                guard shares.count > 1 else { return false }
                let median = shares.sorted()[shares.count / 2]
                // The median of m normal values strays 1.2533 / √m deviations.
                return median < 0.9 && median < 1 - reach * 1.2533 * noise / Double(shares.count).squareRoot()
            }
            guard slow.contains(true) else { return nil }
            let own = sums[node].indices.filter { slow[$0] }.map { sums[node][$0] }
            let count = own.reduce(0) { $0 + $1.count }
            return (
                node,
                .slowNode(
                    name: names[node], mean: own.reduce(0) { $0 + $1.measured } / count,
                    clusterMean: own.reduce(0) { $0 + $1.usual } / count, slow == [true, true] ? .both : slow[0] ? .sending : .receiving)
            )
        }
    }

    /// Halls whose links to another are slower than those back: an uplink that is bad one way. Each direction has as many links as pairs of
    /// their nodes, whose median strays little, so that what no single link shows they show together.
    private static func slowHalls(_ matrix: BandwidthMatrix, _ halls: [Int], without isSlow: [Bool]) -> [Finding] {
        let members = Dictionary(grouping: halls.indices.filter { !isSlow[$0] }) { halls[$0] }.sorted { $0.key < $1.key }.map(\.value)
        func like(_ from: [Int], _ to: [Int]) -> (median: Double, strays: Double, reach: Double)? {
            let values = from.flatMap { a in to.map { matrix[a, $0].value } }.filter(isUsable)
            guard values.count > 3 else { return nil }
            let like = LinkLikeness(values)
            let reach = (2 * log(20 * Double(members.count * members.count))).squareRoot()
            return (like.median, 1.2533 * like.noise / Double(values.count).squareRoot(), reach)
        }
        return members.indices.flatMap { a in
            members.indices.compactMap { b -> Finding? in
                guard a != b, let there = like(members[a], members[b]), let back = like(members[b], members[a]) else { return nil }
                let chance = there.reach * (there.strays * there.strays + back.strays * back.strays).squareRoot()
                guard there.median < 0.9 * back.median, back.median - there.median > chance else { return nil }
                return .slowHall(
                    from: matrix.names[members[a][0]], to: matrix.names[members[b][0]], bandwidth: there.median, back: back.median)
            }
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

    /// Pairs whose two directions differ by more than a tenth of the faster and by more than chance explains.
    private static func asymmetries(
        _ matrix: BandwidthMatrix, _ links: [Link], _ likeness: LinkLikeness, usual: (Link) -> Double
    ) -> [Finding] {
        links.compactMap { link in
            let back = matrix[link.to, link.from].value
            // A difference strays √2 times as far as a value.
            let chance = likeness.noise * likeness.reach * 2.0.squareRoot() * usual(link)
            guard isUsable(back), link.bandwidth < 0.9 * back, back - link.bandwidth > chance else { return nil }
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
