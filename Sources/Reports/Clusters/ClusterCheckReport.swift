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

        enum CodingKeys: String, CodingKey {
            case count
            case insideMean = "inside_mean_gb_per_s"
            case insideDeviation = "inside_deviation_gb_per_s"
            case betweenMean = "between_mean_gb_per_s"
            case betweenDeviation = "between_deviation_gb_per_s"
        }

        init?(_ check: LinkCheck?) {
            guard let check, check.kinds.count == 2 else { return nil }
            count = check.halls
            insideMean = check.kinds[0].mean / 1e9
            insideDeviation = check.kinds[0].deviation / 1e9
            betweenMean = check.kinds[1].mean / 1e9
            betweenDeviation = check.kinds[1].deviation / 1e9
        }
    }

    /// Whether nothing was found.
    public var isClean: Bool { findings.isEmpty && faults.isEmpty && curves.isEmpty }

    /// A bad link or node.
    public struct Finding: Encodable, Hashable, Sendable {
        /// `missing`, `slow-node`, `slow-gpu`, `slow-link`, `asymmetric-link` or `slow-path`.
        public let kind: String
        /// The node, or the end that sends.
        public let from: String
        /// The end that receives.
        public let to: String?
        /// Its bandwidth.
        public let bandwidth: Double?
        /// What its like have.
        public let usual: Double?

        enum CodingKeys: String, CodingKey {
            case kind, from, to
            case bandwidth = "gb_per_s"
            case usual = "usual_gb_per_s"
        }
    }

    enum CodingKeys: String, CodingKey {
        case schema, name, findings, faults, halls, curves
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
        case .slowNode(let name, let mean, let usual):
            self.init(kind: "slow-node", from: name, to: nil, bandwidth: mean / 1e9, usual: usual / 1e9)
        case .slowGPU(let name, let mean, let usual):
            self.init(kind: "slow-gpu", from: name, to: nil, bandwidth: mean / 1e9, usual: usual / 1e9)
        case .slowLink(let from, let to, let bandwidth, let mean):
            self.init(kind: "slow-link", from: from, to: to, bandwidth: bandwidth / 1e9, usual: mean / 1e9)
        case .asymmetricLink(let from, let to, let bandwidth, let back):
            self.init(kind: "asymmetric-link", from: from, to: to, bandwidth: bandwidth / 1e9, usual: back / 1e9)
        case .slowPath(let from, let to, let bandwidth, let usual):
            self.init(kind: "slow-path", from: from, to: to, bandwidth: bandwidth / 1e9, usual: usual / 1e9)
        }
    }

    /// One line for people.
    var text: String {
        let rate = bandwidth.map { HardwareText.brief($0) } ?? ""
        let like = usual.map { HardwareText.brief($0) } ?? ""
        let pair = "\(from) to \(to ?? "")"
        return switch kind {
        case "slow-node": "node \(from): links of \(rate) GB/s in the mean, those of the nodes have \(like)"
        case "slow-gpu": "GPU \(from): links of \(rate) GB/s in the mean, pairs of the node have \(like)"
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
        if !hasMatrix, faults.isEmpty {
            lines.append("the profile has no measured matrix, so that there is no link to check")
            lines.append("'meshwright cluster profile-script' writes a script that measures all pairs with nccl-tests;")
            lines.append("'meshwright cluster import --from nccl-tests:LOG' makes a profile with a matrix of its log, as of mpiGraph's;")
            lines.append("--from smi:FILE or nccl-xml:FILE checks the inside of a node without one")
        } else if hasMatrix, findings.isEmpty, faults.isEmpty {
            lines.append("no link or node is 10 % under its like and slower than chance explains")
        }
        if let halls {
            lines.append(
                "nodes fall into \(halls.count) halls; links inside: \(HardwareText.brief(halls.insideMean)) ± "
                    + "\(HardwareText.brief(halls.insideDeviation)) GB/s, between: \(HardwareText.brief(halls.betweenMean)) ± "
                    + "\(HardwareText.brief(halls.betweenDeviation))")
        } else if nodeKinds > 1 {
            lines.append(
                "nodes are of \(nodeKinds) kinds by the speed of their links, which is taken to be by design; each was judged among its like"
            )
        } else if mean > 0 {
            lines.append("links between nodes: \(HardwareText.brief(mean)) ± \(HardwareText.brief(deviation)) GB/s")
        }
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
