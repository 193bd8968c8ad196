import CostModels
import Foundation
import Hardware

/// Something wrong with a measured collective, as `cluster check` says it. Rates are in GB/s.
public struct CurveFinding: Encodable, Hashable, Sendable {
    /// `slow-network`, `slow-fabric`, `falls` or `step`.
    public let kind: String
    /// The collective, as nccl-tests names it.
    public let collective: String
    /// Nodes of the group.
    public let nodes: Int
    /// GPUs of the group.
    public let gpus: Int
    /// What was reached: of a node over nodes, the bus bandwidth inside one; nil for a step.
    public let rate: Double?
    /// What it is compared with.
    public let usual: Double?
    /// The likely cause: `sockets`, `one-adapter`, `half`, `host-paths` or `unknown`; nil for falls and steps.
    public let cause: String?
    /// What is wrong, why, and where to look.
    public let text: String

    enum CodingKeys: String, CodingKey {
        case kind, collective, nodes, gpus, cause, text
        case rate = "gb_per_s"
        case usual = "usual_gb_per_s"
    }

    init(_ finding: CurveCheck.Finding) {
        switch finding {
        case .slowNetwork(let group, let rate, let line, let cause):
            self.init(
                "slow-network", group, rate: rate, usual: line, cause: cause.rawValue,
                "\(Self.brief(rate)) GB/s a node, \(Self.percent(rate / line)) of the \(Self.brief(line)) that its adapters and switches allow; "
                    + Self.advice(cause) + (group.nodes > 3 && cause == .unknown ? Self.ringAdvice : ""))
        case .slowFabric(let group, let rate, let usual, let cause):
            self.init(
                "slow-fabric", group, rate: rate, usual: usual, cause: cause.rawValue,
                "\(Self.brief(rate)) GB/s, \(Self.percent(rate / usual)) of the \(Self.brief(usual)) that such a fabric reaches; "
                    + Self.advice(cause))
        case .falls(let group, let rate, let fewer, let before):
            self.init(
                "falls", group, rate: rate, usual: before, cause: nil,
                "\(Self.brief(rate)) GB/s a node, over \(fewer) nodes \(Self.brief(before)); a switch level between them is oversubscribed, or its"
                    + " routes collide (state it under 'tiers' if it is meant to be so), or the ranks' order crosses leaves more than it has to"
                    + " (import the log with --from slurm:topology.conf)")
        case .step(let group, let from, let to, let growth):
            self.init(
                "step", group, rate: nil, usual: nil, cause: nil,
                "from \(Self.size(from)) to \(Self.size(to)) the time grows \(String(format: "%.1f", growth)) times as much as the message; a change of"
                    + " protocol, or a disturbed measurement: repeat it")
        }
    }

    private init(
        _ kind: String, _ group: CurveCheck.Group, rate: Double?, usual: Double?, cause: String?, _ what: String
    ) {
        self.kind = kind
        collective = group.collective.rawValue
        (nodes, gpus) = (group.nodes, group.gpus)
        self.rate = rate.map { $0 / 1e9 }
        self.usual = usual.map { $0 / 1e9 }
        self.cause = cause
        let over = group.nodes > 1 ? "\(group.nodes) nodes (\(group.gpus) GPUs)" : "\(group.gpus) GPUs of a node"
        text = "\(group.collective.rawValue) over \(over): \(what)"
    }

    /// Rings of few nodes cross leaves as often in any order.
    private static let ringAdvice =
        "; nor whether the ranks' order crosses leaves more than it has to, which an import of the log with --from slurm:topology.conf does"

    static func advice(_ cause: CurveCheck.NetworkCause) -> String {
        switch cause {
        case .sockets:
            "no faster than TCP: NCCL fell back to sockets (NCCL_DEBUG=INFO says 'Using network Socket'; NCCL_IB_DISABLE, a missing plugin)"
        case .oneAdapter: "as much as one adapter moves: the others are not used (NCCL_IB_HCA, a wrong topology file)"
        case .half:
            "as much as half of the adapters move, or all of them through host memory: look for GPUDirect RDMA in NCCL_DEBUG=INFO (nvidia-peermem,"
                + " DMA-BUF, ACS), at NCCL_IB_HCA, and whether two GPUs share an adapter (nvidia-smi topo -m)"
        case .unknown:
            "GPUDirect RDMA may be off, adapters may hang on the other CPU socket than their GPUs, or the fabric is congested; which one, rates"
                + " alone cannot say"
        }
    }

    private static func advice(_ cause: CurveCheck.FabricCause) -> String {
        switch cause {
        case .hostPaths:
            "no faster than PCI Express: NVLink is not used (NCCL_P2P_DISABLE, a container without peer access, nvidia-smi nvlink -s)"
        case .unknown:
            "a GPU or link of the node may be slow (nvidia-smi nvlink -s, nvidia-smi -q -d CLOCK); which one, a curve alone cannot say"
        }
    }

    private static func brief(_ rate: Double) -> String { HardwareText.brief(rate / 1e9) }
    private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
    private static func size(_ bytes: Double) -> String {
        bytes >= 1_073_741_824 ? String(format: "%g GiB", bytes / 1_073_741_824) : String(format: "%g MiB", bytes / 1_048_576)
    }
}
