/// What a program of a node printed.
public struct ProbeOutput: Hashable, Sendable {
    /// The program with its arguments, which is the origin of what is read from it.
    public var command: String
    /// What it printed.
    public var text: String

    /// The output of a command.
    public init(command: String, text: String) { (self.command, self.text) = (command, text) }
}

/// The programs that tell about a node, each of which may be missing.
public enum Probe: String, CaseIterable, Hashable, Sendable {
    /// NVIDIA GPUs, a line each.
    case nvidiaGPUs = "nvidia-smi --query-gpu=index,name,memory.total --format=csv,noheader,nounits"
    /// How NVIDIA GPUs and adapters are joined.
    case nvidiaTopology = "nvidia-smi topo -m"
    /// AMD GPUs.
    case amdProducts = "rocm-smi --showproductname"
    /// How AMD GPUs are joined.
    case amdTopology = "rocm-smi --showtopo"
    /// AMD GPUs, of the newer tool.
    case amdAsics = "amd-smi static --asic"
    /// How AMD GPUs are joined, of the newer tool.
    case amdLinks = "amd-smi topology"
    /// RDMA adapters with their rates.
    case adapters = "ibstat"
    /// Network interfaces of RDMA adapters.
    case interfaces = "ibdev2netdev"
    /// Slurm's switches.
    case slurmTopology = "scontrol show topology"
    /// Slurm's nodes.
    case slurmNodes = "scontrol show nodes"
    /// Slurm's nodes in short.
    case slurmInfo = "sinfo -N -h -o %N|%G|%c|%m|%t"
    /// The processors.
    case processors = "lscpu"
    /// Copies between host and GPUs and from GPU to GPU, some seconds each.
    case bandwidth = "nvbandwidth -t host_to_device_memcpy_ce device_to_host_memcpy_ce device_to_device_memcpy_read_ce"

    /// The program and its arguments.
    public var words: [String] { rawValue.split(separator: " ").map(String.init) }

    /// Whether the program measures, which takes the GPUs for some seconds.
    public var measures: Bool { self == .bandwidth }
}
