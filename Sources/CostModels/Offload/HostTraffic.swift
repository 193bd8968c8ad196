import Parallelism

/// What states beside the GPU hold of its link to the host while layers run, in bytes.
struct HostTraffic: Sendable {
    /// Bytes that come for a parameter of a layer, outside experts and in them; and for a byte of frozen weights.
    private var dense, expert, frozen, frozenExpert: Double
    /// Bytes of a parameter's gradient that go there beside the backward pass.
    private var denseGradient, expertGradient: Double
    /// Seconds a byte on its way from the host.
    let up: Double
    /// Seconds a byte of either direction while both run.
    let both: Double

    /// The traffic of a strategy's offload with its parameters over so many ranks.
    ///
    /// FSDP loads the shard of a parameter in fp32, DeepSpeed its 16-bit weight. FSDP's gradients leave in fp32 beside the backward pass; DeepSpeed's
    /// hold it up, and Megatron-Core's leave after it (`HostUpdate`).
    init(_ offload: Offload, _ method: OffloadSupport.Method?, _ rates: HostRates?, trains: Bool, dense: Int, expert: Int) {
        let (share, expertShare) = (1 / Double(max(1, dense)), 1 / Double(max(1, expert)))
        let bytes = offload.parameters ? method == .sharded ? 4.0 : 2 : 0
        (self.dense, self.expert) = (bytes * share, bytes * expertShare)
        (frozen, frozenExpert) = offload.parameters ? (share, expertShare) : (0, 0)
        let gradient = method == .sharded && offload.movesStates && trains ? 4.0 : 0
        (denseGradient, expertGradient) = (gradient * share, gradient * expertShare)
        both = rates?.both ?? 0
        // Weights that are updated as they pass go back too, while the next ones come.
        up = rates.map { trains ? $0.up : max($0.up, $0.down, 2 * $0.both) } ?? 0
    }

    /// Nothing beside the GPU.
    static let none = HostTraffic(.none, nil, nil, trains: true, dense: 1, expert: 1)

    /// Bytes that come before each pass of a layer, and that go after its backward pass.
    @inline(__always)
    func bytes(of layer: LayerMemory) -> (loaded: Double, flushed: Double) {
        (
            layer.denseParameters * dense + layer.expertParameters * expert + layer.frozenDense * frozen
                + layer.frozenExpert * frozenExpert, layer.denseParameters * denseGradient + layer.expertParameters * expertGradient
        )
    }
}
