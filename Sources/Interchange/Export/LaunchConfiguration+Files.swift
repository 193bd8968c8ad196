import Workload

extension LaunchConfiguration {
    /// The files that a target takes, and what they could not say.
    ///
    /// - Throws: `ExportError` where the target cannot start the plan at all.
    public func files(for target: ExportTarget) throws(ExportError) -> LaunchFiles {
        if target.statesModel, !target.statesPattern, model.stack != nil { throw unwritten(target, "which is not written") }
        if let problem = target.problem(job.method, model) { throw .refusedPlan(target: target, reason: problem) }
        return switch target {
        case .megatronLM, .megatronCore019, .megatronCore015: try MegatronFiles(self, target).files()
        case .megatronBridge: MegatronBridgeFiles(self).files()
        case .torchTitan: TorchTitanFiles(self).files()
        case .torchTitan03: TorchTitanPythonFiles(self).files()
        case .deepSpeed: DeepSpeedFiles(self).files()
        case .accelerate: AccelerateFiles(self).files()
        case .axolotl: AxolotlFiles(self).files()
        case .llamaFactory: LlamaFactoryFiles(self).files()
        case .nanotron: try NanotronFiles(self).files()
        case .slurm: try SlurmFiles(self).files()
        case .openMPI: try OpenMPIFiles(self).files()
        case .torchrun: try TorchrunFiles(self).files()
        case .jobSet: try JobSetFiles(self).files()
        case .pyTorchJob: try PyTorchJobFiles(self).files()
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
