import Documents
public import Workload

extension PlanReport {
    /// How the routing of tokens loads the ranks of the plan that is explained.
    public struct Routing: Codable, Hashable, Sendable {
        /// Where it comes from: `balanced`, `zipf:1.1`, a path.
        public var source: String
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
        /// Seconds that a step takes longer than with balanced experts.
        public var stepCost: Double

        /// The load of so many ranks, of which a step takes `stepTime` seconds, and `balanced` with every expert visited alike.
        public init(_ routing: ExpertRouting, _ grid: MixtureGrid, ranks: Int, stepTime: Double, balanced: Double) {
            let worst = routing.worstLayer(ranks: ranks)
            (source, layers, experts, self.ranks) = (routing.source, routing.layers, routing.experts, ranks)
            (busiest, self.worst, stepCost) = (routing.busiest(ranks: ranks), worst.busiest, stepTime - balanced)
            worstLayer = worst.layer < grid.layers.count ? grid.layers[worst.layer] : worst.layer
        }

        /// It as part of the contract `meshwright.plan/1`.
        var document: YAMLContent {
            [
                "source": .text(source), "layers": .integer(layers), "experts": .integer(experts), "ranks": .integer(ranks),
                "busiest_over_mean": .number(busiest), "worst_layer": .integer(worstLayer),
                "worst_layer_busiest_over_mean": .number(worst), "step_cost_s": .number(stepCost),
            ]
        }

        /// It in words, beside a step of so many seconds.
        func words(of stepTime: Double) -> String {
            guard ranks > 1 else { return "\(source); every rank holds all experts, so no rank waits for another" }
            let load = "\(source): the busiest of \(ranks) expert ranks has \(DurationText.decimal(busiest, 3)) times the mean"
            guard busiest > 1 + 1e-9 else { return load }
            return load + " (layer \(worstLayer): \(DurationText.decimal(worst, 3))); that costs \(DurationText.text(stepCost)) a step "
                + "(\(PercentText.string(stepCost / stepTime)))"
        }
    }
}
