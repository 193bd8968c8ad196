/// What a fit of operator constants changed and how far it is off on points that it did not see.
public struct OperatorFit: Sendable {
    /// A constant before and after.
    public struct Change: Sendable {
        /// The key in profiles, or the name of a constant that belongs to the measuring program.
        public let key: String
        /// The value in the profile; nil where the constant is none of the profile's.
        public let before: Double?
        /// The fitted value.
        public let after: Double
        /// The unit; empty for shares and factors.
        public let unit: String
        /// Standard deviation of its logarithm before and after; nil where none is kept.
        public var deviation: (before: Double, after: Double)?
    }

    /// Errors on a class of held-out points, with the constants before and after.
    public struct Class: Sendable {
        /// Which points.
        public let name: String
        /// With the profile's constants.
        public let before: ErrorStatistics
        /// With the fitted constants.
        public let after: ErrorStatistics
    }

    /// The constants.
    public let changes: [Change]
    /// Errors by class of points.
    public let classes: [Class]
    /// Points that were fitted.
    public let fitted: Int
    /// Points that were left out, by reason.
    public let skipped: [(reason: String, count: Int)]
}

/// What can be wrong with measurements to be fitted.
public enum CalibrationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Too few usable rows.
    case tooFewPoints(what: String, found: Int, needed: Int, file: String)
    /// No row of the table belongs to the GPU.
    case noRows(of: String, present: [String], file: String)
    /// No run of the table can be predicted; the reasons.
    case noRuns(reasons: [String], file: String)

    /// One line: what is wrong, and what would be right.
    public var description: String {
        switch self {
        case .tooFewPoints(let what, let found, let needed, let file):
            "\(file): \(found) usable \(what), which is too few to fit; \(needed) or more are needed"
        case .noRows(let name, let present, let file):
            "\(file): no row is of GPU '\(name)'; the table has \(present.joined(separator: ", ")) (pick one with --rows)"
        case .noRuns(let reasons, let file):
            "\(file): no run can be predicted and compared: \(reasons.joined(separator: "; "))"
        }
    }
}
