public import Documents
import Parallelism
import Quantities
import Workload

/// How tables of runs name GPUs, frameworks, networks and models; data, read from `ClusterProfiles/Runs/aliases.yaml`.
public struct RunAliases: Sendable {
    /// A GPU name and the shipped cluster it means.
    public struct GPUAlias: Sendable {
        let name: String
        let cluster: String
        let gpu: String?
        let adapterBandwidth: BytesPerSecond?
    }

    /// A framework and the stack that describes it, with the facts that tables have no column for.
    public struct FrameworkAlias: Sendable {
        let prefix: String
        let stack: String
        let sharding: OptimizerSharding
        let tiedEmbeddings: Bool
        let learnedPositions: Int?
        /// Bytes that a gradient takes beyond its format in bf16 jobs.
        let bf16ExtraGradientBytes: Double?
        let eagerLogitBytes: Double?
        let logitBytesBefore2025: Double?
        /// How the framework's TFLOP/s and MFU count attention.
        let modelFLOPs: AttentionCounting

        /// A stack that no framework of the table is known to mean, such as a user's own profile.
        static func unnamed(stack: String) -> FrameworkAlias {
            FrameworkAlias(
                prefix: "", stack: stack, sharding: .zero1, tiedEmbeddings: false, learnedPositions: nil, bf16ExtraGradientBytes: nil,
                eagerLogitBytes: nil, logitBytesBefore2025: nil, modelFLOPs: .full)
        }
    }

    /// A GPU as tables of operator timings name it, and the shipped type it means.
    public struct GPUTypeAlias: Sendable {
        let name: String
        let gpu: String
    }

    /// A network described in words.
    public struct NetworkAlias: Sendable {
        let prefix: String
        let nodeBandwidth: BytesPerSecond
        let achievedFraction: Double
    }

    /// A model family and the shipped model that has its specialities.
    public struct ModelAlias: Sendable {
        let prefix: String
        let like: String
    }

    /// A family that cannot be predicted, and why.
    public struct Unsupported: Sendable {
        let prefix: String
        let reason: String
    }

    let gpus: [GPUAlias]
    let frameworks: [FrameworkAlias]
    let networks: [NetworkAlias]
    let models: [ModelAlias]
    let unsupported: [Unsupported]
    let gpuTypes: [GPUTypeAlias]

    /// The aliases of a file.
    public static func read(path: String) throws(DocumentError) -> RunAliases {
        try YAMLDocument.read(path: path).object(as: "run aliases") { file throws(DocumentError) in
            RunAliases(
                gpus: try file.objects("gpus", as: "a GPU alias") { row throws(DocumentError) in
                    GPUAlias(
                        name: try row.required("name", .string), cluster: try row.required("cluster", .string),
                        gpu: try row.optional("gpu", .string), adapterBandwidth: try row.optional("adapter_bandwidth", .byteRate))
                },
                frameworks: try file.objects("frameworks", as: "a framework alias") { row throws(DocumentError) in
                    FrameworkAlias(
                        prefix: try row.required("prefix", .string), stack: try row.required("stack", .string),
                        sharding: try row.required("sharding", .choice()),
                        tiedEmbeddings: try row.optional("tied_embeddings", .bool) ?? false,
                        learnedPositions: try row.optional("learned_positions", .int(in: 1...10_000_000)),
                        bf16ExtraGradientBytes: try row.optional("bf16_extra_gradient_bytes", .positive),
                        eagerLogitBytes: try row.optional("eager_logit_bytes", .positive),
                        logitBytesBefore2025: try row.optional("logit_bytes_before_2025", .positive),
                        modelFLOPs: try row.optional("model_flops", .choice()) ?? .full)
                },
                networks: try file.objects("networks", as: "a network alias") { row throws(DocumentError) in
                    NetworkAlias(
                        prefix: try row.required("prefix", .string), nodeBandwidth: try row.required("node_bandwidth", .byteRate),
                        achievedFraction: try row.required("achieved_fraction", .positive))
                },
                models: try file.objects("models", as: "a model alias") { row throws(DocumentError) in
                    ModelAlias(prefix: try row.required("prefix", .string), like: try row.required("like", .string))
                },
                unsupported: try file.objects("unsupported", as: "an unsupported family") { row throws(DocumentError) in
                    Unsupported(prefix: try row.required("prefix", .string), reason: try row.required("reason", .string))
                },
                gpuTypes: try file.objects("gpu_types", as: "a GPU type's alias") { row throws(DocumentError) in
                    GPUTypeAlias(name: try row.required("name", .string), gpu: try row.required("gpu", .string))
                })
        }
    }

    /// The shipped GPU type that a name in a table of timings means; the name itself where it is none of those.
    public func gpuType(_ name: String) -> String { gpuTypes.first { $0.name.lowercased() == name.lowercased() }?.gpu ?? name }

    /// How tables of timings name a shipped GPU type, and the type's own name.
    public func names(ofGPUType gpu: String) -> [String] { [gpu] + gpuTypes.filter { $0.gpu == gpu }.map(\.name) }

    /// The shipped cluster of a GPU type that no cluster names itself.
    public func cluster(ofGPUType gpu: String) -> String? { gpus.first { $0.gpu == gpu }?.cluster }
}
