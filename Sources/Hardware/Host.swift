public import Quantities

/// What stands beside the GPUs of a node: the processor that issues their work, its memory, its links to them, and drives.
///
/// Everything but the processor is nil where nobody has stated it; offload needs it (docs/offload.md).
public struct Host: Hashable, Sendable {
    /// The processor, which sets how fast kernels are issued.
    public var processor: Processor
    /// Memory of a node.
    public var memory: Bytes?
    /// Bandwidth of a node's memory.
    public var memoryBandwidth: BytesPerSecond?
    /// The link between the host's memory and one GPU.
    public var link: Link?
    /// Cores of a node.
    public var cores: Int?
    /// Parameters that one core updates in a second with Adam.
    public var coreUpdateRate: Double?
    /// Drives of a node.
    public var storage: Storage?

    /// Processors that issue kernels at different rates.
    public enum Processor: String, CaseIterable, Hashable, Sendable {
        /// x86-64 servers.
        case x86
        /// NVIDIA Grace.
        case grace
    }

    /// What copies between host memory and a GPU reach, from pinned memory.
    public struct Link: Hashable, Sendable {
        /// From the host to the GPU.
        public var toDevice: BytesPerSecond
        /// From the GPU to the host.
        public var fromDevice: BytesPerSecond
        /// The sum of both directions while both run; nil where they do not hinder each other.
        public var both: BytesPerSecond?

        /// A link from its rates.
        public init(toDevice: BytesPerSecond, fromDevice: BytesPerSecond, both: BytesPerSecond? = nil) {
            self.toDevice = toDevice
            self.fromDevice = fromDevice
            self.both = both
        }
    }

    /// The drives of a node together.
    public struct Storage: Hashable, Sendable {
        /// What they hold.
        public var capacity: Bytes
        /// Rates of large sequential reads and writes.
        public var read, write: BytesPerSecond

        /// Drives from their data.
        public init(capacity: Bytes, read: BytesPerSecond, write: BytesPerSecond) {
            self.capacity = capacity
            self.read = read
            self.write = write
        }
    }

    /// A host of which only the processor is known unless more is given.
    public init(
        processor: Processor = .x86, memory: Bytes? = nil, memoryBandwidth: BytesPerSecond? = nil, link: Link? = nil, cores: Int? = nil,
        coreUpdateRate: Double? = nil, storage: Storage? = nil
    ) {
        self.processor = processor
        self.memory = memory
        self.memoryBandwidth = memoryBandwidth
        self.link = link
        self.cores = cores
        self.coreUpdateRate = coreUpdateRate
        self.storage = storage
    }

    /// Parameters that all cores of a node together update in a second with Adam, where that was measured.
    public var updateRate: Double? {
        guard let cores, let coreUpdateRate else { return nil }
        return Double(cores) * coreUpdateRate
    }
}
