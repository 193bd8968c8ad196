public import Documents
public import Hardware

/// All that one file says about a cluster.
///
/// Only numbers, host names and switch names get in here: environment dumps and command lines that logs carry are never copied.
public struct ClusterEvidence: Hashable, Sendable {
    /// Where the numbers come from.
    public var origin: Origin
    /// Times of collectives against size.
    public var curves: [MeasuredCurve] = []
    /// Bandwidth from node to node.
    public var nodeLinks: LinkTable?
    /// Bandwidth from GPU to GPU inside a node.
    public var gpuLinks: LinkTable?
    /// How the GPUs of a node reach each other.
    public var gpuPaths: GPUPaths?
    /// Which nodes hang on which switches.
    public var switches: SwitchTree?
    /// What nodes have in them.
    public var node = NodeFacts()
    /// Links between zones.
    public var zoneLinks: [ZoneLink] = []
    /// GPUs that the file names, each once, with the first host that has it.
    var products: [SeenProduct] = []
    /// The version of instructions of the GPUs, where the file states it.
    var instructions: InstructionVersion?
    /// The host on which the most ranks ran.
    public var ranksOfHost: HostRanks?
    /// What was assumed or passed over, with its place.
    public var notes: [ImportNote] = []

    /// Evidence of nothing yet.
    init(origin: Origin) { self.origin = origin }

    /// Where numbers come from, and when they were measured.
    public struct Origin: Hashable, Sendable {
        /// The format.
        public var kind: ImportKind
        /// The file's path as it was given.
        public var file: String
        /// When it was measured, as the file states it, or the day on which the file was last changed.
        public var date: String?
        /// The command whose output was read, in place of format and file.
        public var program: String?

        /// A short text for the profile: format, name of the file without its folders, and date; or the command and the date.
        public var source: String {
            if let program { return ([program] + (date.map { [$0] } ?? [])).joined(separator: ", ") }
            let name = file.split(separator: "/").last.map(String.init) ?? file
            return ([kind.rawValue, name] + (date.map { [$0] } ?? [])).joined(separator: ", ")
        }
    }

    /// Keeps a GPU that the file names.
    mutating func see(_ gpu: GPUProduct, on host: String?, line: Int) {
        guard !products.contains(where: { $0.product == gpu }), products.count < 64 else { return }
        products.append(SeenProduct(product: gpu, host: host, location: SourceLocation(file: origin.file, line: max(line, 1))))
    }

    mutating func note(_ line: Int, _ text: String, isFault: Bool = false) {
        notes.append(ImportNote(location: SourceLocation(file: origin.file, line: line), text: text, isFault: isFault))
    }
}

/// A GPU that a file names.
struct SeenProduct: Hashable, Sendable {
    var product: GPUProduct
    /// The node that has it; nil where the file does not say.
    var host: String?
    var location: SourceLocation
}

/// The version of a GPU's instructions, as CUDA counts them: 90 is compute capability 9.0.
struct InstructionVersion: Hashable, Sendable {
    var version: Int
    var location: SourceLocation

    /// Architectures by version (CUDA C++ Programming Guide, table of compute capabilities).
    private static let architectures: [Int: String] = [
        60: "pascal", 61: "pascal", 70: "volta", 75: "turing", 80: "ampere", 86: "ampere", 87: "ampere", 89: "ada", 90: "hopper",
        100: "blackwell", 103: "blackwell", 120: "blackwell-rtx",
    ]

    /// The architecture; nil for versions that are not known.
    var architecture: String? { Self.architectures[version] }
}

/// Something that an importer assumed or passed over.
public struct ImportNote: Hashable, Sendable, CustomStringConvertible {
    /// Where in the input.
    public var location: SourceLocation
    /// What, in one line.
    public var text: String
    /// Whether it is a fault of the hardware rather than of the file.
    public var isFault = false

    /// `file:line: text`.
    public var description: String { "\(location.file):\(location.line): \(text)" }
}

/// Measured times of a collective, before its group is known for certain.
public struct MeasuredCurve: Hashable, Sendable {
    /// The operation.
    public var collective: Collective
    /// Nodes of the group, where the file names the hosts.
    public var nodes: Int?
    /// GPUs of the group, where the file says.
    public var gpus: Int?
    /// Sizes in bytes as nccl-tests counts them, ascending.
    public var bytes: [Double]
    /// Times in seconds.
    public var seconds: [Double]
    /// Groups of this shape that ran at the same time on the same nodes.
    public var groupsAtOnce = 1
    /// Where the run begins.
    public var location: SourceLocation
    /// The nodes of the run, where the file names them.
    public var hosts: [String] = []
    /// Whether sizes are per rank, as some benchmarks count gathers and exchanges, and are to be multiplied by the ranks.
    public var isSizePerRank = false
}

/// What a file says of the inside of a node.
public struct NodeFacts: Hashable, Sendable {
    /// GPUs of a node.
    public var gpus: Int?
    /// Kind of the links between them.
    public var fabric: Fabric.Kind?
    /// GPUs that the links join, where that is not the node.
    public var fabricDomain: Int?
    /// Links that a GPU has to its peers.
    public var linksOfGPU: Int?
    /// Copies from the host's memory to a GPU and back, and the sum of both while both run, in B/s.
    public var toDevice, fromDevice, bothWays: Double?
    /// Adapters of a node.
    public var adapters: Int?
    /// Line rate of an adapter in B/s.
    public var adapterBandwidth: Double?
    /// Kind of the network.
    public var network: Network.Kind?
    /// What one adapter reached in a test, in B/s.
    public var achieved: Double?
    /// What several pairs of processes on two nodes reached together in a test.
    public var achievedByPairs: PairsRate?

    /// A rate of pairs of processes at once.
    public struct PairsRate: Hashable, Sendable {
        /// All pairs together, in B/s.
        public var rate: Double
        /// How many pairs.
        public var pairs: Int
        /// What of each node carried them, where the file says.
        public var scope: MeasurementScope?
    }
}

/// Bandwidth between two zones as a function of message size.
public struct ZoneLink: Hashable, Sendable {
    /// One zone.
    public var first: String
    /// The other.
    public var second: String
    /// GPU type on both ends, as the file spells it.
    public var gpu: String
    /// GPUs of a node on both ends.
    public var gpusPerNode: Int
    /// Message sizes in bytes.
    public var bytes: [Double]
    /// Bandwidths in B/s.
    public var bandwidths: [Double]
}
