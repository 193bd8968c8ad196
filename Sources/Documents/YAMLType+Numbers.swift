public import Quantities

extension YAMLType where Value == Int {
    /// A whole number in a range.
    public static func int(in range: ClosedRange<Int>) -> YAMLType {
        let expected = range.upperBound == Int.max ? "a whole number of at least \(range.lowerBound)" : "a whole number in \(range)"
        return YAMLType(expected) { node throws(DocumentError) in
            let text = try NumberText.plain(node, expected: expected)
            guard let number = Int(text) else { throw DocumentError(node.location, NumberText.whyNotWhole(text, node, expected)) }
            guard range.contains(number) else { throw DocumentError(node.location, .outOfRange(text, expected: expected)) }
            return number
        }
    }

    /// A whole number of at least `least`.
    public static func int(atLeast least: Int = 1) -> YAMLType { .int(in: least...Int.max) }
}

extension YAMLType where Value == Double {
    /// A finite number in a range.
    public static func double(in range: ClosedRange<Double>) -> YAMLType {
        let expected =
            range.upperBound == .greatestFiniteMagnitude
            ? "a number of at least \(range.lowerBound)" : "a number from \(range.lowerBound) to \(range.upperBound)"
        return double(expected) { range.contains($0) }
    }

    /// A finite number of at least 0.
    public static var nonNegative: YAMLType { .double(in: 0 ... .greatestFiniteMagnitude) }

    /// A finite number above 0.
    public static var positive: YAMLType { double("a number above 0") { $0 > 0 } }

    /// A share: a number from 0 to 1.
    public static var fraction: YAMLType { .double(in: 0...1) }

    private static func double(_ expected: String, where isLegal: @escaping (Double) -> Bool) -> YAMLType {
        YAMLType(expected) { node throws(DocumentError) in
            let text = try NumberText.plain(node, expected: expected)
            guard NumberText.isDecimal(text), let number = Double(text) else {
                throw DocumentError(node.location, NumberText.whyNotNumber(text, node, expected))
            }
            guard number.isFinite else { throw DocumentError(node.location, .notFinite(text)) }
            guard isLegal(number) else { throw DocumentError(node.location, .outOfRange(text, expected: expected)) }
            return number
        }
    }
}

extension YAMLType where Value == Bytes {
    /// An amount of memory with its unit, above 0 unless `allowsZero`.
    public static func bytes(allowsZero: Bool) -> YAMLType {
        quantity("an amount of memory such as 80 GiB", allowsZero, QuantityText.byteUnits, Bytes.init)
    }
    /// An amount of memory above 0 with its unit.
    public static var bytes: YAMLType { .bytes(allowsZero: false) }
}

extension YAMLType where Value == Double {
    /// A unit of data rates, such as `GB/s`, as its factor over B/s.
    public static var byteRateUnit: YAMLType {
        YAMLType("a unit such as GB/s") { node throws(DocumentError) in
            let unit = try scalar(node, expected: "a unit such as GB/s").text
            guard let match = QuantityText.byteRateUnits.first(where: { $0.name == unit }) else {
                throw DocumentError(node.location, .unknownUnit(unit, units: QuantityText.byteRateUnits.map(\.name)))
            }
            return match.factor
        }
    }
}

extension YAMLType where Value == BytesPerSecond {
    /// A data rate above 0 with its unit.
    public static var byteRate: YAMLType {
        quantity("a data rate such as 450 GB/s", false, QuantityText.byteRateUnits, BytesPerSecond.init)
    }
}

extension YAMLType where Value == FLOPsPerSecond {
    /// A compute rate above 0 with its unit.
    public static var computeRate: YAMLType {
        quantity("a compute rate such as 989 TFLOP/s", false, QuantityText.computeRateUnits, FLOPsPerSecond.init)
    }
}

extension YAMLType where Value == Seconds {
    /// A duration with its unit, above 0 unless `allowsZero`.
    public static func time(allowsZero: Bool) -> YAMLType {
        quantity("a duration such as 2.5 us", allowsZero, QuantityText.timeUnits, Seconds.init)
    }
    /// A duration with its unit, days and years among them, above 0 unless `allowsZero`.
    public static func longTime(allowsZero: Bool) -> YAMLType {
        quantity("a duration such as 5 min or 3 d", allowsZero, QuantityText.longTimeUnits, Seconds.init)
    }
    /// A duration above 0 with its unit.
    public static var time: YAMLType { .time(allowsZero: false) }
}

extension YAMLType {
    /// A number with one of `units`, in base units.
    private static func quantity(
        _ expected: String, _ allowsZero: Bool, _ units: [(name: String, factor: Double)], _ make: @escaping (Double) -> Value
    ) -> YAMLType {
        YAMLType(expected) { node throws(DocumentError) in
            // Quotes do no harm here: a quantity is text to YAML with or without them.
            let text = try scalar(node, expected: expected).text
            let value: Double
            do throws(QuantityText.Problem) {
                value = try QuantityText.parse(text, units)
            } catch {
                throw DocumentError(node.location, .init(error, node: node, expected: expected))
            }
            guard value.isFinite else { throw DocumentError(node.location, .notFinite(text)) }
            guard value > 0 || (allowsZero && value == 0) else {
                throw DocumentError(node.location, .outOfRange(text, expected: "\(expected)\(allowsZero ? "" : ", above 0")"))
            }
            return make(value)
        }
    }
}

extension DocumentError.Problem {
    /// A quantity's problem as a document's.
    fileprivate init(_ problem: QuantityText.Problem, node: YAMLNode, expected: String) {
        switch problem {
        case .missingUnit(let number, let units): self = .missingUnit(number, units: units)
        case .unknownUnit(let unit, let units): self = .unknownUnit(unit, units: units)
        case .notANumber(let text): self = NumberText.whyNotNumber(text, node, expected)
        }
    }
}

/// What the text of a number may look like, and what is wrong with one that is none.
enum NumberText {
    /// The text of an unquoted scalar; quoted numbers are text.
    static func plain(_ node: YAMLNode, expected: String) throws(DocumentError) -> String {
        guard case .scalar(let scalar) = node, !scalar.isNull, !scalar.isQuoted else {
            throw DocumentError(node.location, .wrongType(found: node.kind, expected: expected))
        }
        return scalar.text
    }

    /// Whether a text is a decimal number; Swift's own reader also takes hexadecimal and `nan`.
    static func isDecimal(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
                UInt8(ascii: "E"):
                true
            default: false
            }
        }
    }

    static func whyNotNumber(_ text: String, _ node: YAMLNode, _ expected: String) -> DocumentError.Problem {
        let word = text.lowercased().drop { "+-.".contains($0) }
        let isInfinite = Double(text).map { !$0.isFinite } ?? false
        return isInfinite || ["nan", "inf", "infinity"].contains(word) ? .notFinite(text) : .wrongType(found: node.kind, expected: expected)
    }

    static func whyNotWhole(_ text: String, _ node: YAMLNode, _ expected: String) -> DocumentError.Problem {
        let digits = text.utf8.drop { "+-".utf8.contains($0) }
        if !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }) { return .pastIntegerRange(text) }
        if isDecimal(text), let number = Double(text), number.isFinite { return .notWhole(text) }
        return whyNotNumber(text, node, expected)
    }
}
