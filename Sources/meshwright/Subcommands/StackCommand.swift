import ArgumentParser
import Hardware
import Parallelism
import Reports

/// `meshwright stack`: lists and shows software stacks.
struct StackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stack",
        abstract: "Lists the shipped software stacks, or shows what one can launch and what was measured of it.",
        subcommands: [StackListCommand.self, StackShowCommand.self])
}

/// `meshwright stack list`: the shipped software stacks.
struct StackListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the shipped software stacks.")

    @OptionGroup var output: PlainFormatOption

    func run() throws {
        let library = ProfileLibrary.installed
        let stacks = try library.names(of: .stack).map {
            StackSummary(try SoftwareStack.read(path: library.path(of: .stack, named: $0)))
        }
        switch output.format {
        case .json: Console.print(try JSONText.string(of: StackListDocument(stacks: stacks.map(StackListDocument.Entry.init))))
        case .text: Console.print(Self.text(stacks), terminator: "")
        }
    }

    /// One line a stack.
    static func text(_ stacks: [StackSummary]) -> String {
        let columns: [TextTable.Column] = [.init("stack"), .init("measured on"), .init("schedules", .trailing), .init("describes")]
        let rows = stacks.map { stack in
            [
                stack.name, stack.measured.keys.sorted().joined(separator: ", "), "\(stack.schedules.count)", stack.describes,
            ].map { StyledText($0) }
        }
        return TextTable(columns, rows: rows).rendered(width: .max / 2, colour: .none)
    }
}

/// The JSON form of `stack list`.
struct StackListDocument: Encodable {
    var schema = "meshwright.stack-list/1"
    var stacks: [Entry]

    /// A stack in short.
    struct Entry: Encodable {
        var name, describes: String
        var measured, schedules, precisions: [String]

        init(_ stack: StackSummary) {
            (name, describes) = (stack.name, stack.describes)
            (measured, schedules, precisions) = (stack.measured.keys.sorted(), stack.schedules, stack.precisions)
        }
    }
}

/// `meshwright stack show`: what a stack can launch, what was measured, and its constants.
struct StackShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows what a stack can launch, what was measured of it, and its constants with their sources.")

    @Argument(help: "A shipped name such as megatron-core, or the path of a stack file.", completion: .shipped(.stack))
    var stack: String

    @OptionGroup var output: PlainFormatOption

    func run() throws {
        let library = ProfileLibrary.installed
        let summary = StackSummary(try SoftwareStack.read(path: library.path(of: .stack, named: stack)))
        switch output.format {
        case .json: Console.print(try JSONText.string(of: summary))
        case .text: Console.print(summary.text, terminator: "")
        }
    }
}
