public import Parallelism
public import Schedules
public import Workload

/// Which layers each rank holds under a layout, flattened so that a rank's time or memory is a few multiplications.
///
/// Ranks that hold the same layers cost the same, so the evaluation visits one representative of each kind: for time the last of its kind
/// (whose pipeline fills last), for memory the first (which holds the most micro-batches in flight).
public struct StageAssignment: Sendable {
    /// One rank as the evaluation sees it.
    public struct Rank: Sendable {
        /// The pipeline rank.
        public let rank: Int
        /// Layers by class.
        public let layers: SIMD4<Double>
        /// Recomputed layers by class.
        public let recomputed: SIMD4<Double>
        /// Layers by class of the stages a micro-batch passes before it first reaches this rank, each times its rank's slowness.
        public let before: SIMD4<Double>
        /// Recomputed layers by class of those stages, likewise.
        public let recomputedBefore: SIMD4<Double>
        /// How many embeddings (0 or 1, a half where two directions share the rank) it holds.
        public let embeddings: Double
        /// How many heads it holds.
        public let heads: Double
        /// Time of its work over that on the first node group.
        public let slowness: Double
    }

    /// Pipeline-parallel size, p.
    public let pipeline: Int
    /// Virtual stages a rank, v.
    public let virtualStages: Int
    /// Layers of each virtual stage.
    public let stageLayers: StageLayers
    /// Where stages live.
    public let placement: Placement
    /// Recomputed layers a virtual stage, at most.
    public let recomputedLayers: Int
    /// Layers by class, stage by stage.
    public let layers: [SIMD4<Double>]
    /// Recomputed layers by class, stage by stage.
    public let recomputed: [SIMD4<Double>]
    /// Time of each rank's work over that on the first node group; empty where all are alike.
    public let slowness: [Double]
    /// The last rank of each kind.
    public let timeRanks: [Rank]
    /// The first rank of each kind.
    public let memoryRanks: [Rank]

    /// How a schedule puts stages on ranks.
    public enum Placement: Hashable, Sendable {
        /// Stage s on rank s mod p.
        case loop
        /// Stage s on rank s, then back: rank 2p − 1 − s.
        case vShape
        /// A zigzag of v legs.
        case wave
        /// Two replicas in opposite directions.
        case bidirectional

        /// The placement a schedule uses.
        public init(_ schedule: PipelineSchedule) {
            switch schedule {
            case .zbV, .vHalf, .vMin, .dualPipeV: self = .vShape
            case .wave: self = .wave
            case .dualPipe, .chimera: self = .bidirectional
            default: self = .loop
            }
        }

        /// The rank of a global stage.
        func rank(of stage: Int, ranks p: Int) -> Int {
            switch self {
            case .loop, .bidirectional: return stage % p
            case .vShape, .wave:
                let leg = stage / p
                return leg % 2 == 0 ? stage % p : p - 1 - stage % p
            }
        }
    }

    /// Deals the model's layers, or nil where the layout does not fit the sizes.
    ///
    /// `slowness` says how much longer each of the p ranks takes than one of the first node group; empty means that all are alike.
    public init?(
        model: TransformerModel, pipeline p: Int, virtualStages v: Int, layout: LayerLayout, placement: Placement, recomputing n: Int,
        slowness: [Double] = []
    ) {
        guard let dealt = StageLayers(layers: model.layers, pipeline: p, virtualStages: v, layout: layout) else { return nil }
        pipeline = p
        virtualStages = v
        stageLayers = dealt
        self.placement = placement
        recomputedLayers = n
        let stages = p * v
        var layers = [SIMD4<Double>](repeating: .zero, count: stages)
        var recomputed = layers
        var layer = 0
        for stage in 0..<stages {
            for position in 0..<dealt.counts[stage] {
                let lane = model.layerClass(at: layer).index
                layers[stage][lane] += 1
                if position < n { recomputed[stage][lane] += 1 }
                layer += 1
            }
        }
        // Prediction blocks follow the last layer and are layers of its class.
        layers[stages - 1][model.layerClass(at: max(0, model.layers - 1)).index] += Double(model.predictionBlocks)
        self.layers = layers
        self.recomputed = recomputed
        self.slowness = slowness.contains { $0 != 1 } ? slowness : []
        let ranks = Self.ranks(layers, recomputed, p, v, placement, self.slowness)
        memoryRanks = Self.representatives(ranks)
        timeRanks = Self.representatives(ranks.reversed())
    }

    /// Every rank of the pipeline, not only one of each kind.
    var allRanks: [Rank] { Self.ranks(layers, recomputed, pipeline, virtualStages, placement, slowness) }

    /// Slowness of a stage: its rank's, or the slower one's where two directions share it.
    func slowness(ofStage stage: Int) -> Double {
        guard !slowness.isEmpty else { return 1 }
        let home = slowness[placement.rank(of: stage, ranks: pipeline)]
        return placement == .bidirectional ? max(home, slowness[pipeline - 1 - stage % pipeline]) : home
    }

    private static func ranks(
        _ layers: [SIMD4<Double>], _ recomputed: [SIMD4<Double>], _ p: Int, _ v: Int, _ placement: Placement, _ slowness: [Double]
    ) -> [Rank] {
        var held = [SIMD4<Double>](repeating: .zero, count: p)
        var again = held
        var embeddings = [Double](repeating: 0, count: p)
        var heads = embeddings
        let isBidirectional = placement == .bidirectional
        for stage in 0..<(p * v) {
            let rank = placement.rank(of: stage, ranks: p)
            // Two directions: each rank runs both its stage and the mirrored one, for half of the micro-batches each.
            for (home, share) in isBidirectional ? [(rank, 0.5), (p - 1 - rank, 0.5)] : [(rank, 1.0)] {
                held[home] += layers[stage] * share
                again[home] += recomputed[stage] * share
                if stage == 0 { embeddings[home] += share }
                if stage == p * v - 1 { heads[home] += share }
            }
        }
        var before = SIMD4<Double>.zero
        var againBefore = SIMD4<Double>.zero
        return (0..<p).map { rank in
            let slow = slowness.isEmpty ? 1 : slowness[rank]
            defer {
                if !isBidirectional {
                    before += layers[rank] * slow
                    againBefore += recomputed[rank] * slow
                }
            }
            return Rank(
                rank: rank, layers: held[rank], recomputed: again[rank], before: before, recomputedBefore: againBefore,
                embeddings: embeddings[rank], heads: heads[rank], slowness: slow)
        }
    }

    /// The first of each kind in the given order.
    private static func representatives(_ ranks: [Rank]) -> [Rank] {
        var kinds: [Rank] = []
        for rank in ranks
        where !kinds.contains(where: {
            $0.layers == rank.layers && $0.recomputed == rank.recomputed && $0.embeddings == rank.embeddings && $0.heads == rank.heads
                && $0.slowness == rank.slowness
        }) { kinds.append(rank) }
        return kinds
    }
}
