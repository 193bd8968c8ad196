import Documents
import Foundation

/// What runs of one's own made of the fitted constants: their values and what is still open of them, carried on in a stack's file.
public struct OwnRuns: Hashable, Sendable {
    /// A quantity that runs may move.
    public struct Entry: Hashable, Sendable {
        /// The name of a fitted constant, `time_factor`, `unmeasured_stack`, or `model NAME`.
        public var name: String
        /// Its value; nil for constants of other stacks and networks, and for those that stand under `costs`.
        public var value: Double?
        /// Of a model's factor, the standard deviation of its logarithm before any own run; nil for others, and in files of earlier releases.
        public var before: Double?
        /// A row of the lower triangular factor of the covariance of the logarithms, a number for each quantity up to this one.
        public var row: [Double]

        /// A quantity from its parts.
        public init(name: String, value: Double?, before: Double? = nil, row: [Double]) {
            self.name = name
            self.before = before
            self.value = value
            self.row = row
        }
    }

    /// The stack whose constants were moved, under whose name runs were fitted.
    public var base: String
    /// Configurations that were measured.
    public var configurations: Int
    /// Standard deviation of the logarithm of the installation's time factor before any of them.
    public var installation: Double
    /// The quantities, the fitted constants first.
    public var entries: [Entry]

    /// Own runs from their parts.
    public init(base: String, configurations: Int, installation: Double, entries: [Entry]) {
        self.base = base
        self.configurations = configurations
        self.installation = installation
        self.entries = entries
    }

    /// Name of the factor on every step's time.
    public static let timeName = "time_factor"
    /// Name of the factor on what a stack does of which no run was fitted.
    public static let stackName = "unmeasured_stack"
    /// What stands before a model's name in the name of the factor on its times.
    public static let modelPrefix = "model "

    /// Standard deviation, before any own run, of the logarithm of a model's factor; nil where the model was not run or its file does not say.
    public func before(ofModel name: String) -> Double? { entries.first { $0.name == Self.modelPrefix + name }?.before }

    /// What steps of a model take over what the constants say; 1 where none was measured.
    public func timeFactor(ofModel name: String) -> Double {
        entries.first { $0.name == Self.modelPrefix + name }?.value ?? 1
    }
}

extension OwnRuns {
    /// The own runs of a mapping.
    init(_ reader: MappingReader) throws(DocumentError) {
        let entries = try reader.objects("quantities", as: "a quantity") { row throws(DocumentError) in
            Entry(
                name: try row.required("name", .string), value: try row.optional("value", .positive),
                before: try row.optional("before", .nonNegative),
                row: try row.required("row", .string).split(separator: " ").compactMap { Double($0) })
        }
        guard entries.enumerated().allSatisfy({ $0.element.row.count == $0.offset + 1 }) else {
            throw DocumentError(
                reader.location,
                .invalid("a row of 'quantities' of another length", remedy: "it has a number for each quantity up to its own"))
        }
        self.init(
            base: try reader.required("base", .string), configurations: try reader.required("configurations", .int(in: 1...1_000_000)),
            installation: try reader.required("installation", .nonNegative), entries: entries)
    }

    /// The own runs as they stand in a stack's file.
    var document: YAMLContent {
        .mapping([
            YAMLField("base", .text(base)), YAMLField("configurations", .integer(configurations)),
            YAMLField("installation", .number(installation)),
            YAMLField(
                "quantities",
                .list(
                    entries.map { entry in
                        .inline(
                            [YAMLField("name", .text(entry.name))] + (entry.value.map { [YAMLField("value", .number($0))] } ?? [])
                                + (entry.before.map { [YAMLField("before", .number($0))] } ?? [])
                                + [YAMLField("row", .text(RowText.string(entry.row)))])
                    })),
        ])
    }
}

/// Rows of a triangular factor as text.
public enum RowText {
    /// The numbers with three digits, which is more than is known of any; nothing is `0`.
    public static func string(_ row: [Double]) -> String {
        row.map { $0 == 0 ? "0" : String(format: "%.3g", $0) }.joined(separator: " ")
    }
}

extension SoftwareStack {
    /// The stack under whose name the constants were fitted: its own, or that which a user's runs moved.
    public var lineage: String { ownRuns?.base ?? name }
}
