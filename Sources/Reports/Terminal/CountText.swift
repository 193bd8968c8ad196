import Foundation

/// Large numbers for people.
public enum CountText {
    /// All digits of a whole number in groups of three: `405,853,388,800`.
    public static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "−" : "") + text.reversed()
    }

    /// A number of things in thousands, millions, billions or trillions: `405.85 B`.
    public static func counted(_ number: Double) -> String { scaled(number, 1000, ["", "K", "M", "B", "T"]) }

    /// An amount of arithmetic: `2.55 TFLOP`.
    public static func flops(_ number: Double) -> String {
        scaled(number, 1000, ["FLOP", "KFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP"])
    }

    /// An amount of memory: `6.64 TiB`.
    public static func bytes(_ number: Double) -> String { scaled(number, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]) }

    /// A number with the word for what it counts: `1 node`, `2,048 nodes`; `plural` is the word with an s unless given.
    public static func number(_ count: Int, of word: String, plural: String? = nil) -> String {
        "\(grouped(count)) \(count == 1 ? word : plural ?? word + "s")"
    }

    private static func scaled(_ number: Double, _ base: Double, _ units: [String]) -> String {
        var value = number
        var unit = 0
        // Compared after rounding, so that 999.999 M reads 1.00 B.
        while abs(value) >= base - 0.005, unit < units.count - 1 {
            value /= base
            unit += 1
        }
        let digits = unit == 0 && value == value.rounded() ? String(format: "%.0f", value) : String(format: "%.2f", value)
        return units[unit].isEmpty ? digits : "\(digits) \(units[unit])"
    }
}
