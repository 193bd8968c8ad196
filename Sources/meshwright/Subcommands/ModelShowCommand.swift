import ArgumentParser
import Hardware
import Reports
import Workload

/// `meshwright model show`: a model's shape, parameters, arithmetic and training state.
struct ModelShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a model's shape, exact parameters, FLOPs per token and bytes of training state.")

    @Argument(help: "A shipped name such as llama-3.1-405b, or the path of a model file.", completion: .shipped(.model))
    var model: String

    @Option(
        name: .customLong("seq-len"),
        help: "Tokens of a sequence, which decide the arithmetic of attention. By default the model's longest, at most 8192.",
        transform: CountArgument("--seq-len", of: "token", kilo: .binary).whole)
    var sequenceLength: Int?

    @Flag(
        help: ArgumentHelp(
            "Show the operators of each class of layers: shape, split, parameters, FLOPs and bytes kept of a token.",
            discussion:
                "With --cluster also the time of each, forward and backward, of a micro-batch on one rank, and its share of the layer."))
    var operators = false

    @OptionGroup(title: "Times of operators") var placed: LayerPlaceOptions

    @OptionGroup var output: PlainFormatOption
    @OptionGroup var terminal: TerminalOption

    func validate() throws {
        try ModelLimits.check(sequenceLength: sequenceLength)
    }

    func run() throws {
        let shown = try ProfileLibrary.installed.model(model)
        let place = try placed.place(of: shown, sequenceLength: sequenceLength ?? shown.usualSequenceLength)
        let summary = ModelSummary(
            shown, sequenceLength: sequenceLength, withOperators: operators || place != nil, at: place?.place)
        switch output.format {
        case .json: Console.print(try JSONText.string(of: summary))
        case .text:
            Console.print(summary.text, terminator: "")
            if let table = summary.operators {
                if let place {
                    Console.print("\nTimes are of a micro-batch on one rank, \(place.words).")
                    if shown.layerClasses.classes.contains(where: { $0.blocks.contains { $0.shape is Mamba2 } }) {
                        Console.print(
                            "The backward of a Mamba-2 recurrence holds whatever else its layers take in training, not its kernel alone.")
                    }
                }
                Console.print(table.text(width: terminal.columns, colour: terminal.colours), terminator: "")
            }
        }
    }
}
