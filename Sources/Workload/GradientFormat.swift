/// The format in which gradients are accumulated over micro-batches and reduced over data-parallel ranks.
///
/// Training in fp32 has fp32 gradients whatever is asked for.
public enum GradientFormat: String, CaseIterable, Hashable, Sendable {
    /// Single precision, 4 bytes: what Megatron-LM, PyTorch's FSDP and DeepSpeed's bf16 optimizer do unless told otherwise.
    case fp32
    /// The 16-bit format of the parameters, 2 bytes: Megatron-LM's `--grad-reduce-in-bf16`.
    case bf16

    /// Bytes of an element.
    public var bytes: Double { self == .fp32 ? 4 : 2 }
}

/// The formats of gradients that a software stack uses where a job states none.
public struct GradientDefaults: Hashable, Sendable {
    /// Of jobs in 16 bits.
    public var half: GradientFormat
    /// Of jobs whose linear layers run below 16 bits.
    public var low: GradientFormat

    /// A format for each kind of job.
    public init(half: GradientFormat, low: GradientFormat) {
        self.half = half
        self.low = low
    }

    /// The format where nothing is stated.
    public func format(_ precision: Precision) -> GradientFormat {
        switch precision {
        case .fp32: .fp32
        case .bf16, .fp16: half
        case .fp8, .fp8Rowwise, .mxfp8, .nvfp4: low
        }
    }
}
