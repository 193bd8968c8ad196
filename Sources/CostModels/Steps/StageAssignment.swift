public import Parallelism
public import Schedules
public import Workload

/// What a rank has to do with the layers of one class.
public struct LayerShare: Hashable, Sendable {
    /// The class, by its place in `LayerClasses`; beyond the classes, a copy of shared weights by its place in `LayerClasses.shared`.
    public let layerClass: Int
    /// Layers that the rank holds.
    public let layers: Double
    /// Those of them whose activations do not stay: released, or moved beside the GPU.
    public let released: Double
    /// Layers of the stages that a micro-batch passes before it first reaches the rank, each times its rank's slowness.
    public let before: Double
    /// Released layers of those stages, likewise.
    public let releasedBefore: Double
}

/// Which layers each rank holds under a layout, flattened so that a rank's time or memory is a few multiplications.
///
/// A rank lists a share for each class that it holds and no others, so a model of one class costs one, and one of dozens no more than a stage
/// holds. Ranks that hold the same layers cost the same, so the evaluation visits one representative of each kind: for time the last of its kind
/// (whose pipeline fills last), for memory the first (which holds the most micro-batches in flight).
public struct StageAssignment: Sendable {
    /// One rank as the evaluation sees it.
    public struct Rank: Sendable {
        /// Its shares among those of the assignment: of classes that it holds up to `middle`, then up to `end` of those that only lie before it.
        fileprivate(set) var first, middle, end: Int32
        /// The pipeline rank.
        let number: Int32
        /// How many embeddings (0 or 1, a half where two directions share the rank) it holds.
        public let embeddings: Double
        /// How many heads it holds.
        public let heads: Double
        /// Time of its work over that on the first node group.
        public let slowness: Double

        /// The pipeline rank.
        @inline(__always)
        public var rank: Int { Int(number) }

        /// Where the shares are of classes that it holds.
        @inline(__always)
        var held: Range<Int> { Int(first)..<Int(middle) }

        /// Where all of its shares are.
        @inline(__always)
        var all: Range<Int> { Int(first)..<Int(end) }

        /// The same with its shares so much further down a list.
        public func offset(by shares: Int) -> Rank {
            var moved = self
            moved.first += Int32(shares)
            moved.middle += Int32(shares)
            moved.end += Int32(shares)
            return moved
        }
    }

    /// Some ranks with the list that holds their shares, through buffers that somebody else holds, for loops that must not count references.
    public struct Ranks {
        let ranks: UnsafeBufferPointer<Rank>
        let shares: UnsafeBufferPointer<LayerShare>

        /// A view of some ranks; valid as long as the buffers are.
        @inline(__always)
        public init(_ ranks: UnsafeBufferPointer<Rank>, shares: UnsafeBufferPointer<LayerShare>) {
            self.ranks = ranks
            self.shares = shares
        }

        /// Whether every rank holds two layers at least of each class of which it releases any.
        public var releasesPairs: Bool {
            ranks.allSatisfy { rank in rank.held.allSatisfy { shares[$0].released == 0 || shares[$0].layers >= 2 } }
        }
    }

    /// Pipeline-parallel size, p.
    public let pipeline: Int
    /// Virtual stages a rank, v.
    public let virtualStages: Int
    /// Layers of each virtual stage.
    public let stageLayers: StageLayers
    /// Where stages live.
    public let placement: Placement
    /// Released layers a virtual stage, at most.
    public let releasedLayers: Int
    /// How many classes of layers there are.
    public let classes: Int
    /// Layers, a row a stage and a column a class.
    public let layers: [Double]
    /// Released layers, likewise.
    public let released: [Double]
    /// Copies of weights that earlier stages own, a row a stage and a column for each of `LayerClasses.shared`.
    private let copies: [Double]
    /// Time of each rank's work over that on the first node group; empty where all are alike.
    public let slowness: [Double]
    /// The last rank of each kind.
    public let timeRanks: [Rank]
    /// The first rank of each kind.
    public let memoryRanks: [Rank]
    /// The shares of `timeRanks` and `memoryRanks`.
    public let shares: [LayerShare]

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

