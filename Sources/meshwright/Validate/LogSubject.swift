import Calibration
import CostModels
import Foundation
import Hardware
import Interchange
import Parallelism
import Search
import Workload

/// What ran while a log was written, from a plan, a user's own configuration or the log itself.
struct LogSubject {
    /// The configuration as the cost models see it.
    let configuration: RunConfiguration
    /// Where it comes from, in words.
    let source: String
    /// Names or paths of what it was made from; a model of the log's own has none.
    let files: (model: String?, cluster: String, stack: String)
    /// What was assumed, one sentence each.
    let notes: [String]

    /// - Parameter batch: sequences of a step as its line states them; nil where lines do not.
    init(_ log: TrainingLog, batch: Int?, _ options: ValidateLogOptions, _ cluster: ClusterChoice) throws {
        let trial = options.plan == nil && options.from == nil ? TrialPlan(log: log.file) : nil
        if let plan = options.plan ?? trial?.plan {
            let rank = options.rank ?? trial?.rank ?? 1
            let document = try PlanDocument.read(path: plan)
            let own = try ExportPlan(document, file: plan, model: options.model, cluster: cluster.name, stack: options.stack)
            let (priced, strategy) = try own.priced(rank: rank)
            configuration = RunConfiguration(inputs: priced.inputs, strategy: strategy)
            source = "plan \(rank) of \(plan)"
            files = own.files
            notes = []
        } else if let from = options.from {
            let own = try OwnConfiguration(from)
            (configuration, files) = try Self.resolved(own.read, log, batch, options, cluster, subject: "--from \(from)")
            source = from
            notes = Self.batchNote(batch, own.read.globalBatch, from)
        } else {
            guard let stated = log.measured.configuration else {
                throw CommandFailure(
                    .badInput,
                    "\(log.file): the log does not say how the run was configured; name its plan with --plan or its "
                        + "configuration with --from")
            }
            (configuration, files) = try Self.resolved(stated, log, batch, options, cluster, subject: log.file)
            source = "the log itself"
            let assumed = stated.isVocabularyAssumed ? "The vocabulary is not stated; 50,304 entries are assumed (--vocab-size)." : nil
            notes = Self.batchNote(batch, stated.globalBatch, "the configuration") + stated.notes + [assumed].compactMap { $0 }
        }
        try agree(log, batch)
    }

    /// Says that the batch of the lines counts, where another is configured.
    private static func batchNote(_ batch: Int?, _ configured: Int?, _ source: String) -> [String] {
        guard let batch, let configured, batch != configured else { return [] }
        return ["The lines say \(batch) sequences a step and \(source) \(configured) (ramp-up): the step is priced at \(batch)."]
    }

    /// Prices what a configuration states, as `simulate --from` does.
    private static func resolved(
        _ stated: UserConfiguration, _ log: TrainingLog, _ lineBatch: Int?, _ options: ValidateLogOptions, _ choice: ClusterChoice,
        subject: String
    ) throws -> (RunConfiguration, (model: String?, cluster: String, stack: String)) {
        let library = ProfileLibrary.installed
        guard let cluster = choice.name else {
            throw CommandFailure(.usage, "\(log.file): name the cluster that it ran on, such as --cluster dgx-h100")
        }
        let shape = try options.model.map(library.model) ?? stated.modelName.map(library.model) ?? stated.model
        guard let shape else {
            throw CommandFailure(.badInput, "\(subject): the model is not described; name it with --model")
        }
        let named = options.model ?? stated.modelName ?? ShippedShape.name(of: shape, library)
        let model = try options.model == nil && stated.modelName == nil ? named.map(library.model) ?? shape : shape
        let profile = try library.cluster(cluster)
        AssumedCluster.say(cluster, profile)
        let gpus = stated.gpus ?? log.measured.configuration?.gpus
        let sized = try choice.isSized ? choice.size.scaled(profile) : gpus.map(profile.scaled(gpus:)) ?? profile
        let stackName = options.stack ?? stated.stack
        let stack = try SoftwareStack.read(path: library.path(of: .stack, named: stackName))
        let length = stated.sequenceLength ?? log.measured.configuration?.sequenceLength ?? model.usualSequenceLength
        guard let batch = lineBatch ?? log.measured.configuration?.globalBatch ?? stated.globalBatch(gpus: sized.gpus) else {
            throw CommandFailure(.badInput, "\(subject): the sequences of a step are not stated; name the run's plan with --plan")
        }
        let usual = PrecisionRules.usual(on: sized, stack: stack)
        let job = TrainingJob(
            globalBatch: batch, sequenceLength: length, precision: stated.precision ?? usual, optimizer: stated.optimizer ?? .adam,
            gradientFormat: stated.gradientFormat, method: stated.method ?? .pretrain)
        if let method = stated.method {
            do throws(MethodProblem) { try method.check(model) } catch { throw CommandFailure(.badInput, "\(subject): \(error.what)") }
            if let problem = MethodRules.problem(method, stack: stack) { throw CommandFailure(.badInput, "\(subject): \(problem)") }
        }
        let own = HandWrittenStrategy(fields: stated.fields)
        let choices = try own.execution(stack.defaults, on: (stack, model), as: subject)
        let inputs = CostInputs(model: model, cluster: sized, job: job, stack: stack, choices: choices)
        let request = SearchRequest(inputs: inputs, ignoresStack: true)
        let strategy = try own.strategy(request, as: subject)
        return (RunConfiguration(inputs: inputs, strategy: strategy), (named, cluster, stackName))
    }

