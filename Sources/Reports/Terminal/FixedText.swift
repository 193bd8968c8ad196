import Foundation

/// Numbers of a column, all with the same decimals.
enum FixedText {
    /// A number with the decimals that leave `scale` four digits.
    static func string(_ value: Double, like scale: Double) -> String {
        let size = abs(scale)
        return String(format: "%.\(size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3)f", value)
    }
}
