import ArgumentParser

/// The form of an answer that is a few lines rather than a table.
enum PlainFormat: String, ExpressibleByArgument, CaseIterable {
    /// Lines for people.
    case text
    /// One JSON object for programs.
    case json
}

/// The `--format text|json` of commands that answer in a few lines.
struct PlainFormatOption: ParsableArguments {
    @Option(help: "How the answer is written: text or json.")
    var format: PlainFormat = .text
}
