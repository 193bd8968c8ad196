import ArgumentParser
import Hardware
import Reports

/// `meshwright gpu`: lists and shows GPU types.
struct GPUCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gpu",
        abstract: "Lists the shipped GPU types, or shows one with its sources.",
        subcommands: [GPUListCommand.self, GPUShowCommand.self])
}

/// `meshwright gpu list`: the shipped GPU types.
struct GPUListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the shipped GPU types.")

    @OptionGroup var output: PlainFormatOption

    func run() throws {
        let library = ProfileLibrary.installed
        let gpus = try library.names(of: .gpu).map { GPUSummary(try library.gpu($0)) }
        switch output.format {
        case .json: Console.print(try JSONText.string(of: GPUListDocument(gpus: gpus)))
        case .text: Console.print(Self.text(gpus), terminator: "")
        }
    }

    /// One line a GPU type.
    static func text(_ gpus: [GPUSummary]) -> String {
        let columns: [TextTable.Column] = [
            .init("GPU"), .init("memory GiB", .trailing), .init("GB/s", .trailing), .init("link GB/s", .trailing),
            .init("16-bit TFLOP/s", .trailing), .init("8-bit", .trailing), .init("4-bit", .trailing), .init("describes"),
        ]
        let rows = gpus.map { gpu in
            [
                gpu.name, number(gpu.memory), number(gpu.memoryBandwidth), number(gpu.linkBandwidth), number(gpu.half), number(gpu.eight),
                number(gpu.four), gpu.describes,
            ].map { StyledText($0) }
        }
        return TextTable(columns, rows: rows).rendered(width: .max / 2, colour: .none)
    }

    private static func number(_ value: Double?) -> String { value.map { "\(Int($0.rounded()))" } ?? "" }
}

/// The JSON form of `gpu list`.
struct GPUListDocument: Encodable {
    var schema = "meshwright.gpu-list/1"
    var gpus: [GPUSummary]
}

/// `meshwright gpu show`: a GPU type's numbers, each with its source.
struct GPUShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows a GPU type's numbers, each with its source.")

    @Argument(help: "A shipped name such as h100-80gb-sxm, or the path of a GPU file.", completion: .shipped(.gpu))
    var gpu: String

    @OptionGroup var output: PlainFormatOption

    func run() throws {
        let summary = GPUSummary(try ProfileLibrary.installed.gpu(gpu))
        switch output.format {
        case .json: Console.print(try JSONText.string(of: summary))
        case .text: Console.print(summary.text, terminator: "")
        }
    }
}
