import Parallelism
import Workload

extension LaunchConfiguration {
    /// The files that a target takes, and what they could not say.
    ///
    /// - Throws: `ExportError` where the target cannot start the plan at all.
    public func files(for target: ExportTarget) throws(ExportError) -> LaunchFiles {
        if target.statesModel, !target.statesPattern, model.stack != nil { try checkLayers(target) }
        if target.statesModel, !target.hasSparseAttention, model.attention?.indexer != nil {
            throw .refusedPlan(
                target: target,
                reason: "it has no sparse attention, which \(model.name) was planned with; megatron-lm and megatron-core-0.19 have")
        }
        if let problem = attentionProblem(target) { throw .refusedPlan(target: target, reason: problem) }
        if let problem = target.problem(job.method, model) { throw .refusedPlan(target: target, reason: problem) }
        if formsGroups, let problem = groupProblem(target) { throw .refusedPlan(target: target, reason: problem) }
        return switch target {
        case .megatronLM, .megatronCore019, .megatronCore015: try MegatronFiles(self, target).files()
        case .megatronBridge: MegatronBridgeFiles(self).files()
        case .torchTitan: TorchTitanFiles(self).files()
        case .torchTitan03: TorchTitanPythonFiles(self).files()
        case .deepSpeed: try DeepSpeedFiles(self).files()
        case .accelerate: try AccelerateFiles(self).launchFiles()
        case .axolotl: AxolotlFiles(self).files()
        case .llamaFactory: LlamaFactoryFiles(self).files()
        case .trl: TRLFiles(self).files()
        case .torchtune: try TorchtuneFiles(self).files()
        case .nanotron: try NanotronFiles(self).files()
        case .slurm: try SlurmFiles(self).files()
        case .openMPI: try OpenMPIFiles(self).files()
        case .torchrun: try TorchrunFiles(self).files()
        case .jobSet: try JobSetFiles(self).files()
        case .pyTorchJob: try PyTorchJobFiles(self).files()
        }
    }

    /// What of the model's attention no flag of the target builds; nil where it says all of it, or the model's own code does.
    private func attentionProblem(_ target: ExportTarget) -> String? {
        let isStated = target.statesPattern || target == .nanotron
        guard isStated, model.stack == nil, let attention = model.attention else { return nil }
        let hasGate = attention.hasOutputGate && (target == .nanotron || target == .megatronCore015)
        let parts: [(isThere: Bool, words: String)] = [
            (hasGate, "gated output"), (attention.hasHeadGate, "gated heads"), (attention.hasOutputNorm, "normalised output"),
            (attention.isDifferential, "two softmaxes"), (attention.hasDynamicMask, "a mask of its values"),
            (attention.readsEmbedding, "the embedding beside the stream"), (attention.queryRank != nil, "queries of a low rank"),
            (attention.valueDimension.map { $0 != attention.headDimension } ?? false, "values of another width than keys"),
            (attention.keyValues != .own, "\(attention.keyValues.rawValue) keys and values"),
        ]
        let missing = parts.filter(\.isThere).map(\.words)
        guard !missing.isEmpty else { return nil }
        return "it has no attention with \(missing.joined(separator: " and ")), which \(model.name) was planned with; "
            + "deepspeed and accelerate train whatever model the code builds"
    }

    /// Why the target cannot form a group of ranks for every sequence; nil where it can.
    private func groupProblem(_ target: ExportTarget) -> String? {
        if target.isLauncher { return nil }
        guard target == .megatronLM || target == .megatronCore019 else {
            return "it has no hybrid context parallelism; megatron-lm and megatron-core-0.19 do"
        }
        return SequenceGroupRules.problem(strategy, model, .transformerEngine)
    }

    /// Refuses a model block by block, unless the target has code for the very model.
    private func checkLayers(_ target: ExportTarget) throws(ExportError) {
        guard target == .torchTitan03 || target == .torchTitan else { throw unwritten(target, "which is not written") }
        let known = TorchTitanModels.multimodal.joined(separator: ", ")
        guard target == .torchTitan03 else {
            throw unwritten(target, "for which v0.2.2 has no code; export for torchtitan-0.3, which has \(known)")
        }
        guard TorchTitanModels.isMultimodal(model.name), TorchTitanModels.layers(model.name) == model.layers else {
            throw unwritten(target, "of which TorchTitan 0.3 has \(known) alone")
        }
        guard strategy.context == 1 else {
            throw .refusedPlan(
                target: target,
                reason: "its Qwen3.5 has no context parallelism (NotImplementedError in parallelize_qwen3_5); plan with --cp 1")
        }
    }

    /// The refusal of a model block by block that a target cannot state; `why` follows its layers.
    func unwritten(_ target: ExportTarget, _ why: String) -> ExportError {
        let kinds = model.layerClasses.classes.map(\.name).joined(separator: ", ")
        return .refusedPlan(
            target: target,
            reason:
                "it would have to state a model of layers that are not all attention and feed-forward (\(kinds)), \(why); "
                + "deepspeed and accelerate train whatever model the code builds")
    }
}
