import Parallelism
import Testing

@testable import CostModels

@Suite("Activations beside the GPU")
struct ReleasedLayersTests {
    /// The stalls of a stage of equal layers that move `moved` bytes in all.
    static func stalls(
        layers: Int, released: Double, forward: Double, backward: Double, bytes: Double, rate: Double
    ) -> (forward: Double, backward: Double) {
        var times = LayerTimes()
        (times.forward, times.backward) = (forward, backward)
        var memory = LayerMemory()
        memory.savedSelective = bytes
        var copies = ReleasedLayers.Copies(ReleasedLayers(moved: .activations, rate: rate))
        copies.add(Double(layers), released: released, times, memory)
        return copies.stalls
    }

    /// ByteScale's layer stack at 64K tokens (arXiv:2502.21231): steps of 5.08, 5.08, 5.38, 5.93 and 6.49 s where 0, 50, 60, 80 and 100 % of the
    /// activations move, flat until the copies take as long as the forward pass, then a line.
    ///
    /// The knee and the slope are two constants: a forward pass of 1.365 s, and 2.775 s for all copies of one direction.
    @Test(arguments: [(0.0, 5.08), (0.5, 5.08), (0.6, 5.38), (0.8, 5.93), (1.0, 6.49)])
    func selectiveOffload(share: Double, step: Double) {
        // Enough layers that the first one's does not matter.
        let layers = 1000
        let (forward, copies) = (1.365, 2.775)
        let stalls = Self.stalls(
            layers: layers, released: share * Double(layers), forward: forward / Double(layers),
            backward: (5.08 - forward) / Double(layers), bytes: 1, rate: Double(layers) / copies)
        #expect(stalls.backward == 0)
        #expect(abs((5.08 + stalls.forward) / step - 1) < 0.05)
    }

    /// The same stack's memory: 59, 40, 37, 33 and 27 GB, within 5 %.
    ///
    /// At 64K tokens a layer of LLaMA-7B keeps some nine gigabytes, so that what moves, 32 GB, is five layers' but for what has not left when the
    /// forward pass ends. Of the five numbers the two ends are given; of those between, nothing is fitted but that count, and the times are those above.
    @Test(arguments: [(0.0, 59.0), (0.5, 40), (0.6, 37), (0.8, 33), (1.0, 27)])
    func selectiveOffloadMemory(share: Double, gigabytes: Double) {
        let layers = 5.0
        func leaving(_ share: Double, of layer: Double) -> Double {
            var times = LayerTimes()
            (times.forward, times.backward) = (1.365 / layers, 3.715 / layers)
            var memory = LayerMemory()
            memory.savedSelective = share * layer
            // Five layers of this many bytes take 2.775 s.
            var copies = ReleasedLayers.Copies(ReleasedLayers(moved: .activations, rate: layers * layer / 2.775))
            copies.add(layers, released: layers, times, memory)
            return (1 - share) * layers * layer + copies.staged(chunksPerRank: 1)
        }
        // What does not depend on the layers' activations, and a layer's, from both ends.
        let layer = (59 - 27) / (layers - leaving(1, of: 1))
        let rest = 59 - layers * layer
        let predicted = rest + (share > 0 ? leaving(share, of: layer) : layers * layer)
        #expect(abs(predicted / gigabytes - 1) < 0.05, "\(share): \(predicted) GB, published \(gigabytes)")
        #expect(abs(layer / 8.6 - 1) < 0.2, "\(layer) GB a layer")
    }

    /// Four layers of 1 s whose activations take as long, half as long, and twice as long to leave. Beside the last layer's nothing is there where copies
    /// hide, and half of the one before it where they take twice the time.
    @Test func buffersFillAsCopiesFallBehind() {
        func staged(_ copy: Double, isPipelined: Bool = false) -> Double {
            var times = LayerTimes()
            (times.forward, times.backward) = (1, 2)
            var memory = LayerMemory()
            memory.savedSelective = copy
            var copies = ReleasedLayers.Copies(ReleasedLayers(moved: .activations, rate: 1, isPipelined: isPipelined))
            copies.add(4, released: 4, times, memory)
            return copies.staged(chunksPerRank: 1) / copy
        }
        #expect(staged(0.5) == 1)
        #expect(abs(staged(0.75) - 1) < 1e-12)
        // 8 s of copies beside the 3 s after the first layer.
        #expect(abs(staged(2) - (1 + 5.0 / 8)) < 1e-12)
        // In a pipeline nothing waits: all that has not left is there.
        #expect(staged(0.5, isPipelined: true) == 1)
        #expect(abs(staged(2, isPipelined: true) - 4 * 5.0 / 8) < 1e-12)
    }

    /// Parameters that come from the host leave copies of activations less of the link: the way up in the backward pass is theirs first, and where both
    /// directions together carry no more than one, gradients that leave hold it too.
    @Test func parametersAndGradientsHoldTheLink() {
        func stalls(loaded: Double, flushed: Double, both: Double = .infinity) -> (forward: Double, backward: Double) {
            var times = LayerTimes()
            (times.forward, times.backward, times.loaded, times.flushed) = (1, 2, loaded, flushed)
            var memory = LayerMemory()
            memory.savedSelective = 0.5
            var copies = ReleasedLayers.Copies(ReleasedLayers(moved: .activations, rate: 1, both: both))
            copies.add(10, released: 10, times, memory)
            return copies.stalls
        }
        let alone = stalls(loaded: 0, flushed: 0)
        #expect(alone.forward == 0 && alone.backward == 0)
        // 16 of 20 s are the parameters': the other 4, but for the first layer's, are not enough for 5 s of activations.
        let loading = stalls(loaded: 1.6, flushed: 0)
        #expect(loading.forward == 0)
        #expect(abs(loading.backward - (5 - 0.9 * 4)) < 1e-12)
        // Both ways together 1 B/s: 5 + 6 in the 10 s of the forward pass, and 5 + 6 + 12 in the 20 s of the backward pass.
        let narrow = stalls(loaded: 0.6, flushed: 1.2, both: 1)
        #expect(abs(narrow.forward - 1) < 1e-12 && abs(narrow.backward - 3) < 1e-12)
        // The same link of twice that both ways shows nothing.
        let wide = stalls(loaded: 0.6, flushed: 1.2, both: 2)
        #expect(wide.forward == 0 && wide.backward == 0)
    }

    /// Five equal layers whose activations take two forward passes to leave: two of them hide under the other four, three do not (Transformer
    /// Engine, `cpu_offload.py`).
    @Test func fiveLayers() {
        func stall(_ released: Double) -> Double {
            Self.stalls(layers: 5, released: released, forward: 1, backward: 2, bytes: 2, rate: 1).forward
        }
        #expect(stall(2) == 0)
        #expect(abs(stall(3) - 2) < 1e-12)
        #expect(abs(stall(5) - 6) < 1e-12)
    }

    /// A single layer has nothing to hide its copies under; none that move cost nothing.
    @Test func limits() {
        let alone = Self.stalls(layers: 1, released: 1, forward: 1, backward: 2, bytes: 3, rate: 1)
        #expect(alone.forward == 3 && alone.backward == 3)
        let none = Self.stalls(layers: 4, released: 0, forward: 1, backward: 2, bytes: 3, rate: 1)
        #expect(none.forward == 0 && none.backward == 0)
    }
}
