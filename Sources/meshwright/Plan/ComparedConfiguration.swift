import CostModels
import Hardware
import Interchange
import Parallelism
import Reports
import Workload

/// A user's own configuration beside which plans are set: its strategy, and what it says of the job and the model.
struct ComparedConfiguration {
    private let spec: String
    private let own: OwnConfiguration

    /// The configuration that a text such as `megatron:pretrain.sh` names.
    init(_ spec: String) throws {
        self.spec = spec
        own = try OwnConfiguration(spec)
    }

    /// Its strategy.
    var strategy: HandWrittenStrategy { HandWrittenStrategy(fields: own.fields) }

    /// Takes what the options leave open of the job from the file, and says where they differ.
    func complete(_ options: inout PlanOptions) {
        let taken = [
            take(own.read.globalBatch, "--global-batch-size", into: &options.job.globalBatch) { "\($0)" },
            take(own.read.sequenceLength, "--seq-len", into: &options.job.sequenceLength) { "\($0)" },
            take(own.read.precision, "--precision", into: &options.job.precision, \.rawValue),
            take(own.read.optimizer, "--optimizer", into: &options.job.optimizer, \.rawValue),
            take(own.read.gradientFormat, "--grad-dtype", into: &options.job.gradientFormat, \.rawValue),
            options.method.take(own.read.method) ? own.read.method.map { "--method \($0.kind.rawValue)" } : nil,
        ].compactMap { $0 }
        guard !taken.isEmpty else { return }
        ErrorReporting.warn("\(spec): \(taken.joined(separator: " ")) \(taken.count == 1 ? "is" : "are") taken from the file for all plans")
    }

    /// The flag with the value that was taken; nil where none was.
    private func take<Value: Equatable>(
        _ stated: Value?, _ flag: String, into option: inout Value?, _ text: (Value) -> String
    ) -> String? {
        guard let stated else { return nil }
        guard let asked = option else {
            option = stated
            return "\(flag) \(text(stated))"
        }
        if asked != stated {
            ErrorReporting.warn("\(spec): the file states \(text(stated)); \(flag) \(text(asked)) is used, for yours too")
        }
        return nil
    }

    /// The batch on some GPUs: as stated, or what the framework makes of the sequences of a rank; nil where it says neither.
    func globalBatch(gpus: Int) -> Int? { own.globalBatch(gpus: gpus) }

    /// Everything that was read and assumed.
    func echo(_ inputs: CostInputs, _ options: PlanOptions) -> ConfigurationEcho {
        var given: Set<String> = ["model"]
        if options.size.gpus != nil || options.size.nodes != nil { given.insert("gpus") }
        let job = options.job
        for (key, isGiven) in [
            ("global-batch-size", job.globalBatch.map { $0 != own.read.globalBatch }),
            ("seq-len", job.sequenceLength.map { $0 != own.read.sequenceLength }),
            ("precision", job.precision.map { $0 != own.read.precision }), ("optimizer", job.optimizer.map { $0 != own.read.optimizer }),
            ("grad-dtype", job.gradientFormat.map { $0 != own.read.gradientFormat }),
        ] where isGiven == true { given.insert(key) }
        return own.echo(inputs, options: given, fields: own.fields)
    }

    /// Refuses a file that describes another model, and says what else it is not.
    func check(_ inputs: CostInputs, statesStack: Bool) throws {
        if let shape = try own.model(.installed) {
            let model = inputs.model
            let sizes = [
                ("layers", shape.layers, model.layers), ("hidden size", shape.hidden, model.hidden),
                ("attention heads", shape.attention?.heads ?? 0, model.attention?.heads ?? 0),
                ("key/value heads", shape.attention?.keyValueHeads ?? 0, model.attention?.keyValueHeads ?? 0),
                ("feed-forward width", shape.feedForward.width, model.feedForward.width),
                ("experts", shape.experts?.count ?? 0, model.experts?.count ?? 0),
            ]
            let others = sizes.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1) rather than \($0.2)" }
            guard others.isEmpty else {
                throw CommandFailure(
                    .badInput,
                    "--compare from:\(spec): the file describes another model than \(model.name): \(others.joined(separator: ", ")); "
                        + "name the model that it trains with --model")
            }
        }
        if let gpus = own.read.gpus, gpus != inputs.cluster.gpus {
            ErrorReporting.warn("\(spec): the file states \(gpus) GPUs; it is priced on \(inputs.cluster.gpus)")
        }
        if !statesStack, own.read.stack != inputs.stack.name {
            ErrorReporting.warn("\(spec): priced as run by \(inputs.stack.name); --stack \(own.read.stack) is the file's own")
        }
    }
}
