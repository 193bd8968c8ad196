public import Quantities

/// A GPU type: its data sheet and the constants of its kernels.
public struct GPU: Hashable, Sendable {
    /// The shipped name, such as `h100-80gb-sxm`.
    public var name: String
    /// The product it stands for, such as `NVIDIA H100 SXM5 80 GB`.
    public var describes: String
    /// The architecture, such as `hopper`; kernels are chosen by it.
    public var architecture: String
    /// Memory a process can allocate.
    public var memory: Bytes
    /// Peak bandwidth of the memory.
    public var memoryBandwidth: BytesPerSecond
    /// Streaming multiprocessors or compute units.
    public var multiprocessors: Int
    /// Dense peak rates by number format.
    public var peak: PeakRates
    /// Bandwidth of the GPU's links to its peers, per direction.
    public var linkBandwidth: BytesPerSecond
    /// Constants of the kernels' cost models.
    public var kernels: KernelConstants
    /// The box in which it is usually sold; nil where nobody has said.
    public var usualNode: UsualNode?
    /// Where each number comes from, by YAML key.
    public var provenance: [String: Provenance]

    /// A GPU type from its parts.
    public init(
        name: String, describes: String? = nil, architecture: String, memory: Bytes, memoryBandwidth: BytesPerSecond,
        multiprocessors: Int, peak: PeakRates, linkBandwidth: BytesPerSecond, kernels: KernelConstants,
        usualNode: UsualNode? = nil, provenance: [String: Provenance] = [:]
    ) {
        self.name = name
        self.describes = describes ?? name
        self.architecture = architecture
        self.memory = memory
        self.memoryBandwidth = memoryBandwidth
        self.multiprocessors = multiprocessors
        self.peak = peak
        self.linkBandwidth = linkBandwidth
        self.kernels = kernels
        self.usualNode = usualNode
        self.provenance = provenance
    }
}

/// Dense peak rates of the tensor cores, without sparsity.
public struct PeakRates: Hashable, Sendable {
    /// bf16 and fp16 with fp32 accumulation.
    public var half: FLOPsPerSecond
    /// fp32 as training runs it (TF32 where the GPU has it).
    public var single: FLOPsPerSecond
    /// 8-bit floating point; nil where the GPU has none.
    public var eight: FLOPsPerSecond?
    /// 4-bit floating point; nil where the GPU has none.
    public var four: FLOPsPerSecond?

    /// Peaks by format; nil where the GPU lacks the format.
    public init(half: FLOPsPerSecond, single: FLOPsPerSecond, eight: FLOPsPerSecond? = nil, four: FLOPsPerSecond? = nil) {
        self.half = half
        self.single = single
        self.eight = eight
        self.four = four
    }
}

/// Where a number comes from and how far to trust it.
public struct Provenance: Hashable, Sendable {
    /// A document, a measurement, or a fit with its date.
    public var source: String
    /// Whether the source is weak: second-hand, contradicted, or derived from a sibling.
    public var isUnverified: Bool

    /// A source, trusted unless said otherwise.
    public init(source: String, isUnverified: Bool = false) {
        self.source = source
        self.isUnverified = isUnverified
    }
}
