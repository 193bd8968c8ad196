public import Quantities

/// The constants of a GPU's kernel cost models, at most twelve; each is fitted on operator measurements or on training runs.
public struct KernelConstants: Hashable, Sendable {
    /// Fixed time of a matrix-product kernel, t0.
    public var gemmLatency: Seconds
    /// Share of the 16-bit peak that a large matrix product reaches in short bursts, e.
    public var gemmEfficiency: Double
    /// Inner dimension at which the main loop's start-up halves the 16-bit rate, kr.
    public var gemmRampDepth: Double
    /// The same for products below 16 bits.
    public var lowPrecisionRampDepth: Double
    /// Share of the memory bandwidth that a memory-bound product reaches, eb.
    public var gemmMemoryEfficiency: Double
    /// Share of the 8-bit peak that matrix products sustain in training, casts aside.
    public var lowPrecisionEfficiency: Double
    /// Share of the 16-bit peak that flash attention's forward reaches at long sequences with heads of 128.
    public var attentionEfficiency: Double
    /// Sequence length at which flash attention reaches half of that, s0.
    public var attentionRampLength: Double
    /// Efficiency with heads narrower than 128 over that at 128.
    public var narrowHeadEfficiency: Double
    /// Time per FLOP of flash attention's backward over its forward.
    public var attentionBackwardRatio: Double
    /// Time of 16-bit kernels in sustained training over their time in bursts.
    public var sustainedDerate: Double
    /// Speed of 4-bit over 8-bit matrix products.
    public var fourBitGain: Double

    /// The twelve constants.
    public init(
        gemmLatency: Seconds, gemmEfficiency: Double, gemmRampDepth: Double, lowPrecisionRampDepth: Double, gemmMemoryEfficiency: Double,
        lowPrecisionEfficiency: Double, attentionEfficiency: Double, attentionRampLength: Double, narrowHeadEfficiency: Double,
        attentionBackwardRatio: Double, sustainedDerate: Double, fourBitGain: Double
    ) {
        self.gemmLatency = gemmLatency
        self.gemmEfficiency = gemmEfficiency
        self.gemmRampDepth = gemmRampDepth
        self.lowPrecisionRampDepth = lowPrecisionRampDepth
        self.gemmMemoryEfficiency = gemmMemoryEfficiency
        self.lowPrecisionEfficiency = lowPrecisionEfficiency
        self.attentionEfficiency = attentionEfficiency
        self.attentionRampLength = attentionRampLength
        self.narrowHeadEfficiency = narrowHeadEfficiency
        self.attentionBackwardRatio = attentionBackwardRatio
        self.sustainedDerate = sustainedDerate
        self.fourBitGain = fourBitGain
    }
}
