public import Workload

/// What routing does to expert-parallel ranks and nodes: the contract `meshwright.experts/1`, and its text.
public struct ExpertLoadReport: Encodable, Sendable {
    /// How unevenly so many ranks are loaded.
    public struct Split: Encodable, Sendable {
        /// Expert-parallel ranks.
        public let ranks: Int
        /// Busiest over mean load, the mean over layers.
        public let busiest: Double
        /// The layer with the most, numbered as in the model, and its busiest over the mean.
        public let worstLayer: Int
        /// See `worstLayer`.
        public let worst: Double

        enum CodingKeys: String, CodingKey {
            case ranks
            case busiest = "busiest_over_mean"
            case worstLayer = "worst_layer"
            case worst = "worst_layer_busiest_over_mean"
        }
    }

    /// The name of the contract.
    let schema = "meshwright.experts/1"
    /// The model's name, and where its routing comes from.
    public let model, routing: String
    /// Numbers of the mixture layers in the model.
    public let layers: [Int]
    /// Experts of a layer, and those that a token visits.
    public let experts, perToken: Int
    /// Every number of ranks that the experts can be dealt to.
    public let splits: [Split]
    /// Load over the mean of each rank and each node, averaged over layers, where a number of ranks was asked for.
    public let rankLoads, nodeLoads: [Double]?
    /// Load over the layer's mean of every expert, a list a layer.
    public let loads: [[Double]]
    /// What is done with uneven visits, and the share of them that is dropped.
    public let treatment: String
    /// See `treatment`.
    public let dropped: Double
    private let record: ExpertRouting
    private let gpusPerNode: Int

    enum CodingKeys: String, CodingKey {
        case schema, model, routing, treatment, dropped, layers, experts, splits, loads
        case perToken = "per_token"
        case rankLoads = "rank_loads"
        case nodeLoads = "node_loads"
    }

    /// The report of a routing; `ranks` must divide the experts.
    public init(_ routing: ExpertRouting, _ grid: MixtureGrid, ranks: Int?, gpusPerNode: Int) {
        (model, layers, experts, perToken) = (grid.model, grid.layers, grid.experts, grid.perToken)
        (self.routing, treatment, dropped) = (routing.source, routing.treatment.name, routing.dropped)
        record = routing
        self.gpusPerNode = gpusPerNode
        splits = (2...max(2, routing.experts)).filter { routing.experts % $0 == 0 }.map { ranks in
            let worst = routing.worstLayer(ranks: ranks)
            return Split(
                ranks: ranks, busiest: routing.busiest(ranks: ranks), worstLayer: grid.layers[worst.layer], worst: worst.busiest)
        }
        rankLoads = ranks.map(routing.loads)
        nodeLoads = ranks.flatMap { ranks in
            ranks > gpusPerNode && ranks % gpusPerNode == 0 ? routing.loads(ranks: ranks / gpusPerNode) : nil
        }
        loads = (0..<routing.layers).map { layer in
            routing.shares[layer * routing.experts..<(layer + 1) * routing.experts].map { $0 * Double(routing.experts) }
        }
    }

    /// The report for people: the heat map, then how unevenly ranks are loaded.
    public func text(width: Int, colour: TerminalColour) -> String {
        var text =
            StyledText(
                "\(model): \(layers.count) mixture layers of \(experts) experts, \(perToken) a token; routing \(routing)\(treatment == "dropless" ? "" : ", \(treatment)")",
                .bold
            )
            .cut(to: width).rendered(colour) + "\n\n"
        text += ExpertHeatMap(record, layers: layers, columns: max(8, width - 8)).text(colour: colour) + "\n"
        let rows = splits.map {
            [
                StyledText("\($0.ranks)"), StyledText(DurationText.decimal($0.busiest, 3)), StyledText("\($0.worstLayer)"),
                StyledText(DurationText.decimal($0.worst, 3)),
            ]
        }
        text += TextTable(
            [
                .init("ep", .trailing), .init("busiest/mean", .trailing), .init("worst layer", .trailing),
                .init("its busiest/mean", .trailing),
            ],
            rows: rows
        ).rendered(width: width, colour: colour)
        text += "\nEvery layer waits for its own busiest rank, so a step takes the mean over layers, the second column.\n"
        if dropped > 0 { text += "\(PercentText.string(dropped)) of the visits are dropped.\n" }
        if let rankLoads { text += "\n" + loadText(rankLoads, of: "rank", width) }
        if let nodeLoads { text += loadText(nodeLoads, of: "node", width) }
        return text
    }

    private func loadText(_ loads: [Double], of kind: String, _ width: Int) -> String {
        let words = loads.prefix(64).map { DurationText.decimal($0, 2) }.joined(separator: " ") + (loads.count > 64 ? " …" : "")
        return TextWrap.lines(words, first: "\(kind)s over their mean, over all layers: ", indent: 2, width: width).map { $0 + "\n" }
            .joined()
    }
}
