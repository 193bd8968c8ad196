public import Search
public import Workload

/// A placement of experts beside experts in their order: the contract `meshwright.expert-placement/1`, and its text.
public struct ExpertPlacementReport: Encodable, Sendable {
    /// What a placement makes of load and steps.
    public struct Figures: Encodable, Sendable {
        /// Busiest over mean load of ranks, the mean over layers, and that of the worst layer.
        public let busiest, worst: Double
        /// Shares of the steps between layers that stay on a rank, change it inside a node, and leave the node; nil without pairs.
        public let stay, inside, outside: Double?

        enum CodingKeys: String, CodingKey {
            case busiest = "busiest_over_mean"
            case worst = "worst_layer_busiest_over_mean"
            case stay = "steps_on_rank"
            case inside = "steps_in_node"
            case outside = "steps_to_other_nodes"
        }
    }

    /// The name of the contract.
    let schema = "meshwright.expert-placement/1"
    /// The model, its routing, and `affinity` or `load`.
    public let model, routing, method: String
    /// Ranks, ranks of a node, and slots of a layer.
    public let ranks, ranksPerNode, slots: Int
    /// Experts in their order; nil where ranks do not divide them, so that only copies make a map and there is no order.
    public let inOrder: Figures?
    /// Experts as they are placed.
    public let placed: Figures
    /// What is minimised: the mean cost of a step (0 on a rank, 1 in a node, 2 beyond) or the busiest over mean load.
    public let objective: Double
    /// What no placement is below.
    public let bound: Double
    /// Whether no placement is better.
    public let isExact: Bool
    /// Where the expert of each slot is, a list a layer.
    public let experts: [[Int]]
    /// What the reader should know, in words.
    public let notes: [String]

    enum CodingKeys: String, CodingKey {
        case schema, model, routing, method, ranks, slots, objective, bound, experts, notes, placed
        case ranksPerNode = "ranks_per_node"
        case inOrder = "in_order"
        case isExact = "exact"
    }

    /// A placement by affinity.
    public init(_ found: AffinityProblem.Solution, _ record: RoutingRecord, _ grid: MixtureGrid, ranksPerNode: Int) {
        let gain = found.inOrder > 0 ? 1 - found.cost / found.inOrder : 0
        self.init(
            found.map, record, grid, ranksPerNode: ranksPerNode, method: "affinity", objective: found.cost, bound: found.bound,
            isExact: found.isExact,
            notes: gain < 0.01
                ? [
                    "tokens do not prefer experts of the next layer enough for a placement to gain: \(DurationText.decimal(100 * gain, 2)) %"
                ]
                : [])
    }

    /// A placement by load.
    public init(_ found: LoadProblem.Solution, _ record: RoutingRecord, _ grid: MixtureGrid, ranksPerNode: Int, keepsGroups: Bool) {
        var notes: [String] = []
        if keepsGroups { notes.append("groups of experts stay in a node each") }
        if found.map.hasCopies {
            notes.append(
                "copies cost memory of \(found.map.slots - found.map.experts) more experts a layer, and in training an all-reduce of their "
                    + "gradients that no framework does; servers take them")
        }
        self.init(
            found.map, record, grid, ranksPerNode: ranksPerNode, method: "load", objective: found.mean, bound: found.bound,
            isExact: zip(found.busiest, found.bounds).allSatisfy { $0 <= $1 * (1 + 1e-9) }, notes: notes)
    }

    private init(
        _ map: ExpertMap, _ record: RoutingRecord, _ grid: MixtureGrid, ranksPerNode: Int, method: String, objective: Double, bound: Double,
        isExact: Bool, notes: [String]
    ) {
        (model, routing, self.method) = (grid.model, record.routing.source, method)
        (ranks, self.ranksPerNode, slots) = (map.ranks, ranksPerNode, map.slots)
        (self.objective, self.bound, self.isExact, self.notes) = (objective, bound, isExact, notes)
        func figures(_ map: ExpertMap) -> Figures {
            let layers = (0..<map.layers).map { map.busiest(layer: $0, record.routing) }
            let hops = map.hasCopies ? nil : record.affinity.map { ExpertHops(map, $0, ranksPerNode: ranksPerNode) }
            return Figures(
                busiest: layers.reduce(0, +) / Double(map.layers), worst: layers.max() ?? 0, stay: hops?.stay, inside: hops?.inside,
                outside: hops?.outside)
        }
        placed = figures(map)
        inOrder = ExpertMap.inOrder(experts: map.experts, ranks: map.ranks, layers: map.layers).map(figures)
        experts = (0..<map.layers).map { layer in map.expertOfSlot[layer * map.slots..<(layer + 1) * map.slots].map(Int.init) }
    }

    /// The placement for people.
    public func text(width: Int, colour: TerminalColour) -> String {
        let slots = slots > (experts.first.map { Set($0).count } ?? 0) ? ", \(slots) slots a layer" : ""
        let nodes = ranks > ranksPerNode ? " in nodes of \(ranksPerNode)" : ""
        var text =
            StyledText("\(model): experts by \(method) on \(ranks) ranks\(nodes)\(slots); routing \(routing)", .bold).cut(to: width)
            .rendered(colour) + "\n\n"
        func percent(_ share: Double?) -> StyledText { StyledText(share.map { DurationText.decimal(100 * $0, 1) + " %" } ?? "") }
        func row(_ name: String, _ figures: Figures) -> [StyledText] {
            [StyledText(name), StyledText(DurationText.decimal(figures.busiest, 3)), StyledText(DurationText.decimal(figures.worst, 3))]
                + (placed.stay == nil && inOrder?.stay == nil
                    ? [] : [percent(figures.stay), percent(figures.inside), percent(figures.outside)])
        }
        var columns: [TextTable.Column] = [.init("experts"), .init("busiest/mean", .trailing), .init("worst layer", .trailing)]
        if placed.stay != nil || inOrder?.stay != nil {
            columns += [.init("steps on a rank", .trailing), .init("in a node", .trailing), .init("to other nodes", .trailing)]
        }
        text +=
            TextTable(columns, rows: (inOrder.map { [row("in order", $0)] } ?? []) + [row("placed", placed)]).rendered(
                width: width, colour: colour) + "\n"
        let what = method == "load" ? "busiest over mean" : "a step costs (0 on a rank, 1 in a node, 2 beyond)"
        let (value, least) = (DurationText.decimal(objective, 4), DurationText.decimal(bound, 4))
        let words =
            isExact
            ? "\(what): \(value), which no placement is below"
            : "\(what): \(value); none is below \(least), so at most \(DurationText.decimal(100 * (objective / max(bound, 1e-300) - 1), 1)) % is left"
        for line in [words] + notes {
            text += TextWrap.lines(line, first: "", indent: 0, width: width).map { $0 + "\n" }.joined()
        }
        return text
    }
}