    /// Refuses a log that states other sizes than the configuration it is compared with.
    private func agree(_ log: TrainingLog, _ lineBatch: Int?) throws {
        let planned = configuration.inputs.job.globalBatch
        if let lineBatch, lineBatch != planned {
            throw CommandFailure(
                .badInput,
                "\(log.file): the steps are of \(lineBatch) sequences, and \(source) has a global batch of \(planned); name the plan that ran, "
                    + "or leave it to the log")
        }
        guard source != "the log itself", let stated = log.measured.configuration else { return }
        let s = configuration.strategy
        let sizes: [(String, String, Int)] = [
            ("tp", "tp", s.tensor), ("pp", "pp", s.pipeline), ("cp", "cp", s.context), ("ep", "ep", s.expert),
            ("micro-batch-size", "micro-batch", s.microBatch),
        ]
        for (key, word, size) in sizes {
            guard let text = stated.strategy[key], let ran = Int(text), ran != size else { continue }
            throw CommandFailure(
                .badInput,
                "\(log.file): the run had \(word) \(ran), and \(source) has \(word) \(size); name the plan that ran, or leave "
                    + "it to the log")
        }
        if lineBatch == nil, let batch = stated.globalBatch, batch != planned {
            throw CommandFailure(
                .badInput,
                "\(log.file): the run had a global batch of \(batch), and \(source) has \(planned); name the "
                    + "plan that ran, or leave it to the log")
        }
    }
}

/// The plan of a log that `export --trial` named: `plan-2.4711.log` beside `trial.plan.json`.
struct TrialPlan {
    /// The plans' file.
    let plan: String
    /// Which of them.
    let rank: Int

    init?(log: String) {
        let file = URL(filePath: log)
        let parts = file.lastPathComponent.split(separator: ".")
        guard parts.count >= 2, parts[0].hasPrefix("plan-"), let rank = Int(parts[0].dropFirst(5)) else { return nil }
        let plan = file.deletingLastPathComponent().appending(path: TrialFiles.planFile).relativePath
        guard FileManager.default.fileExists(atPath: plan) else { return nil }
        self.plan = plan
        self.rank = rank
    }
}

/// Finds the shipped model that has a shape, since a log knows shapes and not names.
enum ShippedShape {
    /// The name of the shipped model that differs in nothing but name, source and padding of the vocabulary; nil where there is none.
    static func name(of shape: TransformerModel, _ library: ProfileLibrary) -> String? {
        library.names(of: .model).first { name in
            guard let known = try? library.model(name), isPadded(shape.vocabulary, of: known.vocabulary) else { return false }
            return isSame(shape, known)
        }
    }

    /// The shipped model that differs in nothing but name, source and vocabulary; nil where there is none.
    static func model(of shape: TransformerModel, _ library: ProfileLibrary) -> TransformerModel? {
        library.names(of: .model).lazy.compactMap { try? library.model($0) }.first { isSame(shape, $0) }
    }

    private static func isSame(_ shape: TransformerModel, _ known: TransformerModel) -> Bool {
        var same = shape
        (same.name, same.source, same.vocabulary) = (known.name, known.source, known.vocabulary)
        (same.maxSequenceLength, same.rotary) = (known.maxSequenceLength, known.rotary)
        // No flag of Megatron tells of a bias of the router.
        if let bias = known.experts?.hasRouterBias { same.experts?.hasRouterBias = bias }
        return same == known
    }

    /// Whether a vocabulary is another one, without its end-of-document token or padded.
    private static func isPadded(_ stated: Int, of known: Int) -> Bool { stated >= known - 1 && stated < known + 4096 }
}
