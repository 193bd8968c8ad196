import Parallelism

/// What becomes of the activations of a virtual stage's first layers, those that `ParallelStrategy.releasedLayers` counts.
struct ReleasedLayers: Sendable {
    /// Times that their forward pass runs again: 1 where they are recomputed, 0 where they move.
    let again: Double
    /// What moves.
    let moved: Moved
    /// Seconds a byte on its way to the host in the forward pass, and back in the backward pass.
    let down, up: Double

    /// What of a released layer moves beside the GPU.
    enum Moved: Sendable {
        /// Nothing: its input stays, and the rest is computed again.
        case nothing
        /// Its input, from which the rest is computed again.
        case input
        /// Everything that it keeps for the backward pass.
        case activations
    }

    /// Whatever is released is recomputed.
    static let none = ReleasedLayers(again: 1, moved: .nothing, down: 0, up: 0)

    private init(again: Double, moved: Moved, down: Double, up: Double) {
        (self.again, self.moved, self.down, self.up) = (again, moved, down, up)
    }

    /// Layers whose activations move, or their inputs, at one rate in B/s both ways.
    init(moved: Moved, rate: Double) { self.init(again: moved == .input ? 1 : 0, moved: moved, down: 1 / rate, up: 1 / rate) }

    /// What a strategy releases; `rates` are those of a rank's host.
    init(_ s: ParallelStrategy, _ rates: HostRates?) {
        again = s.recompute == .full ? 1 : 0
        moved = s.offload.layers > 0 ? .activations : s.offload.checkpoints ? .input : .nothing
        (down, up) = moved == .nothing ? (0, 0) : (rates?.down ?? 0, rates?.up ?? 0)
    }

    /// Bytes of a released layer that move.
    @inline(__always)
    func movedBytes(_ layer: LayerMemory) -> Double {
        switch moved {
        case .nothing: 0
        case .input: layer.input
        case .activations: layer.savedSelective
        }
    }

    /// Bytes of a released layer that stay for the backward pass.
    @inline(__always)
    func keptBytes(_ layer: LayerMemory) -> Double { moved == .nothing ? layer.input : 0 }

    /// The copies of some layers of one stage, and the compute that they run beside.
    ///
    /// Those of the forward pass begin once the first layer is done, those of the backward pass end before its last layer needs them: a stage's
    /// forward takes max(L·F, F + n·A/B), its backward likewise (Transformer Engine, `cpu_offload.py`).
    struct Copies {
        private let released: ReleasedLayers
        private var (layers, forward, backward, moved) = (0.0, 0.0, 0.0, 0.0)

        /// No layers yet.
        init(_ released: ReleasedLayers) { self.released = released }

        /// Adds layers of a class, of which some are released.
        @inline(__always)
        mutating func add(_ number: Double, released some: Double, _ time: LayerTimes, _ memory: LayerMemory) {
            layers += number
            forward += number * time.forward
            backward += number * time.backward + some * released.again * time.forward
            moved += some * released.movedBytes(memory)
        }

        /// Seconds that they add to the forward and to the backward pass.
        @inline(__always)
        var stalls: (forward: Double, backward: Double) {
            let window = max(0, 1 - 1 / max(1, layers))
            return (max(0, moved * released.down - window * forward), max(0, moved * released.up - window * backward))
        }
    }
}
