import Parallelism

/// Where the bytes of a parameter's states lie once a part of them moves beside the GPU.
struct OffloadedStates: Sendable {
    /// Bytes a parameter on the GPU, in the host's memory, and on drives.
    var device: Double
    var host = 0.0
    var storage = 0.0

    /// Everything on the GPU.
    init(device: Double) { self.device = device }

    /// The states of a parameter that `n` ranks share, split as a stack's method splits them.
    ///
    /// - `hybrid-device`: of the share f moments leave; the host keeps a copy of weight and gradient beside them, 16 B.
    /// - `host-adam`: masters, moments and gradients of f leave, from ZeRO-2 on gradients too; parameters themselves with ZeRO-3 where asked.
    /// - `sharded`: everything leaves.
    init(
        _ state: StateMemory, _ sharding: OptimizerSharding, group n: Double, isPipelined: Bool, _ offload: Offload,
        _ method: OffloadSupport.Method
    ) {
        let whole = state.bytes(sharding, group: n, isPipelined: isPipelined)
        let f = offload.optimizerShare
        switch method {
        case .hybridDevice:
            device = whole - f * state.moments / n
            host = f * (8 + state.moments) / n
        case .hostAdam:
            let leaving = f * state.optimizer / n
            switch sharding {
            case .none, .zero1: device = whole - leaving
            case .zero2: device = whole - leaving - (isPipelined ? 0 : f * state.gradient / n)
            case .zero3:
                let weights = state.parameter / n
                device = (1 - f) * (whole - weights) + (offload.parameters ? 0 : weights)
                if offload.parameters { host = weights }
            }
            // A gradient in fp32 waits beside the state that it updates.
            if offload.place == .storage { storage = leaving } else { host += leaving + f * 4 / n }
        case .sharded:
            device = 0
            host = whole
        }
    }
}
