import Hardware
import Parallelism
import TestInputs
import Testing

@testable import CostModels

@Suite("Attention core")
struct AttentionCoreTests {
    private func forward(_ kernel: AttentionCore, heads: Double, batch: Double) -> Double {
        kernel.seconds(
            AttentionCore.Shape(
                batch: batch, sequence: 2048, localSequence: 2048, heads: heads, queryKeyWidth: 128, valueWidth: 128, window: nil,
                isLatent: false)
        ).forward
    }

    /// FlashAttention-2 has Ampere's share of the peak on Ada, and the first version's on GPUs from before Ampere.
    @Test func flash2FollowsTheInstructions() {
        var gpu = Fixtures.cluster(nodes: 1).first.gpu
        gpu.architecture = "ampere"
        let (second, first) = (
            forward(AttentionCore(gpu: gpu, kernel: .flash2), heads: 8, batch: 1),
            forward(AttentionCore(gpu: gpu, kernel: .flash1), heads: 8, batch: 1)
        )
        gpu.architecture = "ada"
        #expect(forward(AttentionCore(gpu: gpu, kernel: .flash2), heads: 8, batch: 1) == second)
        for old in ["turing", "volta", "pascal"] {
            gpu.architecture = old
            #expect(forward(AttentionCore(gpu: gpu, kernel: .flash2), heads: 8, batch: 1) == first)
        }
        gpu.architecture = "hopper"
        #expect(forward(AttentionCore(gpu: gpu, kernel: .flash2), heads: 8, batch: 1) != second)
    }

    /// Blocks of the fused softmax hold four sequences and heads; other numbers fall back to separate kernels.
    @Test func fusedSoftmaxNeedsMultiplesOfFour() {
        let gpu = Fixtures.cluster(nodes: 1).first.gpu
        let fused = AttentionCore(gpu: gpu, kernel: .fusedSoftmax)
        let separate = AttentionCore(gpu: gpu, kernel: .unfused)
        #expect(forward(fused, heads: 2, batch: 1) == forward(separate, heads: 2, batch: 1))
        #expect(forward(fused, heads: 2, batch: 3) == forward(separate, heads: 2, batch: 3))
        #expect(forward(fused, heads: 2, batch: 2) < forward(separate, heads: 2, batch: 2))
        #expect(forward(fused, heads: 12, batch: 1) < forward(separate, heads: 12, batch: 1))
    }
}
