import Foundation
public import Quantities

/// How fast nodes of two groups reach each other, as a function of message size; for zones, regions and slow borders.
///
/// Long-distance links need large messages to reach their rate, so one number would flatter small ones (Strati et al., Sailor, SOSP 2025).
public struct LinkClass: Hashable, Sendable {
    /// The two node groups, by index; equal for links inside a group. The class holds in both directions.
    public var first: Int
    /// See `first`.
    public var second: Int
    /// Message sizes in bytes, ascending; a single one means that the size does not matter.
    public var bytes: [Double]
    /// Bandwidth of a pair of nodes at each size.
    public var bandwidths: [BytesPerSecond]

    /// A class of links from one or more sizes.
    public init(first: Int, second: Int, bytes: [Double], bandwidths: [BytesPerSecond]) {
        precondition(!bytes.isEmpty && bytes.count == bandwidths.count, "a link class has a bandwidth for every size")
        self.first = first
        self.second = second
        self.bytes = bytes
        self.bandwidths = bandwidths
    }

    /// Whether the class joins two groups, in either direction.
    public func joins(_ a: Int, _ b: Int) -> Bool { (first, second) == (a, b) || (first, second) == (b, a) }

    /// Bandwidth for messages of a size: log–log between the sizes given, the nearest outside them.
    public func bandwidth(for size: Double) -> BytesPerSecond {
        guard let upper = bytes.firstIndex(where: { $0 >= size }) else { return bandwidths[bandwidths.count - 1] }
        guard upper > 0 else { return bandwidths[0] }
        let share = log(size / bytes[upper - 1]) / log(bytes[upper] / bytes[upper - 1])
        let low = bandwidths[upper - 1].value
        return BytesPerSecond(low * pow(bandwidths[upper].value / low, share))
    }
}
