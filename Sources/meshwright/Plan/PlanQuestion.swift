import Calibration
import CostModels
import Documents
import Foundation
import Hardware
import Parallelism
import PlanStore
import Quantities
import Reliability
import Reports
import Search
import Sequences
import Workload

/// What a command line asks of the planner, with every file read and every default filled in.
struct PlanQuestion {
    /// The question to the planner.
    var request: SearchRequest
    /// The files that were read.
    var model, cluster, stack: PlanReport.Source
    /// The file of a teacher; nil without one.
    var teacher: PlanReport.Source?
    /// Values that nobody stated, as the flags that would state them.
    var defaults: [String] = []
    /// How long sequences are; nil where they all fill a row.
    var lengths: LengthOptions.Read?
    /// Price of a GPU-hour: the user's, or the cluster profile's.
    var gpuHourPrice: Double?
    /// What was chosen of how failures are met.
    var runChoices: RunChoices
    /// Where shipped stacks and clusters are.
    private let library: ProfileLibrary
    /// A digest of the file of what the fitted constants leave open.
    private let uncertaintyDigest: String

    /// Reads the files that the options name and fills in what they leave open; the batch from the user's own configuration where there is one.
    init(_ options: PlanOptions, library: ProfileLibrary, beside own: ComparedConfiguration? = nil) throws {
        try self.init(options, PlanFiles(options, library), library: library, beside: own)
    }

    /// Fills in what the options leave open of files that were read already.
    init(_ options: PlanOptions, _ files: PlanFiles, library: ProfileLibrary, beside own: ComparedConfiguration? = nil) throws {
        let (model, profile, stack) = (files.model.value, files.cluster.value, files.stack.value)
        let cluster = try options.size.scaled(profile)
        let anyStack = options.software.ignoresStack

        let usual = PrecisionRules.usual(on: cluster, stack: anyStack ? nil : stack)
        var job = try Self.job(
            options.job, model, gpus: cluster.gpus, batch: own?.globalBatch(gpus: cluster.gpus), precision: usual,
            method: options.method.method ?? .pretrain,
            &defaults)
        if let problem = PrecisionRules.problem(job.precision, on: cluster, stack: anyStack ? nil : stack) {
            throw CommandFailure(.badInput, "--precision \(job.precision.rawValue): \(problem)")
        }
        job.routing = files.routing
        lengths = try options.job.sequences.read(model, rows: job.globalBatch, sequence: job.sequenceLength)
        job.documents = lengths?.documents
        if job.gradientFormat == nil {
            job.gradientFormat = stack.gradients.format(job.precision)
            defaults.append("--grad-dtype \(stack.gradients.format(job.precision).rawValue)")
        }
        job.method = try options.method.method(for: model, &defaults)
        if !anyStack, let problem = MethodRules.problem(job.method, stack: stack) {
            throw CommandFailure(.badInput, "--method \(job.method.kind.rawValue): \(problem)")
        }
        try Self.check(options.job.optimizer, job, on: anyStack ? nil : stack)
        if options.software.stack == nil { defaults.append("--stack \(PlanFiles.stackName(options))") }
        runChoices = try options.failures.choices(nodes: cluster.nodes)
        if let given = options.failures.given, job.tokens == nil {
            throw CommandFailure(.badInput, "\(given) tells how a whole training meets failures; add --tokens, such as --tokens 15T")
        }
        gpuHourPrice = options.goal.gpuHourPrice ?? profile.gpuHourPrice
        if let gpuHourPrice, options.goal.gpuHourPrice == nil { defaults.append("--gpu-hour-price \(gpuHourPrice)") }

        let overlap = options.overlap
        try OverlapOptions.check(tensor: overlap.tensor, expert: overlap.expert, model, on: anyStack ? nil : stack)
        var choices = options.released.applied(to: options.exchange.applied(to: stack.defaults), stack: stack, cluster: cluster)
        OverlapOptions.apply(tensor: overlap.tensor, expert: overlap.expert, to: &choices, on: stack)
        let inputs = CostInputs(model: model, cluster: cluster, job: job, stack: stack, choices: choices)
        let limit = options.goal.maxMemory
        if let limit, limit > inputs.memory {
            let amounts = [limit, inputs.memory].map { String(format: "%.1f GiB", $0.inGibibytes) }
            throw CommandFailure(.badInput, "--max-memory \(amounts[0]): \(inputs.gpu.name) has \(amounts[1]); use at most that")
        }
        request = try SearchRequest(
            inputs: inputs, constraints: options.strategy.constraints, objective: options.goal.searchObjective, top: options.search.top,
            memoryLimit: limit, ignoresStack: anyStack, listsVariants: options.search.variants, threads: options.search.threadCount,
            placement: options.placement.method(on: cluster), seed: UInt64(options.search.seed))
        request.uncertainty = files.uncertainty
        if let rows = lengths?.unevenRows(inputs, seed: UInt64(options.search.seed)) { request.unevenRows = rows.seconds }
        uncertaintyDigest = files.uncertaintyDigest
        // Part of a node: more GPUs are first the rest of it.
        if cluster.gpus < profile.first.gpusPerNode { request.wholeCluster = profile }
        teacher = try options.method.teacher.map { try PlanFiles.model($0, library).source }
        (self.model, self.cluster, self.stack) = (files.model.source, files.cluster.source, files.stack.source)
        self.library = library
        if anyStack { request.preferredStacks = Self.stacks(library) }
    }

