public import Hardware
import Quantities

/// A look at a matrix of links for what even its fastest nodes lack, which comparing them with each other does not show.
public struct MatrixCheck: Hashable, Sendable {
    /// The place among a node's links, from the fastest down, that counts as what it can move: the third, so that neither one lucky
    /// measurement counts nor the links to other halls, as long as halls have four nodes.
    public static let place = 3
    /// The share of the nodes that may be better: kinds of fast nodes are an eighth of all or more.
    public static let better = 0.1

    /// What the best tenth of the nodes move to their third-best peers, in B/s.
    public let rate: Double
    /// What the adapters of a node move, in B/s.
    public let line: Double
    /// Why it may be so.
    public let cause: CurveCheck.NetworkCause

    /// The fault of a cluster's whole matrix; nil where its fastest links reach the share of the line rate that curves are held to, or
    /// where the matrix is of GPUs.
    public init?(_ cluster: ClusterProfile) {
        guard let matrix = cluster.nodeBandwidth, matrix.count == cluster.nodes,
            let network = cluster.groups.map(\.network).max(by: { $0.nodeBandwidth < $1.nodeBandwidth })
        else { return nil }
        var nodes: [Double] = []
        for row in 0..<matrix.count {
            let links = (0..<matrix.count).filter { $0 != row }.map { matrix[row, $0].value }.filter { $0.isFinite && $0 > 0 }.sorted(by: >)
            if !links.isEmpty { nodes.append(links[min(Self.place, links.count) - 1]) }
        }
        guard !nodes.isEmpty else { return nil }
        nodes.sort(by: >)
        rate = nodes[Int(Self.better * Double(nodes.count - 1))]
        line = network.nodeBandwidth.value
        guard rate < CurveCheck.leastShare * line else { return nil }
        cause = CurveCheck.cause(rate, network)
    }
}
