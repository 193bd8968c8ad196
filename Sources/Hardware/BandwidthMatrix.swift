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
