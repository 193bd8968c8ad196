import Search

extension PlanReport.Inputs {
    /// The name of a node, which is `node-` and its index where the cluster's file states none.
    func nodeName(_ index: Int) -> String { index < nodeNames.count ? nodeNames[index] : "node-\(index)" }

    /// The GPUs in words, such as `64 × h100-80gb-sxm`, type by type in a mixed cluster.
    var gpusInWords: String {
        var types: [(name: String, count: Int)] = []
        for group in groups {
            let count = group.nodes * group.gpusPerNode
            if let known = types.firstIndex(where: { $0.name == group.gpu }) {
                types[known].count += count
            } else {
                types.append((group.gpu, count))
            }
        }
        return types.map { "\(CountText.grouped($0.count)) × \($0.name)" }.joined(separator: " + ")
    }

    /// GPUs of every node.
    var gpusOfNodes: [Int] { groups.flatMap { Array(repeating: $0.gpusPerNode, count: $0.nodes) } }
}

extension PlanReport.Placement {
    /// The report of a placement.
    init(_ placement: PlanPlacement) {
        self.init(
            method: placement.method.rawValue, objective: placement.objective, identity: placement.identityObjective,
            lowerBound: placement.lowerBound, nodes: placement.map.map(\.node), gpus: placement.map.map(\.gpu))
    }

    /// The place of every rank, by rank.
    func places(on inputs: PlanReport.Inputs) -> [(node: Int, gpu: Int)] {
        guard nodes.isEmpty else { return zip(nodes, gpus).map { ($0, $1) } }
        var places: [(node: Int, gpu: Int)] = []
        places.reserveCapacity(inputs.gpus)
        for (node, count) in inputs.gpusOfNodes.enumerated() {
            for gpu in 0..<count where places.count < inputs.gpus { places.append((node, gpu)) }
        }
        return places
    }

    /// What the map is worth, in words; nil where ranks take equal GPUs in order.
    var words: String? {
        let method = ["exact": "best of all maps", "anneal": "annealed", "given": "as given"][self.method]
        guard let method else {
            guard gap > 0 || !nodes.isEmpty else { return nil }
            return "ranks in order\(bound)"
        }
        let saved = identity - objective
        let change =
            saved == 0
            ? ", no faster than ranks in order"
            : ", \(PercentText.string(abs(saved) / identity)) \(saved > 0 ? "less" : "more") than \(DurationText.text(identity)) with ranks in order"
        return method + change + bound
    }

    private var bound: String {
        gap < 5e-5 ? method == "exact" ? "" : "; no map is faster" : "; within \(PercentText.string(gap)) of the optimum"
    }
}

extension PlanReport {
    /// A picture of which GPU holds which stage of a plan; nil for a plan whose ranks have no places.
    public func map(of entry: Entry) -> PlacementMap? {
        guard let places = entry.placement?.places(on: inputs) else { return nil }
        return PlacementMap(
            places.enumerated().map { RankLocation(rank: $0, node: $1.node, gpu: $1.gpu) },
            stages: places.indices.map { entry.strategy.stage(ofRank: $0) }, nodeNames: (0..<inputs.nodes).map(inputs.nodeName),
            gpusPerNode: inputs.gpusOfNodes)
    }
}

extension PlanReport.Strategy {
    /// The pipeline stage of a rank under the strategy's rank order.
    fileprivate func stage(ofRank rank: Int) -> Int {
        rankOrder.hasSuffix("pp-dp") ? rank / (tp * cp) % pp : rank / (tp * cp * dp)
    }
}
