public import Documents
import Foundation
public import Hardware

/// The formats in which people have measured or described their clusters.
public enum ImportKind: String, CaseIterable, Hashable, Sendable {
    /// nccl-tests, the text it prints or the JSON that `-J` writes.
    case ncclTests = "nccl-tests"
    /// LLNL's mpiGraph.
    case mpiGraph = "mpigraph"
    /// The bandwidth file of Pipette (Yim et al., DATE 2024).
    case pipette
    /// `nvidia-smi topo -m`.
    case smi
    /// `rocm-smi --showtopo`.
    case rocmSMI = "rocm-smi"
    /// `amd-smi topology`.
    case amdSMI = "amd-smi"
    /// NVIDIA's nvbandwidth, the text it prints or its JSON.
    case nvbandwidth
    /// `p2pBandwidthLatencyTest` of the CUDA samples.
    case p2pBandwidth = "p2pbandwidth"
    /// `bandwidthTest` of the CUDA samples.
    case bandwidthTest = "bandwidthtest"
    /// Slurm's topology.conf or topology.yaml, or a list of hosts.
    case slurm
    /// The bandwidth tests of linux-rdma/perftest.
    case perftest
    /// The OSU micro-benchmarks.
    case osu
    /// `ibnetdiscover` of infiniband-diags.
    case ibnetdiscover
    /// `iblinkinfo` of infiniband-diags.
    case iblinkinfo
    /// The topology that NCCL writes to `NCCL_TOPO_DUMP_FILE`.
    case ncclXML = "nccl-xml"
    /// Fits of bandwidth against size between zones, as Sailor keeps them (Strati et al., SOSP 2025).
    case sailor

    /// What a file says; `collective` names the operation of logs that do not.
    ///
    /// - Throws: what is wrong with the file, and where.
    public func read(path: String, collective: Collective? = nil) throws(DocumentError) -> ClusterEvidence {
        var evidence = try parse(text: TextFile.read(path: path), file: path, collective: collective)
        if evidence.origin.date == nil,
            let changed = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
        {
            evidence.origin.date = "file of " + changed.formatted(.iso8601.year().month().day())
        }
        return evidence
    }

    /// What a text says; `file` is its name in messages, and its last part the source of the numbers.
    public func parse(text: String, file: String, collective: Collective? = nil) throws(DocumentError) -> ClusterEvidence {
        var evidence = ClusterEvidence(origin: .init(kind: self, file: file))
        switch self {
        case .ncclTests: try NCCLTests.read(text, file, collective, into: &evidence)
        case .mpiGraph: try MPIGraphLog.read(text, file, into: &evidence)
        case .pipette: try PipetteBandwidths.read(text, file, into: &evidence)
        case .smi, .rocmSMI, .amdSMI: try SMITopology.read(text, file, into: &evidence)
        case .slurm: try SlurmTopology.read(text, file, into: &evidence)
        case .perftest: try PerftestLog.read(text, file, into: &evidence)
        case .osu: try OSULog.read(text, file, into: &evidence)
        case .nvbandwidth: try NVBandwidth.read(text, file, into: &evidence)
        case .p2pBandwidth: try P2PBandwidth.read(text, file, into: &evidence)
        case .bandwidthTest: try BandwidthTest.read(text, file, into: &evidence)
        case .ibnetdiscover, .iblinkinfo: try IBNetDiscover.read(text, file, into: &evidence)
        case .ncclXML: try NCCLTopologyXML.read(text, file, into: &evidence)
        case .sailor: try SailorFits.read(text, file, into: &evidence)
        }
        return evidence
    }
}
