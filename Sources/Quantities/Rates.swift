/// A data rate, in bytes per second.
public struct BytesPerSecond: Hashable, Sendable, Comparable {
    /// The rate in B/s.
    public var value: Double

    /// A rate given in B/s.
    public init(_ value: Double) { self.value = value }

    /// 1 GB/s = 10⁹ B/s, the unit of data sheets and of nccl-tests.
    public static func gigabytesPerSecond(_ value: Double) -> BytesPerSecond { BytesPerSecond(value * 1e9) }
    /// 1 Gbit/s = 1.25 · 10⁸ B/s, the unit of network adapters.
    public static func gigabitsPerSecond(_ value: Double) -> BytesPerSecond { BytesPerSecond(value * 1.25e8) }

    /// The rate in GB/s (10⁹ B/s).
    public var inGigabytesPerSecond: Double { value / 1e9 }

    /// Orders rates.
    public static func < (a: BytesPerSecond, b: BytesPerSecond) -> Bool { a.value < b.value }
    /// A multiple of a rate.
    public static func * (a: BytesPerSecond, factor: Double) -> BytesPerSecond { BytesPerSecond(a.value * factor) }
}

/// A compute rate, in floating-point operations per second.
public struct FLOPsPerSecond: Hashable, Sendable, Comparable {
    /// The rate in FLOP/s.
    public var value: Double

    /// A rate given in FLOP/s.
    public init(_ value: Double) { self.value = value }

    /// 1 TFLOP/s = 10¹² FLOP/s.
    public static func teraFLOPsPerSecond(_ value: Double) -> FLOPsPerSecond { FLOPsPerSecond(value * 1e12) }

    /// The rate in TFLOP/s.
    public var inTeraFLOPsPerSecond: Double { value / 1e12 }

    /// Orders rates.
    public static func < (a: FLOPsPerSecond, b: FLOPsPerSecond) -> Bool { a.value < b.value }
}

/// An amount of arithmetic, in floating-point operations; a multiply-add counts as two.
public struct FLOPs: Hashable, Sendable, Comparable {
    /// The number of operations.
    public var count: Double

    /// A number of operations.
    public init(_ count: Double) { self.count = count }

    /// Orders amounts of arithmetic.
    public static func < (a: FLOPs, b: FLOPs) -> Bool { a.count < b.count }
    /// The sum of two amounts.
    public static func + (a: FLOPs, b: FLOPs) -> FLOPs { FLOPs(a.count + b.count) }
    /// A multiple of an amount.
    public static func * (a: FLOPs, factor: Double) -> FLOPs { FLOPs(a.count * factor) }
    /// The time that an amount of arithmetic takes at a rate.
    public static func / (a: FLOPs, rate: FLOPsPerSecond) -> Seconds { Seconds(a.count / rate.value) }
}
