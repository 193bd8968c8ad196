import Foundation
public import Hardware
import Quantities
public import Workload

/// Time of recurrences over tokens and of short convolutions, forward and backward.
///
/// A chunked recurrence is a handful of kernels. Those inside chunks stream their operands and multiply small tiles; the one that carries the state
/// takes a chunk after the other, with as many blocks as sequences and heads give:
///
/// `t = t0 + n·(α·bytes/bw + F/(r·SM)) + ⌈s/Q⌉·τ·max(1, b·H·k/SM)`, n = tokens · heads.
///
/// A short convolution is one kernel, bound by memory or by what its multiprocessors issue: `t = t0 + max(α·bytes/bw, n·τ/SM)`, n = tokens · channels.
///
/// The constants were fitted to forward times of the kernels of flash-linear-attention and of mamba-ssm (`meshwright calibrate recurrence`,
/// docs/accuracy.md); the backward is a factor over the forward.
public struct RecurrentCore: Sendable {
    let memoryBandwidth: Double
    let multiprocessors: Double
    let constants: RecurrenceConstants

    /// The recurrences of a GPU.
    public init(gpu: GPU, constants: RecurrenceConstants) {
        memoryBandwidth = gpu.memoryBandwidth.value
        multiprocessors = Double(gpu.multiprocessors)
        self.constants = constants
    }

    /// What a rank computes: `batch` sequences of `sequence` tokens over some of the heads.
    public struct Shape: Sendable {
        /// Sequences, b.
        public var batch: Double
        /// Tokens of a sequence, s.
        public var sequence: Double
        /// Heads of the rank over all heads of the recurrence: 1/t, or 1/(t·c) where context ranks exchange heads for tokens.
        public var share: Double

        /// A shape from its parts.
        public init(batch: Double, sequence: Double, share: Double) {
            self.batch = batch
            self.sequence = sequence
            self.share = share
        }
    }

    /// Forward and backward times of a recurrence, in s.
    public func seconds(_ work: Recurrence, _ x: Shape) -> (forward: Double, backward: Double) {
        let forward = work.update == .selective ? selective(work, x) : chunked(work, x)
        let factor = work.update == .scan ? constants.scanBackwardFactor : constants.backwardFactor
        return (forward, forward * factor)
    }

    private func chunked(_ work: Recurrence, _ x: Shape) -> Double {
        let kernel = constants.kernel(work.update)
        let heads = Double(work.heads) * x.share
        let tokenHeads = x.batch * x.sequence * heads
        let traffic = kernel.passes * Self.bytes(work) / memoryBandwidth
        let arithmetic = kernel.rate.map { work.flops / Double(work.heads) / ($0 * multiprocessors) } ?? 0
        let waves = max(1, x.batch * heads * kernel.blocks / multiprocessors)
        let chunks = (x.sequence / Double(work.chunk)).rounded(.up)
        return kernel.latency + tokenHeads * (traffic + arithmetic) + chunks * stateSeconds(work, kernel) * waves
    }

    /// Time of the kernel that carries the state over one chunk, which grows with the state.
    private func stateSeconds(_ work: Recurrence, _ kernel: RecurrenceConstants.Kernel) -> Double {
        kernel.stateTime * Double(work.keyWidth * work.valueWidth) * Double(work.chunk) / kernel.measuredState
    }

    /// Bytes of a token and head that the kernels of a chunked recurrence read and write, in 16 bits: queries, keys and values once a kernel that
    /// needs them, the state once a chunk written and read, triangles of a chunk.
    static func bytes(_ work: Recurrence) -> Double {
        let (n, p, q) = (Double(work.keyWidth), Double(work.valueWidth), Double(work.chunk))
        let shared = Double(work.keyHeads) / Double(work.heads)
        switch work.update {
        case .selective: return 0
        // Scores are shared by the heads of a group; states are written and read in fp32, twice each.
        case .decay, .scan: return 2 * (3 * p + 4 * n * shared) + 16 * n * p / q
        case .delta: return 2 * (7 * n + 6 * p + 2 * n * p / q + 6 * q)
        case .channelDelta: return 2 * (11 * n + 6 * p + 2 * n * p / q + 6 * q)
        }
    }

    /// One pass over the tokens: four numbers of a channel read and written, and an exponential for every channel and state, of which a
    /// multiprocessor takes `exponentials` a second. Not measured.
    private func selective(_ work: Recurrence, _ x: Shape) -> Double {
        let channels = x.batch * x.sequence * Double(work.heads) * x.share
        let traffic = channels * 8 / memoryBandwidth
        let arithmetic = channels * Double(work.keyWidth) / (constants.exponentials * multiprocessors)
        return constants.convolutionLatency + max(traffic, arithmetic)
    }

