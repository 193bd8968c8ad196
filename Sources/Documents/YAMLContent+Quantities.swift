public import Quantities

extension YAMLContent {
    /// A duration with the unit people expect, as a text that reads back as exactly the same number.
    public static func time(_ value: Seconds) -> YAMLContent {
        quantity(value.value, ["us", "ms", "s"], QuantityText.timeUnits)
    }

    /// A long duration with the largest unit in which it is whole, as a text that reads back as exactly the same number.
    public static func longTime(_ value: Seconds) -> YAMLContent {
        quantity(value.value, short(value.value, ["y", "d", "h", "min"], QuantityText.longTimeUnits) + ["s"], QuantityText.longTimeUnits)
    }

    /// Those of `names` of which the amount is at least one and has at most one decimal.
    private static func short(_ value: Double, _ names: [String], _ units: [(name: String, factor: Double)]) -> [String] {
        names.filter { name in
            guard let unit = units.first(where: { $0.name == name }) else { return false }
            return value >= unit.factor && value.truncatingRemainder(dividingBy: unit.factor / 10) == 0
        }
    }

    /// An amount of memory with the first of GiB, TB and GB in which it has at most one decimal, else in GiB, as a text that reads back as exactly
    /// the same number.
    public static func memory(_ value: Bytes) -> YAMLContent {
        quantity(value.count, short(value.count, ["GiB", "TB", "GB"], QuantityText.byteUnits) + ["GiB", "B"], QuantityText.byteUnits)
    }

    /// A data rate in GB/s, as a text that reads back as exactly the same number.
    public static func byteRate(_ value: BytesPerSecond) -> YAMLContent {
        quantity(value.value, ["GB/s", "MiB/s", "B/s"], QuantityText.byteRateUnits)
    }

    /// A compute rate in TFLOP/s, as a text that reads back as exactly the same number.
    public static func computeRate(_ value: FLOPsPerSecond) -> YAMLContent {
        quantity(value.value, ["TFLOP/s", "GFLOP/s"], QuantityText.computeRateUnits)
    }

    /// The first of `names` in which the number survives; the base unit, which is the last, always does.
    private static func quantity(_ value: Double, _ names: [String], _ units: [(name: String, factor: Double)]) -> YAMLContent {
        precondition(value.isFinite, "only finite quantities are written")
        var text = ""
        for name in names {
            guard let unit = units.first(where: { $0.name == name }) else { continue }
            // A division is a rounding, and so is the multiplication when reading: the neighbouring short number is often the right one.
            let quotient = value / unit.factor
            for number in [(quotient * 1e9).rounded() / 1e9, quotient] {
                text = "\(number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)") \(name)"
                if let again = try? QuantityText.parse(text, units), again == value { return .text(text) }
            }
        }
        return .text(text)
    }
}
