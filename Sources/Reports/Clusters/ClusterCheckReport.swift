import CostModels
public import Hardware

/// What `cluster check` finds; its JSON form is the contract `meshwright.cluster-check/1`. Rates are in GB/s.
public struct ClusterCheckReport: Encodable, Sendable {
    /// The contract.
    public let schema = "meshwright.cluster-check/1"
    /// The cluster's name.
    public let name: String
    /// What was found, the gravest first.
    public let findings: [Finding]
    /// What is wrong with measured collectives.
    public let curves: [CurveFinding]
    /// Whether there were curves to check.
    public let hasCurves: Bool
    /// Faults inside nodes, from files that show them.
    public let faults: [String]
    /// Nodes that a job should leave out.
    public let excludeNodes: [String]
    /// Whether there was a matrix to check.
    public let hasMatrix: Bool
    /// Mean of the links between nodes.
    public let mean: Double
    /// Standard deviation of the links between nodes.
    public let deviation: Double
    /// Halls that the nodes fall into by their links, with the links inside and between them; nil where there is one kind of links.
    public let halls: Halls?

    /// Kinds of nodes by the speed of their links, where nodes do not fall into halls; 1 where all are alike.
    public let nodeKinds: Int
    /// Whether slow links are at so many nodes that none is to blame.
    public let isCongested: Bool
    /// Kinds of nodes that are slower than the fastest, with what explains it.
    public let slowKinds: [SlowKindReport]
    /// What even the fastest links lack, in one line; nil where they reach what the adapters move.
    public let network: NetworkReport?
    /// How the GPUs of a node are joined where pairs or other groups of them have faster links; nil where all are alike.
    public let gpuGroups: GPUGroupsReport?

    /// Links inside and between the halls of a cluster: mean and standard deviation of each.
    public struct Halls: Encodable, Sendable {
        /// The number of halls.
        public let count: Int
        /// Mean of the links inside halls.
        public let insideMean: Double
        /// Their standard deviation.
        public let insideDeviation: Double
        /// Mean of the links between halls.
        public let betweenMean: Double
        /// Their standard deviation.
        public let betweenDeviation: Double
        /// The nodes of each.
        public let members: [[String]]
        /// How often a ring in the order of the matrix goes from hall to hall.
        public let ringCrossings: Int
        /// How often it has to.
        public let leastRingCrossings: Int

        enum CodingKeys: String, CodingKey {
            case count, members
            case ringCrossings = "ring_crossings"
            case leastRingCrossings = "least_ring_crossings"
            case insideMean = "inside_mean_gb_per_s"
            case insideDeviation = "inside_deviation_gb_per_s"
            case betweenMean = "between_mean_gb_per_s"
            case betweenDeviation = "between_deviation_gb_per_s"
        }

        init?(_ check: LinkCheck?) {
            guard let check, let ring = check.ring, check.kinds.count == 2 else { return nil }
            members = check.hallMembers
            (ringCrossings, leastRingCrossings) = (ring.count, ring.least)
            count = check.halls
            insideMean = check.kinds[0].mean / 1e9
            insideDeviation = check.kinds[0].deviation / 1e9
            betweenMean = check.kinds[1].mean / 1e9
            betweenDeviation = check.kinds[1].deviation / 1e9
        }
    }

    /// Whether nothing was found.
    public var isClean: Bool { findings.isEmpty && faults.isEmpty && curves.isEmpty && network == nil && gpuGroups?.isFault != true }

    /// A bad link or node.
    public struct Finding: Encodable, Hashable, Sendable {
        /// `missing`, `slow-node`, `slow-gpu`, `slow-link`, `asymmetric-link`, `slow-hall` or `slow-path`.
        public let kind: String
        /// The node, or the end that sends.
        public let from: String
        /// The end that receives.
        public let to: String?
        /// Its bandwidth.
        public let bandwidth: Double?
        /// What its like have.
        public let usual: Double?
        /// Of a slow node, which links are slow: `both`, `sending` or `receiving`.
        public var way: String?
        /// Of a slow node, what may have made it so.
        public var cause: String?