    /// Forward and backward times of a recurrence that goes token by token, in s: a barrier over the GPU or the gates' product, whichever is longer,
    /// for every token (Pöppel et al., arXiv:2412.07752, §3). Not measured.
    func seconds(_ work: SequentialRecurrence, _ x: Shape) -> (forward: Double, backward: Double) {
        let product = 2 * x.batch * Double(work.weights) * x.share / (constants.sequentialRate * multiprocessors)
        let forward = x.sequence * max(constants.barrierTime, product)
        return (forward, forward * constants.sequentialBackwardFactor)
    }

    /// Forward and backward times of a convolution over `tokens` tokens of `channels` channels on the rank, in s.
    public func convolutionSeconds(tokens: Double, channels: Double) -> (forward: Double, backward: Double) {
        let elements = tokens * channels
        let forward =
            constants.convolutionLatency
            + max(
                constants.convolutionPasses * 4 * elements / memoryBandwidth, constants.convolutionTime * elements / multiprocessors)
        return (forward, forward * constants.backwardFactor)
    }
}

/// Constants of the kernels of recurrences, the same on every GPU; docs/accuracy.md lists the data and the errors.
public struct RecurrenceConstants: Hashable, Sendable {
    /// What a family of kernels is fitted by.
    public struct Kernel: Hashable, Sendable {
        /// Fixed time, in s.
        public var latency: Double
        /// Passes over the least traffic, α.
        public var passes: Double
        /// FLOP/s of a multiprocessor, r; nil where arithmetic takes no time of its own.
        public var rate: Double?
        /// Time of the state over one chunk, τ, in s.
        public var stateTime: Double
        /// Blocks of a sequence and head, k.
        public var blocks: Double
        /// Key width × value width × chunk at which τ was measured.
        public var measuredState: Double
    }

    /// Mamba-2's scan (mamba-ssm, on B200 alone), and what else has a decay a head; all of its time goes with the waves of its blocks.
    public var decay = Kernel(
        latency: 1.25e-5, passes: 0.1297, rate: nil, stateTime: 1.047e-5, blocks: 1.119, measuredState: 128 * 64 * 128)
    /// Gated delta rule of flash-linear-attention.
    public var delta = Kernel(
        latency: 1.752e-5, passes: 0.8001, rate: 1.647e12, stateTime: 1.239e-6, blocks: 1.375, measuredState: 128 * 128 * 64)
    /// Kimi delta rule of flash-linear-attention.
    public var channelDelta = Kernel(
        latency: 3.368e-5, passes: 2.009, rate: 1.035e12, stateTime: 1.997e-6, blocks: 1.35, measuredState: 128 * 128 * 64)
    /// Backward over forward: the gated delta rule forward and backward takes 3.5 to 3.8 times its forward on GB200 (flash-linear-attention, README at
    /// bc3b101d), retention with a fixed decay 3.3 times. No other backward is measured.
    public var backwardFactor = 2.7
    /// The same of Mamba-2's scan, and whatever else Mamba-2's layers take in training beyond their products and the forward of their
    /// kernels: the convolution and the states that the fused kernel computes again, casts. Fitted on 21 runs of two models (Nemotron-3 Nano and
    /// Super, Megatron-Bridge, B200 to GB300), whose mixtures grow with them; no kernel's backward is measured.
    public var scanBackwardFactor = 9.5
    /// Fixed time of a convolution, in s.
    public var convolutionLatency = 2.886e-6
    /// Passes of a convolution over its least traffic.
    public var convolutionPasses = 1.5
    /// Time of a convolution's channel and token on a multiprocessor, in s.
    public var convolutionTime = 2.097e-10
    /// Exponentials a second of a multiprocessor: 16 a clock at 1.7 GHz (NVIDIA, CUDA programming guide, throughput of arithmetic instructions).
    public var exponentials = 2.7e10
    /// Time of a barrier over the GPU between two tokens, in s (estimated: one and a half to three microseconds).
    public var barrierTime = 2e-6
    /// FLOP/s of a multiprocessor in the gates' products of a sequential recurrence (estimated).
    public var sequentialRate = 1e12
    /// Backward over forward of a sequential recurrence (estimated: 2 to 2.5).
    public var sequentialBackwardFactor = 2.25
    /// Fixed time of sparse attention, and of the scores of its indexer, in s.
    public var sparseLatency = 3.3e-6
    /// See `sparseLatency`.
    public var scoringLatency = 6.2e-6
    /// FLOP/s of a multiprocessor in sparse latent attention, over every chosen key whether it exists or not.
    public var sparseRate = 4.25e12
    /// Share of the 8-bit peak that the indexer's scores reach.
    public var scoringEfficiency = 1.0175
    /// Passes over the fp32 scores that the indexer writes.
    public var scoringPasses = 1.76
    /// Time of choosing the best keys of a token on a multiprocessor: fixed, and a key, in s.
    public var choiceTime = 1.76e-6
    /// See `choiceTime`.
    public var choiceKeyTime = 3.6e-10

    /// The constants as fitted.
    public init() {}

    /// The kernels of an update.
    func kernel(_ update: Recurrence.Update) -> Kernel {
        switch update {
        case .selective, .decay, .scan: decay
        case .delta: delta
        case .channelDelta: channelDelta
        }
    }
}