    /// Deals the layers of a model, `predictionBlocks` after the last, or nil where the layout does not fit the sizes.
    ///
    /// `slowness` says how much longer each of the p ranks takes than one of the first node group; empty means that all are alike.
    public init?(
        _ classes: LayerClasses, predictionBlocks: Int, pipeline p: Int, virtualStages v: Int, layout: LayerLayout, placement: Placement,
        releasing n: Int, slowness: [Double] = []
    ) {
        guard let dealt = StageLayers(layers: classes.ofLayer.count, pipeline: p, virtualStages: v, layout: layout) else { return nil }
        pipeline = p
        virtualStages = v
        stageLayers = dealt
        self.placement = placement
        releasedLayers = n
        let width = classes.count
        self.classes = width
        let stages = p * v
        var layers = [Double](repeating: 0, count: stages * width)
        var released = layers
        var layer = 0
        for stage in 0..<stages {
            for position in 0..<dealt.counts[stage] {
                let place = stage * width + classes.ofLayer[layer]
                layers[place] += 1
                if position < n { released[place] += 1 }
                layer += 1
            }
        }
        // Prediction blocks follow the last layer and are layers of its class.
        layers[(stages - 1) * width + classes.prediction] += Double(predictionBlocks)
        self.layers = layers
        self.released = released
        copies = (0..<(classes.shared.isEmpty ? 0 : stages)).flatMap { stage in
            classes.shared.map { shared in shared.copies { layers[stage * width + $0] } }
        }
        self.slowness = slowness.contains { $0 != 1 } ? slowness : []
        let table = RankTable(layers, released, copies, classes: width, p, v, placement, self.slowness)
        var shares: [LayerShare] = []
        timeRanks = table.representatives((0..<p).reversed()).map { table.rank($0, &shares) }
        memoryRanks = table.representatives(0..<p).map { table.rank($0, &shares) }
        self.shares = shares
    }

    /// The pipeline ranks that hold each layer of the model: one, or two where two directions share the ranks.
    public func holders() -> [[Int]] {
        stageLayers.counts.enumerated().flatMap { stage, count -> [[Int]] in
            let home = placement.rank(of: stage, ranks: pipeline)
            let other = pipeline - 1 - home
            return Array(repeating: placement == .bidirectional && other != home ? [home, other] : [home], count: count)
        }
    }

    /// Every rank of the pipeline, not only one of each kind, with the shares of all.
    func allRanks() -> (ranks: [Rank], shares: [LayerShare]) {
        let table = RankTable(layers, released, copies, classes: classes, pipeline, virtualStages, placement, slowness)
        var shares: [LayerShare] = []
        let ranks = (0..<pipeline).map { table.rank($0, &shares) }
        return (ranks, shares)
    }

    /// For each rank the first that holds the same, of `memoryRanks`.
    func memoryKinds() -> [Rank] {
        let table = RankTable(layers, released, copies, classes: classes, pipeline, virtualStages, placement, slowness)
        return (0..<pipeline).map { rank in memoryRanks.first { table.holdsTheSame(rank, $0.rank) } ?? memoryRanks[0] }
    }

    /// The shares of classes that a rank of `timeRanks` or `memoryRanks` holds.
    func held(_ rank: Rank) -> ArraySlice<LayerShare> { shares[rank.held] }

    /// Some of its ranks as a view.
    @inline(__always)
    func withRanks<Result>(_ ranks: [Rank], _ body: (Ranks) -> Result) -> Result {
        ranks.withUnsafeBufferPointer { ranks in shares.withUnsafeBufferPointer { body(Ranks(ranks, shares: $0)) } }
    }

    /// Slowness of a stage: its rank's, or the slower one's where two directions share it.
    func slowness(ofStage stage: Int) -> Double {
        guard !slowness.isEmpty else { return 1 }
        let home = slowness[placement.rank(of: stage, ranks: pipeline)]
        return placement == .bidirectional ? max(home, slowness[pipeline - 1 - stage % pipeline]) : home
    }

    /// A number of each layer of a stage, summed: `each` of a class for plain layers, `other` for released ones.
    func sum(ofStage stage: Int, _ each: (Int) -> Double, released other: (Int) -> Double) -> Double {
        var sum = 0.0
        for place in 0..<classes {
            let (all, gone) = (layers[stage * classes + place], released[stage * classes + place])
            if all > 0 { sum += (all - gone) * each(place) + gone * other(place) }
        }
        return sum
    }
}