        enum CodingKeys: String, CodingKey {
            case kind, from, to, way, cause
            case bandwidth = "gb_per_s"
            case usual = "usual_gb_per_s"
        }
    }

    enum CodingKeys: String, CodingKey {
        case schema, name, findings, faults, halls, curves, network
        case slowKinds = "slow_kinds"
        case gpuGroups = "gpu_groups"
        case hasCurves = "has_curves"
        case excludeNodes = "exclude_nodes"
        case nodeKinds = "node_kinds"
        case isCongested = "congested"
        case hasMatrix = "has_matrix"
        case mean = "mean_gb_per_s"
        case deviation = "deviation_gb_per_s"
    }

    /// A check of a cluster; `faults` are those found in the topology of nodes.
    public init(_ cluster: ClusterProfile, faults: [String] = []) {
        name = cluster.name
        self.faults = faults
        hasMatrix = cluster.nodeBandwidth != nil || cluster.gpuBandwidth != nil
        curves = CurveCheck(cluster).findings.map(CurveFinding.init)
        hasCurves = !cluster.curves.isEmpty
        let nodes = cluster.nodeBandwidth.map { LinkCheck(nodes: $0) }
        let gpus = cluster.gpuBandwidth.map { LinkCheck(gpus: $0) }
        slowKinds = (nodes?.slowKinds ?? []).map { SlowKindReport($0, cluster) }
        network = MatrixCheck(cluster).map(NetworkReport.init)
        gpuGroups = cluster.gpuBandwidth.flatMap { GPUGroupsReport($0, cluster) }
        findings = ((nodes?.findings ?? []) + (gpus?.findings ?? [])).map(Finding.init)
        excludeNodes = nodes?.excludedNodes ?? []
        mean = (nodes?.mean ?? 0) / 1e9
        deviation = (nodes?.deviation ?? 0) / 1e9
        halls = Halls(nodes)
        nodeKinds = nodes?.nodeKinds ?? 1
        isCongested = nodes?.isCongested ?? false
    }
}

extension ClusterCheckReport.Finding {
    init(_ finding: LinkCheck.Finding) {
        switch finding {
        case .missing(let from, let to): self.init(kind: "missing", from: from, to: to, bandwidth: nil, usual: nil)
        case .slowNode(let name, let mean, let usual, let way):
            self.init(
                kind: "slow-node", from: name, to: nil, bandwidth: mean / 1e9, usual: usual / 1e9, way: way.rawValue,
                cause: Self.cause(mean / usual, way))
        case .slowGPU(let name, let mean, let usual):
            self.init(kind: "slow-gpu", from: name, to: nil, bandwidth: mean / 1e9, usual: usual / 1e9)
        case .slowLink(let from, let to, let bandwidth, let mean):
            self.init(kind: "slow-link", from: from, to: to, bandwidth: bandwidth / 1e9, usual: mean / 1e9)
        case .asymmetricLink(let from, let to, let bandwidth, let back):
            self.init(kind: "asymmetric-link", from: from, to: to, bandwidth: bandwidth / 1e9, usual: back / 1e9)
        case .slowHall(let from, let to, let bandwidth, let back):
            self.init(kind: "slow-hall", from: from, to: to, bandwidth: bandwidth / 1e9, usual: back / 1e9)
        case .slowPath(let from, let to, let bandwidth, let usual):
            self.init(kind: "slow-path", from: from, to: to, bandwidth: bandwidth / 1e9, usual: usual / 1e9)
        }
    }

