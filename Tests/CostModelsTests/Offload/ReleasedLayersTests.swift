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
