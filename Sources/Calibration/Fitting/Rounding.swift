import Foundation

/// Rounds fitted constants to the digits that they deserve.
enum Rounding {
    /// A number with `digits` significant digits.
    static func significant(_ value: Double, _ digits: Int) -> Double {
        guard value != 0, value.isFinite else { return value }
        return Double(String(format: "%.\(digits - 1)e", value)) ?? value
    }
}

/// Names of files in provenance: the last part of a path, since the rest is this machine's.
enum FileName {
    static func last(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
