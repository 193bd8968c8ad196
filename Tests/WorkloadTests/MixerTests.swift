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
}
