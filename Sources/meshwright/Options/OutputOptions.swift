import ArgumentParser

/// The form of a ranked answer.
enum TableFormat: String, ExpressibleByArgument, CaseIterable {
    /// A table and its explanation, for people.
    case table
    /// One JSON object.
    case json
    /// The same as YAML.
    case yaml
    /// One row a plan.
    case csv
}

/// How a ranked answer is written.
struct OutputOptions: ParsableArguments {
    @Option(help: "How the answer is written: table, json, yaml or csv.")
    var format: TableFormat = .table
}
