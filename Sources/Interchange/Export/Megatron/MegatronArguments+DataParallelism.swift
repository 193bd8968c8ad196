import Parallelism
import Workload

extension MegatronArguments {
    /// The optimizer, how its state is spread, and what runs beside compute.
    func addDataParallelism(to list: inout FlagList) {
        let s = plan.strategy
        addOptimizer(to: &list)
        addOffload(to: &list)
        if s.sharding != .none { list.add("use-distributed-optimizer") }
        if usesFSDP {
            list.add("use-megatron-fsdp")
            list.add("data-parallel-sharding-strategy", s.sharding == .zero3 ? "optim_grads_params" : "optim_grads")
            // The only checkpoint format of Megatron-FSDP.
            list.add("ckpt-format", "fsdp_dtensor")
        }
        if s.sharding != .none, s.replicas > 1 { list.add("num-distributed-optimizer-instances", s.replicas) }
        if plan.choices.overlapsDataParallel {
            list.add("overlap-grad-reduce")
            if s.sharding != .none { list.add("overlap-param-gather") }
        }
        addGradientFormat(to: &list)
        if plan.choices.asyncTensorParallel || plan.choices.tensorOverlap == .userBuffers {
            if s.sequenceParallel {
                list.add("tp-comm-overlap")
            } else if s.tensor > 1 {
                list.warn("--tp-comm-overlap needs sequence parallelism; tensor-parallel collectives are exposed.")
            }
        }
    }

    /// Moves optimizer state and activations beside the GPU (`HybridDeviceOptimizer`; `cpu_offloading` of Transformer Engine).
    private func addOffload(to list: inout FlagList) {
        let offload = plan.strategy.offload
        if offload.optimizerPercent > 0 {
            list.add("optimizer-cpu-offload")
            list.add("optimizer-offload-fraction", "\(offload.optimizerShare)")
            if offload.overlaps { list.add("overlap-cpu-optimizer-d2h-h2d") }
            // `validate_args`: the states that stay are those of the precision-aware optimizer.
            if plan.job.optimizer == .adam { list.add("use-precision-aware-optimizer") }
        }
        if offload.layers > 0 {
            if version.movesActivations {
                list.add("cpu-offloading-num-layers", offload.layers)
            } else {
                list.warn("\(version.name) has no flag that moves activations of layers; they stay on the GPU.")
            }
        }
        if !offload.modules.isEmpty {
            if version.movesActivations {
                list.add("fine-grained-activation-offloading")
                list.add("offload-modules", list: offload.modules.names)
            } else {
                list.warn("\(version.name) has no flag that moves inputs of modules; they stay on the GPU.")
            }
        }
        for sentence in plan.offloadLimits([.optimizer, .activations, .modules]) { list.warn(sentence) }
    }

    /// Megatron-LM sums the gradients of bf16 in fp32 and those of fp16 in fp16 unless told otherwise.
    private func addGradientFormat(to list: inout FlagList) {
        switch (plan.job.precision, plan.gradientFormat) {
        case (.fp32, _), (.fp16, .bf16): break
        case (.fp16, .fp32): list.add("accumulate-allreduce-grads-in-fp32")
        case (_, .bf16): list.add("grad-reduce-in-bf16")
        case (_, .fp32): break
        }
    }

    /// States in formats of their own; whether beside bf16 weights master weights are whole or a remainder no flag decides.
    private func addFormats(_ formats: StateFormats, to list: inout FlagList) {
        list.add("optimizer", "adam")
        guard plan.strategy.sharding != .none else {
            return list.warn("Formats of states need the distributed optimizer (--use-distributed-optimizer); they are kept in fp32.")
        }
        list.add("use-precision-aware-optimizer")
        if formats.master == .fp16 { list.add("main-params-dtype", "fp16") }
        list.add("exp-avg-dtype", formats.first.rawValue)
        list.add("exp-avg-sq-dtype", formats.second.rawValue)
    }

    private func addOptimizer(to list: inout FlagList) {
        switch plan.job.optimizer {
        case .adam: list.add("optimizer", "adam")
        case .sgd: list.add("optimizer", "sgd")
        case .adamBF16Moments: addFormats(StateFormats(master: .fp32, first: .bf16, second: .bf16), to: &list)
        case .precisionAware(let formats):
            addFormats(formats, to: &list)
            if formats.master == .fp32, plan.job.precision == .bf16 {
                list.warn("Of master weights the 16 bits are kept that bf16 weights lack, 2 bytes a parameter fewer than planned.")
            } else if formats.master == .remainder, plan.job.precision != .bf16 {
                list.warn("Master weights may be kept whole beside weights other than bf16, 2 bytes a parameter more than planned.")
            }
        case .lion where version.hasLion && !usesFSDP && plan.job.precision != .fp16: list.add("optimizer", "lion")
        case .lion, .adamBF16, .adam8Bit, .adafactor, .plainSGD:
            list.add("optimizer", "adam")
            list.warn("\(version.name) has no \(plan.job.optimizer.rawValue); it runs Adam with fp32 states, which needs more memory.")
        case .muon:
            if version.hasMuon {
                list.add("optimizer", "muon")
            } else {
                list.add("optimizer", "adam")
                list.warn("\(version.name) has no Muon; it runs Adam, which keeps 4 bytes a parameter more.")
            }
        }
    }
}
