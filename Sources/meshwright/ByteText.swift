import Foundation

/// File sizes for people.
enum ByteText {
    /// A number of bytes in the largest binary unit that keeps it at least one, with one decimal from KiB on.
    static func string(_ bytes: Int) -> String {
        guard bytes >= 1_024 else { return "\(bytes) B" }
        var value = Double(bytes) / 1_024
        var units = ["KiB", "MiB", "GiB", "TiB"][...]
        while value >= 1_024, units.count > 1 {
            value /= 1_024
            units.removeFirst()
        }
        return String(format: "%.1f %@", value, units.first ?? "")
    }
}