/// What every rank of a pipeline holds: rows of classes, from which shares are made.
private struct RankTable {
    private let classes: Int
    private var layers: [Double]
    private var released: [Double]
    private var before: [Double]
    private var releasedBefore: [Double]
    private let shared: Int
    private var copies: [Double]
    private var embeddings: [Double]
    private var heads: [Double]
    private let slowness: [Double]

    init(
        _ stageLayers: [Double], _ stageReleased: [Double], _ stageCopies: [Double], classes: Int, _ p: Int, _ v: Int,
        _ placement: StageAssignment.Placement, _ slowness: [Double]
    ) {
        self.classes = classes
        shared = stageCopies.count / (p * v)
        copies = [Double](repeating: 0, count: p * shared)
        self.slowness = slowness
        layers = [Double](repeating: 0, count: p * classes)
        (released, before, releasedBefore) = (layers, layers, layers)
        embeddings = [Double](repeating: 0, count: p)
        heads = embeddings
        let isBidirectional = placement == .bidirectional
        // Two directions: each rank runs both its stage and the mirrored one, for half of the micro-batches each.
        let share = isBidirectional ? 0.5 : 1
        for stage in 0..<(p * v) {
            let rank = placement.rank(of: stage, ranks: p)
            for direction in 0..<(isBidirectional ? 2 : 1) {
                let home = direction == 0 ? rank : p - 1 - rank
                for place in 0..<classes {
                    layers[home * classes + place] += stageLayers[stage * classes + place] * share
                    released[home * classes + place] += stageReleased[stage * classes + place] * share
                }
                for place in 0..<shared { copies[home * shared + place] += stageCopies[stage * shared + place] * share }
                if stage == 0 { embeddings[home] += share }
                if stage == p * v - 1 { heads[home] += share }
            }
        }
        guard !isBidirectional else { return }
        for place in classes..<max(classes, p * classes) {
            // The first leg of a pipeline visits the ranks in order.
            let slow = slowness.isEmpty ? 1 : slowness[place / classes - 1]
            before[place] = before[place - classes] + stageLayers[place - classes] * slow
            releasedBefore[place] = releasedBefore[place - classes] + stageReleased[place - classes] * slow
        }
    }

    /// The first of each kind in the given order.
    func representatives(_ order: some Sequence<Int>) -> [Int] {
        var kinds: [Int] = []
        for rank in order where !kinds.contains(where: { isAlike(rank, $0) }) { kinds.append(rank) }
        return kinds
    }

    private func isAlike(_ a: Int, _ b: Int) -> Bool {
        (slowness.isEmpty || slowness[a] == slowness[b]) && holdsTheSame(a, b)
    }

    /// Whether two ranks hold the same layers and ends, whatever their speed.
    func holdsTheSame(_ a: Int, _ b: Int) -> Bool {
        guard embeddings[a] == embeddings[b], heads[a] == heads[b] else { return false }
        for place in 0..<classes {
            let (one, other) = (a * classes + place, b * classes + place)
            guard layers[one] == layers[other], released[one] == released[other] else { return false }
        }
        return (0..<shared).allSatisfy { copies[a * shared + $0] == copies[b * shared + $0] }
    }

    /// A rank, its shares added to a list.
    func rank(_ number: Int, _ shares: inout [LayerShare]) -> StageAssignment.Rank {
        let first = Int32(shares.count)
        func add(_ place: Int) {
            let row = number * classes + place
            shares.append(
                LayerShare(
                    layerClass: place, layers: layers[row], released: released[row], before: before[row],
                    releasedBefore: releasedBefore[row]))
        }
        for place in 0..<classes where layers[number * classes + place] > 0 { add(place) }
        for place in 0..<shared where copies[number * shared + place] > 0 {
            shares.append(
                LayerShare(
                    layerClass: classes + place, layers: copies[number * shared + place], released: 0, before: 0, releasedBefore: 0))
        }
        let middle = Int32(shares.count)
        for place in 0..<classes where layers[number * classes + place] == 0 && before[number * classes + place] > 0 { add(place) }
        return StageAssignment.Rank(
            first: first, middle: middle, end: Int32(shares.count), number: Int32(number), embeddings: embeddings[number],
            heads: heads[number],
            slowness: slowness.isEmpty ? 1 : slowness[number])
    }
}
