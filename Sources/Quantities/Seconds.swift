/// A duration, in seconds.
public struct Seconds: Hashable, Sendable, Comparable {
    /// The duration in seconds.
    public var value: Double

    /// A duration given in seconds.
    public init(_ value: Double) { self.value = value }

    /// No time at all.
    public static let zero = Seconds(0)
    /// 1 ms = 10⁻³ s.
    public static func milliseconds(_ value: Double) -> Seconds { Seconds(value * 1e-3) }
    /// 1 µs = 10⁻⁶ s.
    public static func microseconds(_ value: Double) -> Seconds { Seconds(value * 1e-6) }

    /// The duration in milliseconds.
    public var inMilliseconds: Double { value * 1e3 }
    /// The duration in microseconds.
    public var inMicroseconds: Double { value * 1e6 }

    /// Orders durations by length.
    public static func < (a: Seconds, b: Seconds) -> Bool { a.value < b.value }
    /// The sum of two durations.
    public static func + (a: Seconds, b: Seconds) -> Seconds { Seconds(a.value + b.value) }
    /// The difference of two durations.
    public static func - (a: Seconds, b: Seconds) -> Seconds { Seconds(a.value - b.value) }
    /// A multiple of a duration.
    public static func * (a: Seconds, factor: Double) -> Seconds { Seconds(a.value * factor) }
}
