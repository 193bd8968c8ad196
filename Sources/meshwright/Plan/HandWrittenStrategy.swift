import ArgumentParser
import CostModels
import Hardware
import Interchange
import Parallelism
import Schedules
import Search
import Workload

/// A configuration that a user wrote by hand: `tp=8,pp=8,micro-batch-size=2`.
struct HandWrittenStrategy: Hashable {
    /// What was stated, by key.
    let fields: [String: String]
    /// The user's own configuration to take the strategy from instead, such as `megatron:pretrain.sh`.
    var source: String?

    private static let sizeKeys = [
        "tp", "pp", "vpp", "cp", "cp-inner", "ep", "etp", "dp", "micro-batch-size", "recompute-layers", "shard-group", "dp-replicate",
        "group-size", "route-nodes",
    ]
    private static let choiceKeys = [
        "recompute", "recompute-modules", "offload", "schedule", "optimizer-sharding", "sequence-parallel", "cp-kind", "cp-kind-local",
        "layout",
        "overlap-data-parallel", "dispatcher", "dispatch-format", "tp-overlap", "ep-overlap",
    ]

    /// The fields of a text; the keys are the flags of `plan`. Lists inside a value are joined by `+`, as in `layout=7+8+8+7`.
    /// `from:megatron:FILE` takes the strategy from a user's own configuration.
    static func parse(_ text: String) throws -> HandWrittenStrategy {
        if text.hasPrefix("from:") { return HandWrittenStrategy(fields: [:], source: String(text.dropFirst(5))) }
        var fields: [String: String] = [:]
        let keys = sizeKeys + choiceKeys
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, !sides[1].isEmpty else {
                throw ValidationError("'\(part)' is not key=value; write tp=8,pp=8,micro-batch-size=1")
            }
            guard keys.contains(sides[0]) else { throw ValidationError(ChoiceArgument.unknown(sides[0], among: keys)) }
            guard fields[sides[0]] == nil else { throw ValidationError("'\(sides[0])' is given twice") }
            fields[sides[0]] = sides[1]
        }
        let parsed = HandWrittenStrategy(fields: fields)
        _ = try parsed.sizes()
        _ = try parsed.choices()
        if let word = fields["overlap-data-parallel"] { _ = try isOn(word) }
        if let word = fields["dispatcher"] { let _: ExecutionChoices.Dispatcher = try ChoiceArgument.one(word) }
        if let word = fields["tp-overlap"] { let _: OverlapTechnique = try ChoiceArgument.one(word) }
        if let word = fields["ep-overlap"] { let _: ExpertOverlap = try ChoiceArgument.one(word) }
        if let word = fields["dispatch-format"] { let _: ExecutionChoices.DispatchFormat = try ChoiceArgument.one(word) }
        return parsed
    }

    /// The whole strategy on a cluster.
    ///
    /// What is not stated is 1 or the plainest choice, except that data parallelism fills the GPUs, sequence parallelism goes with tensor
    /// parallelism, and state is sharded as ZeRO-1 where the stack can.
    ///
    /// `subject` is the option or command whose configuration it is, for messages.
    func strategy(_ request: SearchRequest, as subject: String = "--compare") throws -> ParallelStrategy {
        let inputs = request.inputs
        let launches = inputs.stack.launches
        var s = try choices()
        let sizes = try sizes()
        func size(_ key: String) -> Int { sizes[key] ?? 1 }
        (s.tensor, s.pipeline, s.virtualStages, s.context) = (size("tp"), size("pp"), size("vpp"), size("cp"))
        // Of a nested kind the widest inner group, unless told.
        s.contextInner = sizes["cp-inner"] ?? s.contextKind.innerSizes(of: s.context).last ?? 1
        (s.expert, s.expertTensor, s.microBatch) = (size("ep"), size("etp"), size("micro-batch-size"))
        s.data = sizes["dp"] ?? max(1, inputs.cluster.gpus / (s.tensor * s.pipeline * s.context))
        s.microBatches = max(1, inputs.job.globalBatch / (s.microBatch * s.data))
        s.groupSize = sizes["group-size"] ?? s.pipeline
        if fields["schedule"] == nil { s.schedule = s.virtualStages > 1 ? .interleaved : .oneForwardOneBackward }
        if fields["sequence-parallel"] == nil { s.sequenceParallel = s.tensor > 1 && launches.sequenceParallel != false }
        if fields["optimizer-sharding"] == nil { s.sharding = launches.shardings.contains(.zero1) ? .zero1 : .none }
        if sizes["shard-group"] != nil, sizes["dp-replicate"] != nil {
            throw CommandFailure(
                .badInput, "\(subject): shard-group and dp-replicate both say how dp is split; state one of them")
        }
        if let replicas = sizes["dp-replicate"], s.sharding != .none, s.data % replicas != 0 {
            throw CommandFailure(
                .badInput, "\(subject): dp \(s.data) is not divided by the \(replicas) replicas of the shards (dp-replicate)")
        }
        s.shardGroup = sizes["shard-group"] ?? (s.sharding == .none ? 1 : s.data / size("dp-replicate"))
        if s.recompute == .selective, fields["recompute-modules"] == nil { s.recomputeModules = .worthwhile(request) }
        if s.recompute == .full { s.recomputeLayers = sizes["recompute-layers"] ?? fullest(s, layers: inputs.model.layers) }
        if !s.offload.isNone, !StepModel(inputs).pricesOffload {
            let lack =
                launches.offload == nil
                ? "\(inputs.stack.name) offloads nothing, so that it cannot be priced; choose a stack that does with --stack"
                : "\(inputs.cluster.name) states no memory and link of its hosts; add host: {memory: …, link: {to_device: …, from_device: …}} "
                    + "to its file"
            throw CommandFailure(.badInput, "\(subject): offload \(s.offload.text): \(lack)")
        }
        if s.offload.place == .storage, s.offload.movesStates, !inputs.cluster.groups.allSatisfy({ $0.host.storage != nil }) {
            throw CommandFailure(
                .badInput,
                "\(subject): offload \(s.offload.text): \(inputs.cluster.name) states no drives of its hosts; add storage: {capacity: …, read: …, write: …} to host in its file"
            )
        }
        var violations = request.legality.violations(of: s)
        // How state moves is its stack's, whatever else may be simulated that the stack cannot launch.
        if violations.isEmpty, request.ignoresStack, s.offload.movesStates {
            let own = Legality(model: inputs.model, job: inputs.job, stack: inputs.stack)
            if let rule = own.stackOffloadViolation(of: s) { violations = [own.describe(rule, in: s)] }
        }
        guard violations.isEmpty else {
            throw CommandFailure(.badInput, "\(subject): \(violations.map(\.description).joined(separator: "; also, "))")
        }
        return s
    }

    /// The execution choices of a stack or run but for what is stated; `subject` is the option or command whose configuration it is, for messages.
    func execution(_ usual: ExecutionChoices, on inputs: (stack: SoftwareStack, model: TransformerModel), as subject: String) throws
        -> ExecutionChoices
    {
        var choices = usual
        let tensor: OverlapTechnique? = try fields["tp-overlap"].map { try ChoiceArgument.one($0) }
        let expert: ExpertOverlap? = try fields["ep-overlap"].map { try ChoiceArgument.one($0) }
        // What the stack does not run is priced all the same: that is what comparing is for.
        try OverlapOptions.check(tensor: tensor, expert: expert, inputs.model, on: nil, as: "\(subject): ")
        OverlapOptions.apply(tensor: tensor, expert: expert, to: &choices, on: inputs.stack)
        if let word = fields["overlap-data-parallel"] { choices.overlapsDataParallel = try Self.isOn(word) }
        if let word = fields["dispatcher"] {
            choices.dispatcher = try ChoiceArgument.one(word)
            choices.waitsForTokenCounts = choices.dispatcher != .hybridEP
        }
        if let word = fields["dispatch-format"] { choices.dispatchFormat = try ChoiceArgument.one(word) }
        if let limit = try sizes()["route-nodes"] { choices.routedNodes = limit }
        return choices
    }

    private static func isOn(_ word: String) throws -> Bool {
        let state: StrategyOptions.Switch = try ChoiceArgument.one(word)
        return state == .on
    }

    private func fullest(_ s: ParallelStrategy, layers: Int) -> Int {
        StageLayers(layers: layers, pipeline: s.pipeline, virtualStages: s.virtualStages, layout: s.layout)?.counts.max() ?? 1
    }

    /// The stated sizes, each of which must be a single number; small enough that no product of them overflows.
    private func sizes() throws -> [String: Int] {
        var sizes: [String: Int] = [:]
        for key in Self.sizeKeys {
            guard let text = fields[key] else { continue }
            guard let value = Int(text), (1...65_536).contains(value) else {
                throw ValidationError("\(key)=\(text) is not a size; write one number from 1 to 65536")
            }
            sizes[key] = value
        }
        return sizes
    }

    /// The stated choices; sizes are left at 1.
    private func choices() throws -> ParallelStrategy {
        var s = ParallelStrategy()
        if let word = fields["recompute"] { s.recompute = try ChoiceArgument.one(word) }
        if let words = fields["recompute-modules"] {
            s.recomputeModules = try ModulesArgument.parse(words.replacing("+", with: ","))
            if fields["recompute"] == nil { s.recompute = .selective }
        }
        if fields["recompute-layers"] != nil, fields["recompute"] == nil { s.recompute = .full }
        if let word = fields["schedule"] { s.schedule = try ChoiceArgument.one(word) }
        if let word = fields["optimizer-sharding"] { s.sharding = try ChoiceArgument.one(word) }
        if let word = fields["cp-kind"] { s.contextKind = try ChoiceArgument.one(word) }
        if let word = fields["cp-kind-local"] {
            let local: ContextParallelKind = try ChoiceArgument.one(word)
            s.localContextKind = local == s.contextKind ? nil : local
        }
        if let word = fields["sequence-parallel"] { s.sequenceParallel = try Self.isOn(word) }
        if let words = fields["offload"] {
            switch Offload.parse(words) {
            case .success(let offload): s.offload = offload
            case .failure(let problem): throw ValidationError("offload=\(words): \(problem)")
            }
            if s.offload.checkpoints, fields["recompute"] == nil { s.recompute = .full }
        }
        if let word = fields["layout"] { s.layout = try LayoutArgument.parse(word.replacing("+", with: ",")) }
        return s
    }
}