    /// What a node's share of the others' rate may mean.
    private static func cause(_ share: Double, _ way: LinkCheck.Way) -> String {
        let look = "links alone cannot say; its 'nvidia-smi topo -m' (--from smi:FILE) and 'ibstat' do"
        if way != .both { return "one way only: a bad cable or port, or congestion at its switch; which one, links alone cannot say" }
        if (0.44...0.56).contains(share) {
            return
                "half of the others: half of its adapters are down or unused, two GPUs share each adapter, or it has no GPUDirect RDMA; \(look)"
        }
        return "an adapter or GPU of it may be slow, throttled or missing; \(look)"
    }

    /// One line for people.
    var text: String {
        let rate = bandwidth.map { HardwareText.brief($0) } ?? ""
        let like = usual.map { HardwareText.brief($0) } ?? ""
        let pair = "\(from) to \(to ?? "")"
        return switch kind {
        case "slow-node":
            "node \(from)\(way == "both" ? "" : ", \(way ?? "")"): links of \(rate) GB/s in the mean, those of the nodes have \(like); \(cause ?? "")"
        case "slow-hall":
            "links from the hall of \(from) to that of \(to ?? ""): \(rate) GB/s in the median, and \(like) back: a cable or port between them is bad one"
                + " way, or congested; which one, links alone cannot say"
        case "slow-gpu": "GPU \(GPUNameText.brief(from)): links of \(rate) GB/s in the mean, pairs of the node have \(like)"
        case "slow-link": "link \(pair): \(rate) GB/s, the mean is \(like)"
        case "asymmetric-link": "link \(pair): \(rate) GB/s, and \(like) the other way"
        case "slow-path": "path \(pair): \(rate) GB/s, most pairs of the node have \(like)"
        default: "link \(pair): not measured"
        }
    }
}

extension ClusterCheckReport {
    /// The check for people.
    public var text: String {
        let shown = 30
        var lines: [String] = []
        if hasCurves, curves.isEmpty { lines.append("measured collectives reach what adapters and fabric allow") }
        lines += curves.map(\.text)
        if let network { lines.append(network.text) }
        if !hasMatrix, faults.isEmpty {
            lines.append("the profile has no measured matrix, so that there is no link to check")
            lines.append("'meshwright cluster profile-script' writes a script that measures all pairs with nccl-tests;")
            lines.append("'meshwright cluster import --from nccl-tests:LOG' makes a profile with a matrix of its log, as of mpiGraph's;")
            lines.append("--from smi:FILE or nccl-xml:FILE checks the inside of a node without one")
        } else if hasMatrix, findings.isEmpty, faults.isEmpty, network == nil {
            lines.append("no link or node is 10 % under its like and slower than chance explains")
        }
        if let halls {
            lines.append(
                "nodes fall into \(halls.count) halls; links inside: \(HardwareText.brief(halls.insideMean)) ± "
                    + "\(HardwareText.brief(halls.insideDeviation)) GB/s, between: \(HardwareText.brief(halls.betweenMean)) ± "
                    + "\(HardwareText.brief(halls.betweenDeviation))")
            lines += halls.ringLines
        } else if nodeKinds > 1 {
            lines.append("nodes are of \(nodeKinds) kinds by the speed of their links; each was judged among its like")
            lines += slowKinds.map(\.text)
        } else if mean > 0 {
            lines.append("links between nodes: \(HardwareText.brief(mean)) ± \(HardwareText.brief(deviation)) GB/s")
        }
        if let gpuGroups { lines.append(gpuGroups.text) }
        lines += faults + findings.prefix(shown).map(\.text)
        if findings.count > shown { lines.append("and \(findings.count - shown) more; --format json lists all") }
        if isCongested {
            let slow = findings.count { $0.kind == "slow-link" }
            lines.append(
                "\(slow) slow links, and no few nodes have them: paths collide or switches are congested, so no node is worth leaving out for them"
            )
        }
        if !excludeNodes.isEmpty { lines.append("suggested: --exclude-nodes \(excludeNodes.joined(separator: ","))") }
        return lines.map { StyledText($0).rendered(.none) + "\n" }.joined()
    }
}
