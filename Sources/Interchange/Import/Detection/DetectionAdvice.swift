public import Hardware

/// What a detected profile borrows or lacks, each with the command that would measure it.
public struct DetectionAdvice: Hashable, Sendable {
    /// What is missing.
    public var what: String
    /// The command that measures or states it.
    public var command: String

    /// Everything that a profile borrows or lacks.
    ///
    /// - Parameter isAMD: whether the GPUs are AMD's, whose tools differ.
    public static func missing(of profile: ClusterProfile, isAMD: Bool) -> [DetectionAdvice] {
        func isBorrowed(_ key: String) -> Bool { profile.provenance[key]?.isUnverified ?? false }
        let group = profile.first
        let tests = isAMD ? "rccl-tests" : "nccl-tests"
        let script = "meshwright cluster profile-script --gpus-per-node \(group.gpusPerNode) --tests ~/\(tests)/build --output profile.sh"
        let start = profile.nodes > 1 ? "sbatch -N \(profile.nodes) --exclusive profile.sh" : "sbatch -N 1 --exclusive profile.sh"
        let whole =
            "\(script) && \(start), then meshwright cluster import --from nccl-tests:profile.log --gpu \(group.gpu.name) --name \(profile.name)"
        var advice: [DetectionAdvice] = []
        func add(_ what: String, _ command: String, if isMissing: Bool = true) {
            if isMissing { advice.append(DetectionAdvice(what: what, command: command)) }
        }
        add(
            "links between the \(profile.nodes) nodes and times of collectives", whole,
            if: profile.nodes > 1 && profile.nodeBandwidth == nil)
        add("times of collectives inside a node", whole, if: profile.nodes == 1 && profile.curves.isEmpty && group.gpusPerNode > 1)
        add(
            "links between the GPUs of a node", isAMD ? script : "nvbandwidth -t device_to_device_memcpy_read_ce > nvbandwidth.txt",
            if: profile.gpuBandwidth == nil && group.gpusPerNode > 1)
        add(
            "links between host and GPU",
            isAMD ? "rocm-bandwidth-test -a" : "nvbandwidth -t all_to_host_memcpy_ce host_to_all_memcpy_ce > nvbandwidth.txt",
            if: isBorrowed("host.link.to_device") || group.host.link == nil)
        add(
            "how many adapters a node has", isAMD ? "rocm-smi --showtopo and ibstat" : "nvidia-smi topo -m, or ibstat",
            if: isBorrowed("network.adapters_per_node"))
        add("the rate of an adapter", "ibstat, or ethtool INTERFACE | grep Speed", if: isBorrowed("network.adapter_bandwidth"))
        add(
            "the share of their rate that adapters reach",
            "ib_write_bw -d mlx5_0 --report_gbits -D 10 on one node, the same with its name behind on another, then meshwright cluster import --from perftest:FILE",
            if: isBorrowed("network.achieved_fraction"))
        add(
            "switches", "scontrol show topology, or ibnetdiscover > ib.txt and meshwright cluster import --from ibnetdiscover:ib.txt",
            if: profile.tiers.isEmpty && profile.nodes > 1)
        add("how many nodes there are", "scontrol show nodes, or --nodes", if: profile.nodes == 1 && profile.nodeNames.isEmpty)
        add("the host's cores", "lscpu", if: isBorrowed("host.cores") || group.host.cores == nil)
        add("the host's memory", "grep MemTotal /proc/meminfo", if: isBorrowed("host.memory") || group.host.memory == nil)
        add(
            "bandwidth of the host's memory", "stream_c.exe (STREAM, triad)",
            if: isBorrowed("host.memory_bandwidth") || group.host.memoryBandwidth == nil)
        add(
            "drives of a node", "fio --name=read --rw=read --bs=1M --size=16G --direct=1 --numjobs=8, and the same with write",
            if: isBorrowed("host.storage.read") || group.host.storage == nil)
        return advice
    }
}
