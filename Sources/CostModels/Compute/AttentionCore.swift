public import Hardware
public import Parallelism
import Quantities

/// Time of the attention core (scores, softmax, values) forward and backward, by kernel.
public struct AttentionCore: Sendable {
    let gpu: GPU
    let kernel: ExecutionChoices.AttentionKernel
    /// The stack's time over the kernel's own measurements.
    let stackFactor: Double
    /// What the software's release makes of the rates.
    let speed: Double
    let constants: SharedConstants

    /// The attention of a GPU with a kernel.
    public init(
        gpu: GPU, kernel: ExecutionChoices.AttentionKernel, stackFactor: Double = 1, speed: Double = 1,
        constants: SharedConstants = .fitted
    ) {
        self.gpu = gpu
        self.kernel = kernel
        self.stackFactor = stackFactor
        self.speed = speed
        self.constants = constants
    }

    /// What one rank computes: b sequences, s queries over s/c keys (causal load balancing), heads of a tensor rank.
    public struct Shape: Sendable {
        /// Sequences, b.
        public var batch: Double
        /// Sequence length, s.
        public var sequence: Double
        /// Tokens of this context rank, s/c.
        public var localSequence: Double
        /// Query heads of a tensor rank, a/t.
        public var heads: Double
        /// Width of a query·key product.
        public var queryKeyWidth: Double
        /// Width of a value head.
        public var valueWidth: Double
        /// Tokens that a query sees at most: of a sliding window, or of a chunk; nil where attention is global.
        public var window: Double?
        /// Whether the window is a chunk, at whose border it begins anew.
        public var isChunked: Bool
        /// Whether the projections are latent.
        public var isLatent: Bool

        /// A shape from its parts.
        public init(
            batch: Double, sequence: Double, localSequence: Double, heads: Double, queryKeyWidth: Double, valueWidth: Double,
            window: Double?, isChunked: Bool = false, isLatent: Bool
        ) {
            self.batch = batch
            self.sequence = sequence
            self.localSequence = localSequence
            self.heads = heads
            self.queryKeyWidth = queryKeyWidth
            self.valueWidth = valueWidth
            self.window = window
            self.isChunked = isChunked
            self.isLatent = isLatent
        }
    }

    /// Forward and backward times in s, 16-bit arithmetic whatever the job's precision; `keepingScores` says that the whole square of scores is
    /// computed by separate products, whatever the kernel.
    public func seconds(_ x: Shape, keepingScores: Bool = false) -> (forward: Double, backward: Double) {
        let reference =
            switch keepingScores ? .unfused : kernel {
            case .fused: fused(x)
            case .flash2, .flash1: flash2(x)
            case .fusedSoftmax: unfused(x, passes: fusesSoftmax(x) ? constants.fusedSoftmaxPasses : constants.unfusedSoftmaxPasses)
            case .unfused: unfused(x, passes: constants.unfusedSoftmaxPasses)
            }
        return (reference.forward / speed, reference.backward / speed)
    }

    /// Whether the fused softmax takes these scores: its blocks hold four sequences and heads, and Megatron-LM falls back to separate kernels
    /// where heads times sequences of a rank are no multiple of that (`is_kernel_available` in its fused_softmax.py).
    private func fusesSoftmax(_ x: Shape) -> Bool { Int((x.heads * x.batch).rounded()) % 4 == 0 }

    /// FLOPs of the full square, forward.
    private func squareFLOPs(_ x: Shape) -> Double {
        2 * x.batch * x.sequence * x.localSequence * x.heads * (x.queryKeyWidth + x.valueWidth)
    }

    /// Share of the square that a causal, possibly windowed mask leaves: of chunks the halves of their own squares.
    private func visibleShare(_ x: Shape) -> Double {
        guard let window = x.window, window < x.sequence else { return 0.5 }
        if x.isChunked {
            let rest = x.sequence.truncatingRemainder(dividingBy: window)
            return ((x.sequence - rest) * window + rest * rest) / (2 * x.sequence * x.sequence)
        }
        return window / x.sequence * (1 - 0.5 * window / x.sequence)
    }