    /// Refuses an optimizer that was asked for and that the stack or the method has no use for.
    static func check(_ asked: Optimizer?, _ job: TrainingJob, on stack: SoftwareStack?) throws {
        guard let asked else { return }
        if let problem = OptimizerRules.problem(asked, method: job.method) ?? stack.flatMap({ OptimizerRules.problem(asked, stack: $0) }) {
            throw CommandFailure(.badInput, "--optimizer \(asked.rawValue): \(problem)")
        }
    }

    /// What else there is to train with; what cannot be read is no alternative.
    var alternatives: Remedies.Alternatives {
        Remedies.Alternatives(stacks: Self.stacks(library), clusters: Remedies.Alternatives.clusters(library))
    }

    /// The shipped stacks, the one that is assumed first.
    private static func stacks(_ library: ProfileLibrary) -> [SoftwareStack] {
        let names = library.names(of: .stack)
        return (names.filter { $0 == StackOption.usual } + names.filter { $0 != StackOption.usual }).compactMap {
            name in
            (try? library.path(of: .stack, named: name)).flatMap { try? SoftwareStack.read(path: $0) }
        }
    }

    /// The text of every file that advice may come from where nothing fits.
    private var alternativeTexts: String {
        let kinds: [ProfileLibrary.Kind] = [.stack, .cluster, .gpu]
        return kinds.flatMap { kind in library.names(of: kind).compactMap { try? library.path(of: kind, named: $0) } }
            .map { path in "\(path)\n\((try? TextFile.read(path: path)) ?? "")" }.joined(separator: "\n")
    }

    /// The job, with what is left open filled in and noted as the flags that would state it.
    private static func job(
        _ options: JobOptions, _ model: TransformerModel, gpus: Int, batch own: Int?, precision usual: Precision,
        method: TrainingMethod.Kind,
        _ defaults: inout [String]
    ) throws -> TrainingJob {
        let isTuned = method != .pretrain
        let sequence = options.sequenceLength ?? (isTuned ? min(model.usualSequenceLength, 4096) : model.usualSequenceLength)
        if case .learned(let positions) = model.positions, sequence > positions {
            throw CommandFailure(
                .badInput, "--seq-len \(sequence): \(model.name) has \(positions) learned positions; use at most \(positions) tokens")
        }
        let batch =
            options.globalBatch ?? own
            ?? DefaultBatch.sequences(of: sequence, gpus: gpus, tokens: isTuned ? DefaultBatch.tunedTokens : DefaultBatch.tokens)
        if options.globalBatch == nil { defaults.append("--global-batch-size \(batch)") }
        if options.sequenceLength == nil { defaults.append("--seq-len \(sequence)") }
        if options.precision == nil { defaults.append("--precision \(usual.rawValue)") }
        if options.optimizer == nil { defaults.append("--optimizer \(Optimizer.adam.rawValue)") }
        return TrainingJob(
            globalBatch: batch, sequenceLength: sequence, precision: options.precision ?? usual, optimizer: options.optimizer ?? .adam,
            tokens: options.tokens, expertImbalance: options.expertImbalance ?? 1, gradientFormat: options.gradientFormat)
    }

    /// What parallelism divides follows from the model, and orders of experts are told apart by their sum.
    private static let derived: [Any.Type] = [ModelDivisions.self, ExpertOrders.List.self]

    /// The key under which a sweep remembers the best plan: as of an answer, but for where files lie, tokens and prices, which decide no plan.
    var cellKey: String {
        get throws(UnkeyableValue) {
            var key = CanonicalKey()
            key.append("schema", SweepReport.schema)
            key.append("tool", ToolVersion.current)
            key.append("cost models", CostModelVersion.current)
            var asked = request
            asked.threads = 1
            asked.uncertainty = nil
            asked.unevenRows = nil
            asked.inputs.job.tokens = nil
            try key.append("request", reflecting: asked, leavingOut: Self.derived)
            try key.append("sources", reflecting: ([model, cluster, stack] + (teacher.map { [$0] } ?? [])).map(\.sha256))
            key.append("uncertainty", uncertaintyDigest)
            if let lengths { key.append("lengths", SHA256.hexadecimal(of: lengths.key.joined(separator: "\n").utf8)) }
            try key.append("run choices", reflecting: runChoices)
            return key.hexadecimal
        }
    }

    /// The key under which the answer is remembered: a digest of everything it depends on.
    ///
    /// Throws where something that it depends on cannot be written into a key.
    func key(explain: Int, comparison: HandWrittenStrategy?, seed: Int) throws(UnkeyableValue) -> String {
        var key = CanonicalKey()
        key.append("schema", PlanReport.schema)
        key.append("tool", ToolVersion.current)
        key.append("cost models", CostModelVersion.current)
        var asked = request
        // The answer is the same for any number of threads, and what was left open is a file of its own.
        asked.threads = 1
        asked.uncertainty = nil
        // What rows add follows from the lengths, which are a part of the key.
        asked.unevenRows = nil
        try key.append("request", reflecting: asked, leavingOut: Self.derived)
        try key.append("sources", reflecting: [model, cluster, stack] + (teacher.map { [$0] } ?? []))
        try key.append("defaults", reflecting: defaults)
        key.append("uncertainty", uncertaintyDigest)
        if let lengths { key.append("lengths", SHA256.hexadecimal(of: lengths.key.joined(separator: "\n").utf8)) }
        key.append("price", gpuHourPrice)
        key.append("alternatives", SHA256.hexadecimal(of: alternativeTexts.utf8))
        try key.append("run choices", reflecting: runChoices)
        key.append("explain", explain)
        try key.append("comparison", reflecting: comparison as Any)
        key.append("seed", seed)
        return key.hexadecimal
    }
}
