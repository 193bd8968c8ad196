public import Quantities

/// Measured bandwidth from every node (or GPU) to every other; rows send, columns receive, the diagonal means nothing.
public struct BandwidthMatrix: Hashable, Sendable {
    /// Names of the endpoints, in row and column order.
    public var names: [String]
    /// Bandwidths in B/s, row-major, `names.count`² of them.
    public var values: [Double]

    /// A square matrix; `values` must hold `names.count`² entries.
    public init(names: [String], values: [Double]) {
        precondition(values.count == names.count * names.count, "a bandwidth matrix is square")
        self.names = names
        self.values = values
    }

    /// The number of endpoints.
    public var count: Int { names.count }

    /// Bandwidth from `sender` to `receiver`.
    public subscript(sender: Int, receiver: Int) -> BytesPerSecond { BytesPerSecond(values[sender * names.count + receiver]) }
}

extension BandwidthMatrix {
    /// Links between nodes as whole nodes exchange them, from a measurement of a part of their adapters.
    ///
    /// A pair of nodes of two groups moves no more than the one of them that gains less by all its adapters.
    ///
    /// - Parameter groups: the node groups in row order; they must have as many nodes as the matrix has rows, or it is returned as it is.
    public func ofWholeNodes(_ scope: MeasurementScope, _ groups: [NodeGroup]) -> BandwidthMatrix {
        let factors = groups.flatMap { group in
            Array(repeating: scope.wholeNodeFactor(group.network, gpusPerNode: group.gpusPerNode), count: group.nodes)
        }
        guard factors.count == count, factors.contains(where: { $0 != 1 }) else { return self }
        var whole = self
        for row in 0..<count {
            for column in 0..<count { whole.values[row * count + column] *= min(factors[row], factors[column]) }
        }
        return whole
    }
}