    /// cuDNN or FlashAttention-3: half the square at an efficiency that ramps with the sequence.
    private func fused(_ x: Shape) -> (forward: Double, backward: Double) {
        let kernels = gpu.kernels
        let width = x.isLatent ? constants.latentHeadEfficiency : x.queryKeyWidth < 128 ? kernels.narrowHeadEfficiency : 1
        let rate = kernels.attentionEfficiency * width * gpu.peak.half.value / kernels.sustainedDerate
        let forward =
            constants.attentionLatency + squareFLOPs(x) * visibleShare(x) / rate * (1 + kernels.attentionRampLength / x.sequence)
        return (forward, forward * 2.5 * kernels.attentionBackwardRatio)
    }

    /// FlashAttention-2's closed form (Dao, arXiv:2307.08691, figures 4–6, fitted within 1.4 %), forward and backward together:
    /// `14·s²·a·b·mask·(a1·d + a2)/peak + a3·(2·s·b·a·d bytes)/10¹²`, mask = ½ + ½·block/s.
    ///
    /// The kernel is written for Ampere's instructions. GPUs whose tensor cores take those at full rate have Ampere's form, Hopper and its
    /// successors in servers, which have others that it does not use, Hopper's.
    private func flash2(_ x: Shape) -> (forward: Double, backward: Double) {
        let isAmpere = !Self.withWiderInstructions.contains(gpu.architecture)
        let (a1, a2, a3, block, peak) =
            isAmpere ? (1.327, 28.69, 6.141, 192.0, 312e12) : (2.422, 60.60, 3.541, 256.0, 989e12)
        let mask = x.window == nil ? 0.5 + 0.5 * min(1, block / x.sequence) : visibleShare(x)
        // On a GPU the paper did not measure, the form scales with the 16-bit peak.
        let scale = peak / (isAmpere ? max(gpu.peak.half.value, 1) : gpu.peak.half.value)
        let arithmetic = 3.5 * squareFLOPs(x) * mask * (a1 + a2 / x.queryKeyWidth) / peak * scale
        let traffic = a3 * 2 * x.batch * x.localSequence * x.heads * x.queryKeyWidth / 1e12
        let isFirst = kernel == .flash1 || Self.beforeAmpere.contains(gpu.architecture)
        let slow = isFirst ? 1 / constants.flash1Speed : 1
        let total =
            (arithmetic + traffic) * slow * stackFactor * (isAmpere ? 1 : constants.flash2HopperFactor) * gpu.kernels.sustainedDerate
        return (0.27 * total, 0.73 * total)
    }

    /// Architectures whose tensor cores have instructions over several warps, which FlashAttention-2 does not use; AMD's have a port of their own,
    /// which was measured nowhere here and keeps the lower form.
    private static let withWiderInstructions: Set = ["hopper", "blackwell", "cdna2", "cdna3", "cdna4"]
    /// Architectures for which FlashAttention-2 was not written (its README: Ampere, Ada or Hopper): what runs there is at best of the speed of the
    /// first version.
    private static let beforeAmpere: Set = ["pascal", "volta", "turing"]

    /// Two batched products over the whole square and `passes` passes over the 16-bit score matrix.
    private func unfused(_ x: Shape, passes: Double) -> (forward: Double, backward: Double) {
        let isAligned = Int(x.queryKeyWidth) % 8 == 0
        let products =
            squareFLOPs(x) / (constants.batchedProductEfficiency * gpu.peak.half.value) * (isAligned ? 1 : constants.misalignedHeadFactor)
            * gpu.kernels.sustainedDerate
        let scores = 2 * x.batch * x.heads * x.sequence * x.localSequence
        let softmax = passes * scores / (0.8 * gpu.memoryBandwidth.value)
        return (products + softmax, 2 * products + 1.3 * softmax)
    }
}
