import Parallelism
import Workload

/// What becomes of the activations of a virtual stage's first layers, those that `ParallelStrategy.releasedLayers` counts.
struct ReleasedLayers: Sendable {
    /// Times that their forward pass runs again: 1 where they are recomputed, 0 where they move.
    let again: Double
    /// What moves.
    let moved: Moved
    /// 1 for each module whose input moves, by the bits of `OffloadModules`.
    let modules: SIMD8<Float>
    /// Whether other micro-batches run between a forward pass and its backward pass.
    let isPipelined: Bool
    /// Seconds a byte on its way to the host in the forward pass, and back in the backward pass.
    let down, up: Double
    /// Seconds a byte of either direction while both run.
    let both: Double

    /// What of a released layer moves beside the GPU.
    enum Moved: Sendable {
        /// Nothing: its input stays, and the rest is computed again.
        case nothing
        /// Its input, from which the rest is computed again.
        case input
        /// Everything that it keeps for the backward pass.
        case activations
        /// The inputs of some of its modules.
        case modules
    }

    /// Whatever is released is recomputed.
    static let none = ReleasedLayers(again: 1, moved: .nothing, down: 0, up: 0)

    private init(again: Double, moved: Moved, down: Double, up: Double, both: Double = 0, isPipelined: Bool = false) {
        (self.again, self.moved, self.down, self.up, self.both) = (again, moved, down, up, both)
        (self.isPipelined, modules) = (isPipelined, .zero)
    }

    /// Layers whose activations move, or their inputs, at one rate in B/s both ways.
    init(moved: Moved, rate: Double, both: Double = .infinity, isPipelined: Bool = false) {
        self.init(
            again: moved == .input ? 1 : 0, moved: moved, down: 1 / rate, up: 1 / rate, both: 1 / both, isPipelined: isPipelined)
    }

    /// What a strategy releases; `rates` are those of a rank's host.
    init(_ s: ParallelStrategy, _ rates: HostRates?) {
        again = s.recompute == .full ? 1 : 0
        let bits = s.offload.modules.rawValue
        moved = bits != 0 ? .modules : s.offload.layers > 0 ? .activations : s.offload.checkpoints ? .input : .nothing
        (down, up, both) = moved == .nothing ? (0, 0, 0) : (rates?.down ?? 0, rates?.up ?? 0, rates?.both ?? 0)
        var mask = SIMD8<Float>.zero
        for bit in 0..<8 where bits & (1 << bit) != 0 { mask[bit] = 1 }
        modules = mask
        isPipelined = s.pipeline > 1
    }

    /// Bytes of a released layer that move.
    @inline(__always)
    func movedBytes(_ layer: LayerMemory) -> Double {
        switch moved {
        case .nothing: 0
        case .input: layer.input
        case .activations: layer.savedSelective
        case .modules: Double((layer.movable * modules).sum())
        }
    }

    /// Bytes of a released layer that stay for the backward pass.
    @inline(__always)
    func keptBytes(_ layer: LayerMemory) -> Double {
        switch moved {
        case .nothing: layer.input
        case .input, .activations: 0
        case .modules: layer.savedSelective - movedBytes(layer)
        }
    }
}
