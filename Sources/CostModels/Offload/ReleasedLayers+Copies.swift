import Parallelism
import Workload

extension ReleasedLayers {
    /// The copies of some layers of one stage, and the compute that they run beside.
    ///
    /// Those of the forward pass begin once the first layer is done, those of the backward pass end before its last layer needs them: a stage's
    /// forward takes max(L·F, F + n·A/B), its backward likewise (Transformer Engine, `cpu_offload.py`). In a pipeline other micro-batches run
    /// between the two passes: what leaves in a forward pass may go on leaving beside the backward pass of another micro-batch that follows it, while
    /// that one's own come back, so that the link bears both directions at once (Wan et al., PipeOffload, arXiv:2503.01328, §3; Megatron-Core,
    /// `fine_grained_activation_offload.py`).
    ///
    /// Parameters that come from the host hold the way up in both passes, gradients that go there the way down in the backward pass: copies of
    /// activations have what these leave of the link.
    struct Copies {
        private let released: ReleasedLayers
        private var (layers, forward, backward, moved) = (0.0, 0.0, 0.0, 0.0)
        /// Bytes of the layer that moves most.
        private var largest = 0.0
        /// Bytes of parameters that come in the forward and in the backward pass, and of gradients that go.
        private var (loadedForward, loadedBackward, flushed) = (0.0, 0.0, 0.0)

        /// No layers yet.
        init(_ released: ReleasedLayers) { self.released = released }

        /// Adds layers of a class, of which some are released.
        @inline(__always)
        mutating func add(_ number: Double, released some: Double, _ time: LayerTimes, _ memory: LayerMemory) {
            layers += number
            // What collectives hold of the link is no time for copies.
            forward += number * max(0, time.forward - time.forwardLink)
            backward += number * max(0, time.backward - time.backwardLink) + some * released.again * time.repeated
            loadedForward += number * time.loaded
            if time.backward > 0 {
                loadedBackward += number * time.loaded
                flushed += number * time.flushed
            }
            guard some > 0 else { return }
            let bytes = released.movedBytes(memory)
            moved += some * bytes
            largest = max(largest, bytes)
        }

        /// Share of the stage's compute beside which copies run: all but the layer that makes the first of them.
        private var window: Double { max(0, 1 - 1 / max(1, layers)) }

        /// Seconds that they add to the forward and to the backward pass.
        @inline(__always)
        var stalls: (forward: Double, backward: Double) {
            guard moved > 0 else { return (0, 0) }
            let free = max(0, backward - loadedBackward * released.up)
            let back = max(0, moved * released.up - window * free)
            if released.isPipelined {
                // Beside both passes, and while the latter waits, the link carries what leaves and what comes.
                let both = (2 * moved + loadedForward + loadedBackward + flushed) * released.both
                return (max(0, max(moved * released.down, both) - forward - backward - back), back)
            }
            return (
                max(0, moved * released.down - window * forward, (moved + loadedForward) * released.both - forward),
                max(
                    back, moved * released.up + loadedBackward * released.up - backward,
                    (moved + loadedBackward + flushed) * released.both - backward)
            )
        }

        /// Bytes of what moves that are still on the GPU when the forward pass ends.
        ///
        /// The layer that was made last is there as a whole. Of the one before it, with a copy of C seconds beside F of compute, a share of 1 − F/C
        /// has not left: all but nothing where copies hide, and never more than that, since compute waits for the second buffer. In a pipeline
        /// nothing waits, and what has not left queues up until the backward pass that follows.
        @inline(__always)
        func staged(chunksPerRank: Int) -> Double {
            let seconds = moved * released.down
            let behind = seconds > 0 ? max(0, 1 - window * forward / seconds) : 0
            return released.isPipelined ? max(largest, behind * moved / Double(chunksPerRank)) : min(moved, (1 + behind) * largest)
        }
    }
}
