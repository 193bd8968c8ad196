import Parallelism
import Schedules
import Workload

/// What the columns of own runs state exactly, where those of published runs leave room.
struct RunDetails {
    private let run: RunRecord

    init(_ run: RunRecord) { self.run = run }

    private func text(_ column: String) -> String? {
        guard let text = run.details[column], !text.isEmpty else { return nil }
        return text
    }

    /// The shipped name or path of the model, the cluster, the stack.
    var modelFile: String? { text("model_file") }
    /// See `modelFile`.
    var clusterFile: String? { text("cluster_file") }
    /// See `modelFile`.
    var stackFile: String? { text("stack_file") }

    /// Whether the layers of every virtual stage are stated; schedule and groups are then taken as they stand too.
    var statesLayers: Bool { text("layers_per_stage") != nil }

    /// A value of a column with few legal ones.
    private func choice<Value: RawRepresentable & CaseIterable>(_ column: String) throws -> Value? where Value.RawValue == String {
        guard let word = text(column) else { return nil }
        guard let value = Value(rawValue: word) else {
            throw RunSkip(reason: "unknown \(column) '\(word)'; it is one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }

    /// Makes a strategy what the row says of it.
    func apply(to s: inout ParallelStrategy, layers: Int) throws {
        if let kind: ContextParallelKind = try choice("cp_kind") { s.contextKind = kind }
        s.localContextKind = try choice("cp_kind_local")
        if let inner = run.int("cp_inner"), inner > 0 { s.contextInner = inner }
        if let order: RankOrder = try choice("rank_order") { s.rankOrder = order }
        if let group = run.int("dp_shard"), group > 0 { s.shardGroup = group }
        if let words = text("recompute_modules") {
            var modules: RecomputeModules = []
            for word in words.split(separator: "+") {
                guard let known = RecomputeModules.named.first(where: { $0.name == word }) else {
                    throw RunSkip(reason: "unknown module '\(word)' in recompute_modules")
                }
                modules.insert(known.module)
            }
            s.recomputeModules = modules
        }
        guard let list = text("layers_per_stage") else { return }
        let counts = list.split(separator: "+").compactMap { Int($0) }
        s.virtualStages = run.size("vpp")
        s.groupSize = run.int("group_size") ?? s.pipeline
        guard let schedule = PipelineSchedule(rawValue: run.schedule) else { throw RunSkip(reason: "unknown schedule '\(run.schedule)'") }
        s.schedule = schedule
        guard counts.count == s.stages, counts.reduce(0, +) == layers else {
            throw RunSkip(reason: "layers_per_stage '\(list)' does not deal \(layers) layers to \(s.stages) stages")
        }
        s.layout = counts.allSatisfy { $0 == counts[0] } ? .even : .explicit(counts)
        guard s.recompute == .full else { return }
        guard case .full(let layers?) = try RunWords.recomputation(run.recompute) else {
            s.recomputeLayers = counts.max() ?? 0
            return
        }
        s.recomputeLayers = min(layers, counts.max() ?? 0)
    }

    /// Sets the optimizer.
    func apply(to job: inout TrainingJob) throws {
        if let optimizer: Optimizer = try choice("optimizer") { job.optimizer = optimizer }
    }

    /// Takes the stack's own choices but for what the row states, where it states its dispatcher.
    func apply(to choices: inout ExecutionChoices, stack: SoftwareStack) throws {
        guard let dispatcher: ExecutionChoices.Dispatcher = try choice("dispatcher") else { return }
        choices = stack.defaults
        choices.dispatcher = dispatcher
        if let value = run["ep_overlap"] { choices.overlapsExperts = value > 0 }
        if let value = run["dp_overlap"] { choices.overlapsDataParallel = value > 0 }
        if let value = run["async_tp"] { choices.asyncTensorParallel = value > 0 }
        if let value = run["compile"] { choices.compiled = value > 0 }
    }
}
