import Documents
public import Search
public import Workload

extension PlanReport {
    /// How the routing of tokens loads the ranks of the plan that is explained.
    public struct Routing: Codable, Hashable, Sendable {
        /// Where it comes from: `balanced`, `zipf:1.1`, a path.
        public var source: String
        /// What is done with uneven visits, as the option names it.
        public var treatment: String
        /// Where experts are: `load`, `affinity`, a path; nil in their order.
        public var placement: String?
        /// Share of visits that are dropped.
        public var dropped: Double
        /// Mixture layers, and experts of each.
        public var layers, experts: Int
        /// Expert-parallel ranks.
        public var ranks: Int
        /// Busiest over mean load of ranks, the mean over layers.
        public var busiest: Double
        /// The layer with the most, numbered as in the model, and its busiest over the mean.
        public var worstLayer: Int
        /// See `worstLayer`.
        public var worst: Double
        /// Groups of like layers that are priced together, and how much the busiest rank of a layer differs from its group's mean at most.
        public var groups: Int
        /// See `groups`.
        public var spread: Double
        /// Seconds that a step takes longer than with balanced experts.
        public var stepCost: Double

        /// What the links between placed ranks make of experts; nil where they are alike to all.
        public var onRanks: OnRanks?

        /// Experts on ranks that have their places.
        public struct OnRanks: Codable, Hashable, Sendable {
            /// Step time with experts so, as they were before ranks had places, and what no map of experts on these ranks is below, in s.
            public var objective, before, lowerBound: Double
            /// The experts of each mixture layer in the order of ranks, where they were placed; nil where they are as stated.
            public var order: [[Int]]?
        }

        /// The load of so many ranks, of which a step takes `stepTime` seconds, and `balanced` with every expert visited alike; `placed` says where experts
        /// are once ranks have places.
        public init(
            _ routing: ExpertRouting, _ grid: MixtureGrid, ranks: Int, stepTime: Double, balanced: Double, placed: PlanExperts? = nil
        ) {
            let worst = routing.worstLayer(ranks: ranks)
            (source, layers, experts, self.ranks) = (routing.source, routing.layers, routing.experts, ranks)
            (busiest, self.worst, stepCost) = (routing.busiest(ranks: ranks), worst.busiest, stepTime - balanced)
            (groups, spread) = (routing.layerGroups, routing.groupSpread(ranks: ranks))
            (treatment, placement, dropped) = (routing.treatment.name, routing.placement, routing.dropped)
            worstLayer = worst.layer < grid.layers.count ? grid.layers[worst.layer] : worst.layer
            if let placed {
                busiest = placed.busiest
                let order = placed.order.map { order in
                    stride(from: 0, to: order.count, by: routing.experts).map { order[$0..<$0 + routing.experts].map(Int.init) }
                }
                onRanks = OnRanks(objective: placed.objective, before: placed.before, lowerBound: placed.lowerBound, order: order)
            }
        }

        /// It as part of the contract `meshwright.plan/1`.
        var document: YAMLContent {
            var fields: [YAMLField] = [YAMLField("source", .text(source)), YAMLField("treatment", .text(treatment))]
            if let placement { fields.append(YAMLField("placement", .text(placement))) }
            fields += [
                YAMLField("dropped", .number(dropped)), YAMLField("layers", .integer(layers)), YAMLField("experts", .integer(experts)),
                YAMLField("ranks", .integer(ranks)), YAMLField("busiest_over_mean", .number(busiest)),
                YAMLField("layer_groups", .integer(groups)), YAMLField("layer_group_spread", .number(spread)),
            ]
            if !isPlacedAnew {
                fields += [
                    YAMLField("worst_layer", .integer(worstLayer)), YAMLField("worst_layer_busiest_over_mean", .number(worst)),
                ]
            }
            fields.append(YAMLField("step_cost_s", .number(stepCost)))
            if let onRanks { fields.append(YAMLField("on_ranks", onRanks.document)) }
            return .mapping(fields)
        }

        /// Experts that were placed for each number of ranks have no one order, and so no layer that is worst in it.
        private var isPlacedAnew: Bool { placement == "load" || placement == "affinity" }

        /// It in words, beside a step of so many seconds.
        func words(of stepTime: Double) -> String {
            var text = source + (treatment == "dropless" ? "" : ", \(treatment)")
            if let placement { text += isPlacedAnew ? ", experts placed by \(placement)" : ", experts placed as in \(placement)" }
            if dropped > 0 { text += "; \(PercentText.string(dropped)) of the visits are dropped" }
            guard ranks > 1 else { return text + "; every rank holds all experts, so no rank waits for another" }
            text += "; the busiest of \(ranks) expert ranks has \(DurationText.decimal(busiest, 3)) times the mean"
            if !isPlacedAnew, worst > busiest + 1e-9 { text += " (layer \(worstLayer): \(DurationText.decimal(worst, 3)))" }
            if spread > 1e-9 {
                text +=
                    "; \(groups) groups of like layers are priced, from whose means their layers differ by \(PercentText.string(spread)) at most"
            }
            let share = PercentText.string(abs(stepCost) / stepTime)
            if abs(stepCost) > 1e-9 * stepTime {
                text +=
                    stepCost > 0
                    ? "; that costs \(DurationText.text(stepCost)) a step (\(share))"
                    : "; that saves \(DurationText.text(-stepCost)) a step (\(share))"
            }
            if placement == "affinity" {
                text += "; a token comes back to its rank after every mixture, so that of this map its load alone counts in training"
            }
            if let onRanks { return text + "; " + onRanks.words }
            return text + (isPlacedAnew ? "; experts place --by \(placement ?? "") --ep \(ranks) writes the map" : "")
        }
    }
}

extension PlanReport.Routing.OnRanks {
    fileprivate var document: YAMLContent {
        var fields = [
            YAMLField("objective_s", .number(objective)), YAMLField("before_s", .number(before)),
            YAMLField("lower_bound_s", .number(lowerBound)),
        ]
        if let order { fields.append(YAMLField("order", .list(order.map { .list($0.map(YAMLContent.integer)) }))) }
        return .mapping(fields)
    }

    /// What was gained by placing experts after ranks, and what may be left.
    fileprivate var words: String {
        let share = objective > 0 ? max(0, 1 - lowerBound / objective) : 0
        let left = share < 5e-4 ? "none saves more" : "none saves more than \(PercentText.string(share)) of it"
        guard order != nil else {
            return "over the links of its ranks, where of all maps of experts \(left)"
                + (share < 5e-4 ? "" : "; --expert-map load places them there")
        }
        let saved = before - objective
        let gain =
            saved > 1e-9 * before
            ? "saves \(DurationText.text(saved)) (\(PercentText.string(saved / before))) of what it is as on links alike"
            : "gains nothing over what it is as on links alike"
        return "placed over the links of its ranks, which \(gain); of other maps \(left); the JSON's routing.on_ranks.order is the map"
    }
}
