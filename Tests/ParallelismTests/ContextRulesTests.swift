import Testing
import Workload

@testable import Parallelism

/// Context parallelism against what the kernels themselves assert, transcribed here in the order of their own code.
@Suite struct ContextRulesTests {
    /// Transformer Engine's checks (commit d0067d0d, `attention/dot_product_attention/context_parallel.py`) for an attention of a tensor
    /// rank; true where it starts.
    private func transformerEngineStarts(
        queryHeads: Int, keyValueHeads: Int, context: Int, type: String, isWindowed: Bool, softmax: String
    ) -> Bool {
        // Lines 5057 to 5066, `attn_forward_func_with_cp`.
        if isWindowed, !["a2a", "all_gather"].contains(type) { return false }
        if softmax != "vanilla", type != "a2a" { return false }
        // Line 4246, `AttnFuncWithCPAndQKVOA2A.forward`.
        // Of two levels it is the inner one's ranks that trade heads (`flash_attn_a2a_communicate`).
        let trading = type == "a2a" ? context : type == "a2a+p2p" ? 2 : 1
        if queryHeads % trading != 0 || keyValueHeads % trading != 0 { return false }
        return true
    }

    @Test func rulesAreThoseOfTransformerEngine() {
        var seed: UInt64 = 11
        func draw<Value>(_ values: [Value]) -> Value {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return values[Int(seed >> 33) % values.count]
        }
        var starts = 0
        for _ in 0..<400 {
            let heads = draw([16, 24, 32, 64, 128])
            let groups = draw([heads, 8, 4, 2, 1])
            let (tensor, context) = (draw([1, 2, 4, 8]), draw([2, 4, 8, 16]))
            let kind = draw(ContextParallelKind.searched)
            let window = draw([nil, SlidingWindow(size: 128, globalEvery: 2), SlidingWindow(size: 8192, globalEvery: 4, isChunked: true)])
            let attention = Attention(
                heads: heads, keyValueHeads: groups, headDimension: 64, hasSinks: draw([true, false]), window: window)
            guard heads % tensor == 0, (heads / tensor) % context == 0 || kind != .ulysses else { continue }
            if kind == .hierarchical, context == 2 || (heads / tensor) % 2 != 0 { continue }
            let type = [ContextParallelKind.ring: "p2p", .allGather: "all_gather", .ulysses: "a2a", .hierarchical: "a2a+p2p"][kind] ?? ""
            // Megatron-Core gives each of more tensor ranks than groups one group (`attention.py`, `num_query_groups_per_partition`).
            let expected = transformerEngineStarts(
                queryHeads: heads / tensor, keyValueHeads: max(1, groups / tensor), context: context, type: type,
                isWindowed: window.map { !$0.isChunked } ?? false, softmax: attention.hasSinks ? "learnable" : "vanilla")
            let found = ContextRules.transformerEngine.violation(
                of: attention, kind: kind, context: context, inner: kind == .hierarchical ? 2 : 1, tensor: tensor)
            #expect((found == nil) == expected, "\(attention) as \(kind) over \(context) at tp \(tensor): \(String(describing: found))")
            starts += expected ? 1 : 0
        }
        #expect((40...360).contains(starts))
    }

    @Test func latentAttentionTradesItsQueryHeads() {
        let latent = Attention(
            heads: 128, keyValueHeads: 128, headDimension: 128,
            latent: LatentAttention(queryRank: 1536, keyValueRank: 512, nopeDimension: 128, ropeDimension: 64, valueDimension: 128))
        #expect(ContextRules.transformerEngine.violation(of: latent, kind: .ulysses, context: 16, tensor: 8) == nil)
        #expect(ContextRules.transformerEngine.violation(of: latent, kind: .ulysses, context: 32, tensor: 8) == .contextKeyValueHeads)
    }

    @Test func torchRunsPlainAttentionOnly() {
        var attention = Attention(heads: 32, keyValueHeads: 8, headDimension: 64)
        #expect(ContextRules.pytorch.violation(of: attention, kind: .ring, context: 2, tensor: 1) == nil)
        attention.hasSinks = true
        #expect(ContextRules.pytorch.violation(of: attention, kind: .allGather, context: 2, tensor: 1) == .contextPlainAttention)
    }
}
