/// One line of measurements of nccl-tests.
///
/// `size count type [redop] [root]`, then `time algbw busbw #wrong` for out-of-place and in-place. `root` is missing in versions before 2.11
/// and `redop` may be blank, so what follows the type is read from the right. `-I 1` adds four columns to each half, tests without an
/// out-of-place half leave it blank, and time stamps may end the line. GB/s are 10⁹ B/s.
struct NCCLTestsRow: Hashable {
    /// Size in bytes as nccl-tests counts it.
    var bytes: Double
    /// Time in seconds of the out-of-place half, or the in-place one where that is all there is; NaN where it was not measured.
    var seconds: Double
    /// Bus bandwidth over algorithm bandwidth, which tells the collective and the ranks; NaN where either is zero.
    var busRatio: Double
    /// Elements with wrong results; nil where they were not counted.
    var wrong: Double?
    /// Whether only the in-place half was measured.
    var isInPlaceOnly: Bool

    /// What a line can be.
    enum Reading: Hashable {
        case row(NCCLTestsRow)
        /// The beginning of a row whose end is missing.
        case cut
        /// Something else.
        case other
    }

    /// Reads the words of a line.
    static func read(_ words: [Substring]) -> Reading {
        guard words.count >= 3, let bytes = UInt64(words[0]), Double(bytes) < Substring.largest, UInt64(words[1]) != nil, isType(words[2])
        else { return .other }
        var tail = words.dropFirst(3)
        // `report_timestamps` ends the line with a date and a time of day.
        if tail.count >= 2, tail[tail.endIndex - 1].contains(":"), tail[tail.endIndex - 2].contains("-") { tail = tail.dropLast(2) }
        if let first = tail.first, !isNumber(first) { tail = tail.dropFirst() }
        guard tail.allSatisfy(isNumber) else { return .other }
        if !tail.count.isMultiple(of: 2) { tail = tail.dropFirst() }
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
                bytes: Double(bytes), seconds: time < Substring.largest ? time * 1e-6 : .nan,
                busRatio: algorithm > 0 && bus > 0 ? bus / algorithm : .nan,
                wrong: wrong.isNaN ? nil : wrong, isInPlaceOnly: start > 0 || half == 0))
    }

    private static func isNumber(_ word: Substring) -> Bool { word == "N/A" || word.number != nil }

    private static func isType(_ word: Substring) -> Bool {
        [
            "float", "double", "half", "bfloat16", "int8", "uint8", "int32", "uint32", "int64", "uint64", "fp8_e4m3", "fp8_e5m2", "f8e4m3",
            "f8e5m2", "float16", "float32", "float64", "int", "char",
        ].contains(String(word))
    }
}
