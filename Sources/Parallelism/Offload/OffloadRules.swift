import Workload

/// What frameworks assert of offload.
extension Legality {
    /// The first broken rule of what moves beside the GPU, whatever the stack.
    func offloadViolation(of s: ParallelStrategy) -> LegalityRule? {
        let offload = s.offload
        guard !offload.isNone else { return nil }
        guard (0...100).contains(offload.optimizerPercent), offload.stride == 0 || offload.stride >= 2,
            offload.stride == 0 || (offload.optimizerPercent == 100 && offload.place == .host),
            offload.place == .host || offload.movesStates
        else {
            return .offloadShares
        }
        // Weights without gradients and states need no sharding to stream.
        if offload.parameters, s.sharding != .zero3, job.method.hasGradients { return .offloadSharding }
        if offload.layers > 0 {
            // One layer at least stays, under whose forward and backward the last copies run.
            guard s.recompute != .full, offload.layers < fullestStage(of: s) else { return .offloadLayers }
        }
        if !offload.modules.isEmpty {
            // Megatron-Core, `TransformerConfig.__post_init__`: no layers as a whole, and attention's output only with the core that reads it.
            guard s.recompute != .full, offload.layers == 0, divisions.movable.isSuperset(of: offload.modules),
                offload.modules.left(recomputing: s.recomputeModules) == offload.modules
            else { return .offloadModules }
        }
        if offload.checkpoints, s.recompute != .full { return .offloadCheckpoints }
        return nil
    }

    /// The first rule of the stack that what moves beside the GPU breaks.
    public func stackOffloadViolation(of s: ParallelStrategy) -> LegalityRule? {
        let offload = s.offload
        guard !offload.isNone, let stack else { return nil }
        guard let support = stack.launches.offload, offload.parts.isSubset(of: support.parts) else { return .stackOffload }
        if offload.movesStates {
            if offload.optimizerPercent > 0, job.method.hasGradients, !support.updates(job.optimizer) {
                return .stackOffload
            }
            switch support.method {
            // Megatron-Core, `validate_args`: the distributed optimizer, and Adam.
            case .hybridDevice: guard s.sharding == .zero1 else { return .offloadSharding }
            // DeepSpeed, `offload_config.py` and `engine.py`: ZeRO, and ZeRO-3 for shares, parameters and drives.
            case .hostAdam:
                guard s.sharding != .none else { return .offloadSharding }
                if s.sharding != .zero3, offload.optimizerPercent < 100 || offload.place == .storage { return .offloadSharding }
            // PyTorch, `fully_shard`: all that a rank owns or nothing.
            case .sharded:
                guard s.sharding == .zero3 || !job.method.hasGradients else { return .offloadSharding }
                guard offload.parameters, offload.optimizerPercent == 100 || !job.method.hasGradients else { return .offloadShares }
            }
            guard support.takesShares || offload.optimizerPercent == 100 else { return .offloadShares }
        }
        // Megatron-Core, `TransformerConfig.__post_init__`: no pipeline, and nothing computed again.
        if offload.layers > 0, s.pipeline > 1 || s.recompute != .none { return .offloadLayers }
        return nil
    }
}
