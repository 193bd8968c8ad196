/// What is wrong with an input file, and where.
public struct DocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the problem is.
    public var location: SourceLocation
    /// What the problem is.
    public var problem: Problem

    /// A problem at a place.
    public init(_ location: SourceLocation, _ problem: Problem) {
        self.location = location
        self.problem = problem
    }

    /// One line: `file:line:column: what, and what would be right`.
    public var description: String { "\(location): \(problem.explanation)" }

    /// Everything that can be wrong with a document.
    public enum Problem: Hashable, Sendable {
        /// The file does not exist.
        case missingFile
        /// The path names a directory.
        case isDirectory
        /// The system refused to open or read the file, with its reason.
        case unreadable(String)
        /// The file exceeds the largest size read, in MiB.
        case tooLarge(mebibytes: Int)
        /// A byte that is no UTF-8.
        case notUTF8
        /// Nothing but white space and comments.
        case empty
        /// A second document begins.
        case severalDocuments
        /// The text is no YAML or CSV; the grammar's complaint.
        case syntax(String)
        /// Mappings and sequences nest deeper than the limit.
        case tooDeep(limit: Int)
        /// Aliases repeat more nodes than the limit.
        case tooManyAliases(limit: Int)
        /// An alias of no earlier anchor.
        case undefinedAlias(String)
        /// A YAML tag, none of which are read.
        case tag(String)
        /// A key that is a list or a mapping.
        case keyIsNotText
        /// A key that its mapping already has, and the line of the first.
        case duplicateKey(String, firstLine: Int)
        /// A key that means nothing here, the nearest that does, and all that do.
        case unknownKey(String, nearest: String?, known: [String])
        /// A key that must be there.
        case missingKey(String, of: String)
        /// A value of another kind than the one expected.
        case wrongType(found: String, expected: String)
        /// A number that is NaN or infinite.
        case notFinite(String)
        /// A number with a fraction where a whole one is expected.
        case notWhole(String)
        /// A whole number past the range of 64 bits.
        case pastIntegerRange(String)
        /// A number outside its range.
        case outOfRange(String, expected: String)
        /// A number without its unit, and the units that would do.
        case missingUnit(String, units: [String])
        /// A unit of another quantity or of none, and the units that would do.
        case unknownUnit(String, units: [String])
        /// A word that is none of the legal ones.
        case unknownChoice(String, nearest: String?, legal: [String])
        /// A table without a column that is needed, and the columns it has.
        case missingColumn(String, nearest: String?, present: [String])
        /// A row with more or fewer fields than the header.
        case raggedRow(found: Int, expected: Int)
        /// Values that contradict each other or the reader's rules: what is wrong, and what would be right.
        case invalid(String, remedy: String)
    }
}
