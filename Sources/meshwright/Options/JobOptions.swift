public import ArgumentParser
import Hardware
import Quantities
public import Workload

extension Precision: ExpressibleByArgument {}
extension Optimizer: ExpressibleByArgument {}
extension GradientFormat: ExpressibleByArgument {}
extension RoutingTreatment: ExpressibleByArgument {
    /// The treatment of a name.
    public init?(argument: String) { self.init(argument) }
}

/// What is to be trained: the model, its batch and sequence, the formats, and how long.
struct JobOptions: ParsableArguments {
    @Option(
        name: .customLong("job"),
        help: ArgumentHelp(
            "A YAML file that states options of job and method: model, method, global-batch-size, seq-len, lora: {rank, targets} and so on. The command line decides where both do.",
            valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
    var file: String?

    @Option(
        help: ArgumentHelp("The model: a shipped name such as llama-3.1-405b, or the path of a model file.", valueName: "name|path"),
        completion: .shipped(.model))
    var model: String

    @Option(
        name: .customLong("global-batch-size"),
        help: ArgumentHelp(
            "Sequences of an optimizer step.",
            discussion:
                "By default three to four quarters of 4 Mi tokens, or one for each 8 GPUs if that is more, so that the GPUs can share them evenly.",
            valueName: "sequences"), transform: CountArgument("--global-batch-size", of: "sequence").whole)
    var globalBatch: Int?

    @Option(
        name: .customLong("seq-len"),
        help: ArgumentHelp(
            "Tokens of a sequence, such as 8192 or 8K, which for sequences means 8 x 1,024. By default the model's longest, at most 8192.",
            valueName: "tokens"), transform: CountArgument("--seq-len", of: "token", kilo: .binary).whole)
    var sequenceLength: Int?

    @Option(
        help:
            "Format of the matrix products: bf16, fp16, fp32, fp8, fp8-rowwise (a scale a row), mxfp8 or nvfp4. By default bf16, or fp16 on GPUs without it."
    )
    var precision: Precision?

    @Option(
        help:
            "The optimizer: adam, adam-bf16-moments, adam-bf16 (no master weights), adam-8bit, adafactor, lion, muon, sgd or sgd-plain (no momentum), or adam:MASTER/FIRST/SECOND with the formats of Megatron's precision-aware optimizer, such as adam:fp16/fp8/fp8 (master weights fp32, fp16, or remainder beside bf16 weights; moments fp32, fp16, bf16, fp8). By default adam."
    )
    var optimizer: Optimizer?

    @Option(
        name: .customLong("grad-dtype"),
        help: "Format in which gradients are summed and reduced: fp32, or bf16 (in fp16 training fp16). By default the stack's.")
    var gradientFormat: GradientFormat?

    @Option(
        help: ArgumentHelp("Tokens of the whole training, such as 15T; adds days, GPU-hours and cost.", valueName: "count"),
        transform: CountArgument("--tokens", of: "token").number)
    var tokens: Double?

    @Option(
        name: .customLong("expert-imbalance"),
        help: ArgumentHelp("Busiest over mean load of expert ranks. By default 1, balanced.", valueName: "ratio"))
    var expertImbalance: Double?

    @OptionGroup var routed: RoutingOptions
    @OptionGroup var sequences: LengthOptions

    /// The most tokens of a training: a million times what any has seen, and few enough that its steps can be counted.
    static let mostTokens = 1e18

    func validate() throws {
        if let tokens, tokens > Self.mostTokens { throw ValidationError("--tokens \(tokens): at most \(Self.mostTokens)") }
        if expertImbalance != nil, let other = routed.given.first(where: \.isGiven)?.name {
            throw ValidationError("--expert-imbalance and \(other) both say how tokens are routed; give one of them")
        }
        if let globalBatch, !(1...Self.largestBatch).contains(globalBatch) {
            throw ValidationError("--global-batch-size \(globalBatch): between 1 and \(Self.largestBatch) sequences")
        }
        try ModelLimits.check(sequenceLength: sequenceLength)
        if let expertImbalance, !(expertImbalance >= 1 && expertImbalance <= 1000) {
            throw ValidationError("--expert-imbalance \(expertImbalance): between 1 (balanced) and 1000")
        }
    }

    private static let largestBatch = 16_777_216
}
