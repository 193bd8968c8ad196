/// Durations and time axes in units that people read.
enum DurationText {
    /// A unit of time: its name and its length in seconds.
    typealias Unit = (name: String, seconds: Double)

    /// The unit in which a duration has one to three digits before its point.
    static func unit(for seconds: Double) -> Unit {
        switch abs(seconds) {
        case 1...: ("s", 1)
        case 1e-3...: ("ms", 1e-3)
        case 1e-6...: ("µs", 1e-6)
        case 0: ("s", 1)
        default: ("ns", 1e-9)
        }
    }

    /// A duration with its unit, to four digits: `117 ms`, `1.042 s`.
    static func text(_ seconds: Double) -> String {
        let unit = unit(for: seconds)
        return "\(digits(seconds / unit.seconds, 4)) \(unit.name)"
    }

    /// A duration in the unit that people would use, days and hours among them: `29.4 d`, `110 min`.
    static func long(_ seconds: Double) -> String {
        switch seconds {
        case 172_800...: "\(digits(seconds / 86_400, 3)) d"
        case 7200...: "\(digits(seconds / 3600, 3)) h"
        case 120...: "\(digits(seconds / 60, 3)) min"
        default: text(seconds)
        }
    }

    /// A number to so many significant digits, without zeros at its end.
    static func digits(_ value: Double, _ significant: Int) -> String {
        guard value.isFinite else { return "?" }
        var places = significant - 1
        var limit = 10.0
        while places > 0, abs(value) >= limit {
            places -= 1
            limit *= 10
        }
        return decimal(value, places)
    }

    /// A number with at most so many digits after its point.
    static func decimal(_ value: Double, _ places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        guard let whole = Int(exactly: (abs(value) * scale).rounded()) else { return "\(value)" }
        let unit = Int(scale)
        var text = "\(whole / unit)"
        if whole % unit > 0 {
            var fraction = "\(whole % unit)"
            fraction = String(repeating: "0", count: places - fraction.count) + fraction
            while fraction.last == "0" { fraction.removeLast() }
            text += "." + fraction
        }
        return value < 0 && whole > 0 ? "-" + text : text
    }
}

/// Round moments at which a time axis from zero carries a label.
struct TimeAxis {
    /// The labelled moments, in seconds.
    let ticks: [Double]
    /// Their labels; the first names the unit.
    let labels: [String]
    /// The name of the unit.
    let unit: String

    /// An axis that ends at `end` seconds and has at most `limit` labels, a step of 1, 2 or 5 times a power of ten apart.
    init(end: Double, limit: Int) {
        guard end.isFinite, end > 0, limit > 0 else {
            ticks = [0]
            labels = ["0"]
            unit = "s"
            return
        }
        let unit = DurationText.unit(for: end)
        self.unit = unit.name
        let span = end / unit.seconds
        var power = 1e-3
        while power * 10 * Double(limit) < span { power *= 10 }
        let step = [1.0, 2, 5, 10, 20].map { $0 * power }.first { span / $0 <= Double(limit) } ?? 50 * power
        let count = Int(span / step + 1e-9)
        ticks = (0...count).map { Double($0) * step * unit.seconds }
        labels = (0...count).map { $0 == 0 ? "0 \(unit.name)" : DurationText.decimal(Double($0) * step, 3) }
    }
}
