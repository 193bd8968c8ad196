/// Reads and writes quantities as people type them: a number, an optional space, a unit.
///
/// A unit is never guessed: `80` is no amount of memory, `80 GiB` and `80GB` are.
public enum QuantityText {
    /// What is wrong with a text that should be a quantity.
    public enum Problem: Error, Equatable, Sendable {
        /// The text does not begin with a finite decimal number.
        case notANumber(String)
        /// There is a number and no unit; the units that would do.
        case missingUnit(number: String, expected: [String])
        /// The unit is not one of this quantity's; the units that would do.
        case unknownUnit(String, expected: [String])
    }

    /// Units of memory and traffic, in bytes.
    public static let byteUnits: [(name: String, factor: Double)] = [
        ("B", 1), ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("TiB", 1_099_511_627_776),
        ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12),
    ]
    /// Units of data rates, in B/s.
    public static let byteRateUnits: [(name: String, factor: Double)] = [
        ("B/s", 1), ("MB/s", 1e6), ("GB/s", 1e9), ("TB/s", 1e12), ("MiB/s", 1_048_576), ("GiB/s", 1_073_741_824),
        ("Mbit/s", 1.25e5), ("Gbit/s", 1.25e8), ("Tbit/s", 1.25e11),
    ]
    /// Units of compute rates, in FLOP/s.
    public static let computeRateUnits: [(name: String, factor: Double)] = [
        ("GFLOP/s", 1e9), ("TFLOP/s", 1e12), ("PFLOP/s", 1e15),
    ]
    /// Units of time, in seconds.
    public static let timeUnits: [(name: String, factor: Double)] = [
        ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("min", 60), ("h", 3600),
    ]
    /// Units of long times, in seconds; a year has 365.25 days.
    public static let longTimeUnits: [(name: String, factor: Double)] = timeUnits + [("d", 86_400), ("y", 31_557_600)]
    /// Suffixes of plain counts, as in `15T` tokens.
    public static let countUnits: [(name: String, factor: Double)] = [
        ("", 1), ("K", 1e3), ("k", 1e3), ("M", 1e6), ("B", 1e9), ("T", 1e12), ("Ki", 1024), ("Mi", 1_048_576), ("Gi", 1_073_741_824),
        ("Ti", 1_099_511_627_776),
    ]
    /// Suffixes of sequence lengths, where K has always meant 1024, as in `32K` tokens of context.
    public static let sequenceUnits: [(name: String, factor: Double)] = [
        ("", 1), ("K", 1024), ("k", 1024), ("M", 1_048_576), ("Ki", 1024), ("Mi", 1_048_576),
    ]

    /// An amount of memory such as `72 GiB`.
    public static func bytes(_ text: String) throws(Problem) -> Bytes { Bytes(try parse(text, byteUnits)) }
    /// A data rate such as `450 GB/s` or `400 Gbit/s`.
    public static func byteRate(_ text: String) throws(Problem) -> BytesPerSecond { BytesPerSecond(try parse(text, byteRateUnits)) }
    /// A compute rate such as `989 TFLOP/s`.
    public static func computeRate(_ text: String) throws(Problem) -> FLOPsPerSecond { FLOPsPerSecond(try parse(text, computeRateUnits)) }
    /// A duration such as `2.44 us`.
    public static func time(_ text: String) throws(Problem) -> Seconds { Seconds(try parse(text, timeUnits)) }
    /// A long time such as `3 d` or `9 y`.
    public static func longTime(_ text: String) throws(Problem) -> Seconds { Seconds(try parse(text, longTimeUnits)) }
    /// A count such as `15T` or `1.5B`.
    public static func count(_ text: String) throws(Problem) -> Double { try parse(text, countUnits) }

    /// A number followed by one of `units`, as a multiple of the base unit.
    public static func parse(_ text: String, _ units: [(name: String, factor: Double)]) throws(Problem) -> Double {
        let body = text.trimmed
        let end = body.firstIndex { !($0.isASCII && ($0.isNumber || "+-.eE".contains($0))) } ?? body.endIndex
        var digits = String(body[..<end])
        var unit = String(body[end...]).trimmed
        // "1e" or "5E" can only be the start of a unit, never of an exponent without digits.
        while let last = digits.last, last == "e" || last == "E" {
            unit = String(last) + unit
            digits.removeLast()
        }
        guard let number = Double(digits), number.isFinite else { throw .notANumber(text) }
        let expected = units.map(\.name).filter { !$0.isEmpty }
        guard let match = units.first(where: { $0.name == unit }) else {
            throw unit.isEmpty ? .missingUnit(number: digits, expected: expected) : .unknownUnit(unit, expected: expected)
        }
        return number * match.factor
    }
}

extension StringProtocol {
    /// The text without the spaces and tabs at its ends.
    fileprivate var trimmed: String {
        var slice = self[...]
        while let first = slice.first, first == " " || first == "\t" { slice = slice.dropFirst() }
        while let last = slice.last, last == " " || last == "\t" { slice = slice.dropLast() }
        return String(slice)
    }
}
