/// One line of measurements of nccl-tests or rccl-tests.
///
/// `size count type [redop] [root]`, then `time algbw busbw #wrong` for out-of-place and in-place. `root` is missing in versions before 2.11
/// and `redop` may be blank, so what follows the type is read from the right. `-I 1` adds four columns to each half, tests without an
/// out-of-place half leave it blank, and time stamps may end the line. GB/s are 10⁹ B/s.
struct NCCLTestsRow: Hashable {
    /// Size in bytes as nccl-tests counts it.
    var bytes: Double
    /// Elements as the row counts them, which are those of one rank for gathers.
    var count = 0.0
    /// The operation on elements, such as `sum`; empty where the column is blank.
    var reduction = ""
    /// Time in seconds of the out-of-place half, or the in-place one where that is all there is; NaN where it was not measured.
    var seconds: Double
    /// Algorithm bandwidth in GB/s as it is printed; NaN where it is not.
    var algorithm = Double.nan
    /// Bus bandwidth in GB/s as it is printed, which tells the collective and the ranks; NaN where it is not.
    var bus = Double.nan
    /// Elements with wrong results; nil where they were not counted.
    var wrong: Double?
    /// Whether only the in-place half was measured.
    var isInPlaceOnly: Bool
    /// Where it stands.
    var line = 0

    /// Bus over algorithm bandwidth, as far as their two digits behind the point tell; nil where either is zero.
    var busRatio: ClosedRange<Double>? {
        guard algorithm >= 0.05, bus >= 0.05, algorithm < 1e9, bus < 1e9 else { return nil }
        let (one, other) = (Self.rounding(bus), Self.rounding(algorithm))
        return (bus - one) / (algorithm + other)...(bus + one) / (algorithm - other)
    }

    /// Half of the last digit of a rate that is printed in six columns, and a little for its own arithmetic.
    private static func rounding(_ rate: Double) -> Double { rate < 1000 ? 0.0051 : rate < 10_000 ? 0.051 : 0.51 }

    /// What a line can be.
    enum Reading: Hashable {
        case row(NCCLTestsRow)
        /// The beginning of a row whose end is missing.
        case cut
        /// Something else.
        case other
    }

    /// Whether a row begins with these words.
    static func begins(_ words: ArraySlice<Substring>) -> Bool {
        guard words.count >= 3 else { return false }
        let first = words.startIndex
        guard let bytes = UInt64(words[first]), Double(bytes) < Substring.largest, UInt64(words[first + 1]) != nil else { return false }
        return isType(words[first + 2])
    }

    /// Reads the words of a line.
    static func read(_ words: ArraySlice<Substring>) -> Reading {
        guard begins(words), let bytes = UInt64(words[words.startIndex]), let count = UInt64(words[words.startIndex + 1]) else {
            return .other
        }
        var tail = words.dropFirst(3)
        // `report_timestamps` ends the line with a date and a time of day.
        if tail.count >= 2, tail[tail.endIndex - 1].contains(":"), tail[tail.endIndex - 2].contains("-") { tail = tail.dropLast(2) }
        var reduction = ""
        if let first = tail.first, !isNumber(first) {
            reduction = String(first)
            tail = tail.dropFirst()
        }
        guard tail.allSatisfy(isNumber), reduction.utf8.count <= 8 else { return .other }
        // No time is negative: a first -1 is the root of a collective that has none.
        if tail.first == "-1" || !tail.count.isMultiple(of: 2) { tail = tail.dropFirst() }
        let numbers = tail.map { $0 == "N/A" ? Double.nan : $0.number ?? .nan }
        let half: Int
        switch numbers.count {
        case 8: half = 4
        case 16: half = 8
        case 4: half = 0
        default: return .cut
        }
        var start = 0
        if half > 0, !(numbers[0].isFinite && numbers[0] > 0) { start = half }
        let (time, algorithm, bus, wrong) = (numbers[start], numbers[start + 1], numbers[start + 2], numbers[start + 3])
        return .row(
            NCCLTestsRow(
                bytes: Double(bytes), count: Double(count), reduction: reduction, seconds: time < Substring.largest ? time * 1e-6 : .nan,
                algorithm: algorithm, bus: bus, wrong: wrong.isNaN ? nil : wrong, isInPlaceOnly: start > 0 || half == 0))
    }

    static func isNumber(_ word: Substring) -> Bool { word == "N/A" || word.number != nil }

    private static func isType(_ word: Substring) -> Bool {
        [
            "float", "double", "half", "bfloat16", "int8", "uint8", "int32", "uint32", "int64", "uint64", "fp8_e4m3", "fp8_e5m2", "f8e4m3",
            "f8e5m2", "float8_e4m3", "float8_e5m2", "float16", "float32", "float64", "int", "char",
        ].contains(String(word))
    }
}
