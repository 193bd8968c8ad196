import Hardware
import Parallelism
import Quantities
import Workload

/// Bytes of parameters, gradients and optimizer state a parameter of a rank costs, by sharding.
///
/// bf16 with Adam: 2 + gradient + 12 unsharded; the optimizer's 12 B are divided by the shard group from ZeRO-1 on, gradients from ZeRO-2 on,
/// and everything with ZeRO-3 (Rajbhandari et al., arXiv:1910.02054, §3; Megatron-Core's distributed optimizer).
struct StateMemory: Sendable {
    /// Bytes of a parameter in the format the forward pass reads.
    let parameter: Double
    /// Bytes of an accumulated gradient.
    let gradient: Double
    /// Bytes of master weights and moments, with whatever the stack adds.
    let optimizer: Double
    /// Bytes of moments, a part of `optimizer`.
    let moments: Double
    /// Bytes more where nothing is sharded.
    let unshardedExtra: Double
    /// Bytes that an update makes for itself while it runs.
    let update: Double
    /// Whether `optimizer` holds the weights that are updated.
    let hasMasterWeights: Bool

    init(_ inputs: CostInputs) {
        let isSingle = inputs.job.precision == .fp32
        let memory = inputs.stack.memory
        parameter = isSingle ? 4 : 2
        gradient = inputs.gradientFormat.bytes + memory.extraGradientBytes
        let state = inputs.job.optimizer
        // fp32 training has no separate master copy of the weights.
        optimizer = (isSingle ? state.momentBytes : state.stateBytesPerParameter) + memory.extraStateBytes
        moments = state.momentBytes
        update = memory.updateCopies * state.secondMomentBytes
        hasMasterWeights = isSingle || state.hasMasterWeights
        unshardedExtra = memory.unshardedExtraBytes
    }

    /// Bytes per parameter when state is shared by `n` ranks.
    ///
    /// Fully sharded training keeps fp32 parameters, which are the masters, and gradients of their format; its 16-bit copy lives only while a layer
    /// runs. Without masters shards are the weights themselves, and so are the gradients' format.
    /// In a pipeline, ZeRO-2's gradients are scattered after the last micro-batch and whole until then.
    @inline(__always)
    func bytes(_ sharding: OptimizerSharding, group n: Double, isPipelined: Bool) -> Double {
        switch sharding {
        case .none: parameter + gradient + optimizer + unshardedExtra
        case .zero1: parameter + gradient + optimizer / n
        case .zero2: isPipelined ? parameter + gradient + optimizer / n : parameter + (gradient + optimizer) / n
        case .zero3: (hasMasterWeights ? 4 + optimizer : 2 * parameter + optimizer) / n
        }
    }

    /// Bytes of gradients per parameter when state is shared by `n` ranks, a part of `bytes`.
    @inline(__always)
    func gradientBytes(_ sharding: OptimizerSharding, group n: Double, isPipelined: Bool) -> Double {
        switch sharding {
        case .none, .zero1: gradient
        case .zero2: isPipelined ? gradient : gradient / n
        case .zero3: (hasMasterWeights ? 4 : parameter) / n
        }
    }

    /// Ranks that share what an update works on.
    @inline(__always)
    func updatingRanks(_ sharding: OptimizerSharding, group n: Double) -> Double { sharding == .none ? 1 : n }

    /// The least that all ranks together hold of a parameter, whatever is sharded.
    var leastBytes: Double { min(parameter + gradient, 4) + optimizer }
}
