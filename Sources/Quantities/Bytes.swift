/// An amount of memory or traffic, in bytes.
public struct Bytes: Hashable, Sendable, Comparable {
    /// The amount in bytes; fractions arise from dividing a tensor over ranks.
    public var count: Double

    /// An amount given in bytes.
    public init(_ count: Double) { self.count = count }

    /// Nothing.
    public static let zero = Bytes(0)
    /// 1 KiB = 2¹⁰ B.
    public static func kibibytes(_ value: Double) -> Bytes { Bytes(value * 1024) }
    /// 1 MiB = 2²⁰ B.
    public static func mebibytes(_ value: Double) -> Bytes { Bytes(value * 1_048_576) }
    /// 1 GiB = 2³⁰ B.
    public static func gibibytes(_ value: Double) -> Bytes { Bytes(value * 1_073_741_824) }
    /// 1 GB = 10⁹ B.
    public static func gigabytes(_ value: Double) -> Bytes { Bytes(value * 1e9) }

    /// The amount in GiB (2³⁰ B).
    public var inGibibytes: Double { count / 1_073_741_824 }

    /// Orders amounts by size.
    public static func < (a: Bytes, b: Bytes) -> Bool { a.count < b.count }
    /// The sum of two amounts.
    public static func + (a: Bytes, b: Bytes) -> Bytes { Bytes(a.count + b.count) }
    /// The difference of two amounts, which may be negative.
    public static func - (a: Bytes, b: Bytes) -> Bytes { Bytes(a.count - b.count) }
    /// A multiple of an amount.
    public static func * (a: Bytes, factor: Double) -> Bytes { Bytes(a.count * factor) }
    /// The time that moving an amount takes at a rate.
    public static func / (a: Bytes, rate: BytesPerSecond) -> Seconds { Seconds(a.count / rate.value) }
}
