import Testing
import Workload

/// Recurrent mixers: parameters, arithmetic and what divides them.
@Suite struct MixerTests {
    private func parameters(_ shape: any BlockShape, hidden: Int) -> LayerParameters {
        var parameters = LayerParameters()
        for one in shape.operators(hidden: hidden) { parameters.add(one) }
        return parameters
    }

    /// Qwen3-Next-80B: a gated delta mixer of 33,718,464 parameters, as transformers builds it.
    @Test func `gated delta net`() {
        var mixer = GatedDelta()
        (mixer.keyHeads, mixer.keyDimension, mixer.valueHeads, mixer.valueDimension) = (16, 128, 32, 128)
        #expect(parameters(mixer, hidden: 2048).total == 33_718_464)
        // The norm of a head is shared by all of them, the rest is divided.
        #expect(parameters(mixer, hidden: 2048).replicated == 128)
    }

    /// The closed form of hybrid-layers for Mamba-2: h(2d + 2GN + H) + 5(d + 2GN) + 3H + d + d·h.
    @Test func `Mamba-2`() {
        var mixer = Mamba2()
        (mixer.heads, mixer.headDimension, mixer.groups, mixer.state) = (64, 64, 8, 128)
        let (h, d, gn) = (2688, 4096, 8 * 128)
        #expect(parameters(mixer, hidden: h).total == h * (2 * d + 2 * gn + 64) + 5 * (d + 2 * gn) + 3 * 64 + d + d * h)
    }

    /// Jamba's Mamba-1: in h·2d, convolution 5d, x d(R + 2N), Δ R·d + d, A d·N, D d, three small norms, out d·h.
    @Test func `Mamba-1`() {
        var mixer = Mamba1()
        (mixer.channels, mixer.state, mixer.timeStepRank, mixer.hasInnerNorms) = (8192, 16, 256, true)
        let (h, d) = (4096, 8192)
        #expect(
            parameters(mixer, hidden: h).total == h * 2 * d + 5 * d + d * (256 + 32) + 256 * d + d + d * 16 + d + 256 + 32 + d * h)
    }

    /// Kimi delta: q, k, v and output h·H·d each, β h·H, three convolutions, decay and gate through a head's width, scales, norm.
    @Test func `Kimi delta attention`() {
        var mixer = KimiDelta()
        (mixer.heads, mixer.headDimension) = (32, 128)
        let (h, d) = (2304, 4096)
        #expect(
            parameters(mixer, hidden: h).total
                == 4 * h * d + h * 32 + 3 * 4 * d + 2 * (h * 128 + 128 * d) + 32 + d + 128)
        // A bias of the gate, and a gate that is one projection.
        mixer.hasGateBias = true
        #expect(
            parameters(mixer, hidden: h).total
                == 4 * h * d + h * 32 + 3 * 4 * d + 2 * (h * 128 + 128 * d) + d + 32 + d + 128)
        mixer.hasFullGate = true
        #expect(
            parameters(mixer, hidden: h).total
                == 4 * h * d + h * 32 + 3 * 4 * d + (h * 128 + 128 * d) + h * d + d + 32 + d + 128)
    }

    /// Inside a chunk 2·Q·(N·G + P·H), and 4·N·P·H through the state: Nemotron-3 Nano's 2·128·(1024 + 4096) + 4·4096·128.
    @Test func `arithmetic of a scan`() {
        let scan = Recurrence(.decay, heads: 64, keyHeads: 8, keyWidth: 128, valueWidth: 64, chunk: 128, parameters: 0)
        #expect(scan.flops == Double(2 * 128 * (1024 + 4096) + 4 * 4096 * 128))
        #expect(scan.state == 64 * 128 * 64)
    }

    @Test func `every kind says what divides it, and reads back what it writes`() throws {
        for kind in BlockKinds.all {
            let shape = kind.init()
            #expect(BlockKinds.names.count { $0 == kind.kind } == 1)
            #expect(!shape.operators(hidden: 64).isEmpty, "\(kind.kind)")
        }
    }

    /// FlashRNN keeps every gate and every state of a token in 16 bits and not the gates' inputs (`rnn_function_registry` in its flashrnn.py: gates with
    /// recurrent input and states are 4 and 4 of sLSTM, 4 and 2 of an LSTM, 1 and 1 of Elman's network; a GRU keeps 3 recurrent gates and 4 whole ones).
    /// Of a width of 2048: 8, 6, 8 and 2 times 2048·2 B.
    @Test(arguments: [(ScalarLSTM.Cell.slstm, 8, 4), (.lstm, 6, 4), (.gru, 8, 4), (.elman, 2, 1)])
    func `what sequential cells keep`(cell: ScalarLSTM.Cell, vectors: Int, biases: Int) {
        var mixer = ScalarLSTM()
        (mixer.cell, mixer.heads, mixer.headDimension) = (cell, 4, 512)
        let operators = mixer.operators(hidden: 2048)
        let kept = operators.prefix(2).flatMap(\.saved).reduce(0) { $0 + $1.sixteenBitBytes(perToken: 1) }
        #expect(kept == Double(vectors * 2048 * 2))
        // Gates' inputs, recurrent matrices a head, biases, norm and output.
        #expect(
            parameters(mixer, hidden: 2048).total
                == cell.gates * 2048 * 2048 + cell.gates * 4 * 512 * 512 + biases * 2048 + 2048 + 2048 * 2048)
    }

    /// Step-3 (arXiv:2507.19427): queries of 64 heads of 256 through 2,048 shared by all, one key/value head, so 18.4 M + 33.6 M + 117.4 M and a norm of
    /// 2,048; every tensor-parallel rank has the down-projection.
    @Test func `queries of a low rank`() {
        var attention = Attention(heads: 64, keyValueHeads: 1, headDimension: 256)
        attention.queryRank = 2048
        let counted = parameters(attention, hidden: 7168)
        #expect(counted.total == 7168 * (2048 + 2 * 256) + 2048 * 64 * 256 + 64 * 256 * 7168 + 2048)
        #expect(counted.replicated == 7168 * 2048 + 2048)
        attention.latent = LatentAttention(queryRank: 8, keyValueRank: 8, nopeDimension: 8, ropeDimension: 8, valueDimension: 8)
        attention.keyValueHeads = 64
        #expect(attention.problem()?.key == "query_rank")
    }

    /// Ring-linear's mixer beside MiniMax's: norms of queries and keys of a head's width each.
    @Test func `lightning attention with norms`() {
        var mixer = LightningAttention()
        (mixer.heads, mixer.headDimension, mixer.hasQueryKeyNorm) = (16, 128, true)
        #expect(parameters(mixer, hidden: 2048).total == 5 * 2048 * 2048 + 2048 + 2 * 128)
    }
}
