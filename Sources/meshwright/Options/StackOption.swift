import ArgumentParser
import Hardware
import Workload

/// The software that runs on the cluster.
struct StackOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The software stack that must launch the plan: a shipped name, a path, or 'any'. By default megatron-core.",
            valueName: "name|path|any"),
        completion: .shipped(.stack))
    var stack: String?

    /// The stack of those who name none, by what they train: adapters on quantised weights run in few.
    static func usual(for method: TrainingMethod.Kind) -> String {
        switch method {
        case .pretrain, .full, .distil: usual
        case .lora, .qlora, .frozen: "transformers"
        case .zerothOrder: "zo2"
        }
    }

    /// The stack of those who name none, and whose times are shown where any stack will do.
    static let usual = "megatron-core"

    /// What is written in place of a stack where any will do.
    static let any = "any"

    /// Whether strategies that the stack cannot launch are searched too.
    var ignoresStack: Bool { stack == Self.any }
}
