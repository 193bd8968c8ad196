public import ArgumentParser
public import Parallelism
import Workload

extension ExpertOverlap: ExpressibleByArgument {}

/// What hides exchanges inside layers.
struct OverlapOptions: ParsableArguments {
    @Option(
        name: .customLong("tp-overlap"),
        help:
            "What hides tensor-parallel collectives: none, user-buffers, async-tp, split-batch or fused. By default as the stack does.")
    var tensor: OverlapTechnique?

    @Option(
        name: .customLong("ep-overlap"),
        help: "What hides the exchange of tokens: none, shared-experts, tiles or batches. By default as the stack does.")
    var expert: ExpertOverlap?

    /// The names of those that are given.
    var given: [(name: String, isGiven: Bool)] { [("--tp-overlap", tensor != nil), ("--ep-overlap", expert != nil)] }

    /// The choices of a stack but for what is stated. A way that the stack was fitted with keeps what was fitted.
    static func apply(tensor: OverlapTechnique?, expert: ExpertOverlap?, to choices: inout ExecutionChoices, on stack: SoftwareStack) {
        if let tensor {
            let isFitted = tensor == .asynchronous && stack.launches.tensorOverlap.contains(tensor)
            choices.asyncTensorParallel = isFitted
            choices.tensorOverlap = isFitted ? nil : tensor
        }
        if let expert {
            choices.overlapsExperts = expert == .batches
            choices.expertOverlap = expert == .sharedExperts || expert == .tiles ? expert : nil
        }
    }

    /// Throws where a way is no choice of a run, or, unless any stack will do, none of the stack's.
    static func check(
        tensor: OverlapTechnique?, expert: ExpertOverlap?, _ model: TransformerModel, on stack: SoftwareStack?, as prefix: String = "--"
    ) throws {
        if let tensor, let problem = OverlapRules.problem(tensor: tensor, on: stack) {
            throw CommandFailure(.badInput, "\(prefix)tp-overlap \(tensor.rawValue): \(problem)")
        }
        if let expert, let problem = OverlapRules.problem(expert: expert, model, on: stack) {
            throw CommandFailure(.badInput, "\(prefix)ep-overlap \(expert.rawValue): \(problem)")
        }
    }
}
