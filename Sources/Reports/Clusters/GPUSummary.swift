import Documents
public import Hardware
import Quantities

/// What `gpu show` tells of a GPU type; its JSON form is the contract `meshwright.gpu/1`.
///
/// Rates are in TFLOP/s (dense) and GB/s, memory in GiB.
public struct GPUSummary: Encodable, Sendable {
    /// The contract.
    public let schema = "meshwright.gpu/1"
    /// The shipped name.
    public let name: String
    /// The product it stands for.
    public let describes: String
    /// The architecture.
    public let architecture: String
    /// Memory a process can allocate, in GiB.
    public let memory: Double
    /// Bandwidth of the memory, in GB/s.
    public let memoryBandwidth: Double
    /// Bandwidth of the links to peers per direction, in GB/s.
    public let linkBandwidth: Double
    /// Dense 16-bit peak, in TFLOP/s.
    public let half: Double
    /// Dense 8-bit peak, in TFLOP/s.
    public let eight: Double?
    /// Dense 4-bit peak, in TFLOP/s.
    public let four: Double?
    /// Constants of the kernels' cost models, by key, as a GPU's file writes them.
    public let kernels: [String: String]
    /// In what nodes it is usually sold, in words; nil where its file does not say.
    public let usualNode: String?
    /// Where each number comes from.
    public let sources: [String: Source]

    /// Where a number comes from.
    public struct Source: Encodable, Sendable {
        /// A document, a measurement or a fit.
        public let source: String
        /// Whether the source is weak.
        public let unverified: Bool
    }

    enum CodingKeys: String, CodingKey {
        case schema, name, describes, architecture, kernels, sources
        case usualNode = "usual_node"
        case memory = "memory_gib"
        case memoryBandwidth = "memory_gb_per_s"
        case linkBandwidth = "link_gb_per_s"
        case half = "half_tflops"
        case eight = "eight_tflops"
        case four = "four_tflops"
    }

    /// A summary of a GPU type.
    public init(_ gpu: GPU) {
        name = gpu.name
        describes = gpu.describes
        architecture = gpu.architecture
        memory = gpu.memory.inGibibytes
        memoryBandwidth = gpu.memoryBandwidth.inGigabytesPerSecond
        linkBandwidth = gpu.linkBandwidth.inGigabytesPerSecond
        half = gpu.peak.half.inTeraFLOPsPerSecond
        eight = gpu.peak.eight?.inTeraFLOPsPerSecond
        four = gpu.peak.four?.inTeraFLOPsPerSecond
        kernels = KernelConstants.table.texts(of: gpu.kernels)
        usualNode = gpu.usualNode.map { node in
            ([node.gpusPerNode.map { "\($0) GPUs" }, "as in \(node.like)"]
                + [
                    node.adapters.map { "\($0) adapters" },
                    node.adapterBandwidth.map { "adapters of \(HardwareText.brief($0.inGigabytesPerSecond)) GB/s" },
                ]).compactMap { $0 }.joined(separator: ", ")
        }
        sources = gpu.provenance.mapValues { Source(source: $0.source, unverified: $0.isUnverified) }
    }
}
