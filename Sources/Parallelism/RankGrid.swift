/// Which GPU of a job plays which part: the map between ranks and parallel coordinates, and the process groups that follow from it.
///
/// The dense part and the expert layers cut the same world into two grids. In Megatron's default order
/// `rank = tp + t·(cp + c·(dp + d·pp))` for the dense part and `rank = etp + x·(ep + e·(edp + edpSize·pp))` for the experts; with
/// `RankOrder.tpCpEpPpDp` the last two dimensions of both change places (Megatron-Core, `parallel_state.RankGenerator`).
public struct RankGrid: Hashable, Sendable {
    /// Place of a rank in the grid of the dense part.
    public struct DenseCoordinate: Hashable, Sendable {
        /// Index in the tensor-parallel group.
        public var tensor: Int
        /// Index in the context-parallel group.
        public var context: Int
        /// Index in the data-parallel group.
        public var data: Int
        /// Pipeline stage.
        public var pipeline: Int

        /// A place in the dense grid.
        public init(tensor: Int = 0, context: Int = 0, data: Int = 0, pipeline: Int = 0) {
            self.tensor = tensor
            self.context = context
            self.data = data
            self.pipeline = pipeline
        }
    }

    /// Place of a rank in the grid of the expert layers.
    public struct ExpertCoordinate: Hashable, Sendable {
        /// Index in the expert-tensor-parallel group.
        public var expertTensor: Int
        /// Index in the expert-parallel group.
        public var expert: Int
        /// Index among the replicas of the same experts.
        public var expertData: Int
        /// Pipeline stage.
        public var pipeline: Int

        /// A place in the expert grid.
        public init(expertTensor: Int = 0, expert: Int = 0, expertData: Int = 0, pipeline: Int = 0) {
            self.expertTensor = expertTensor
            self.expert = expert
            self.expertData = expertData
            self.pipeline = pipeline
        }
    }

    /// Sizes of the dense grid: t, c, d, p.
    let dense: Extents
    /// Sizes of the expert grid: x, e, edp, p.
    let experts: Extents
    /// How ranks enumerate the dimensions.
    public let order: RankOrder

    /// The grids of a strategy; its world size must divide into both, which legality checks.
    public init(_ strategy: ParallelStrategy) {
        order = strategy.rankOrder
        dense = Extents(strategy.tensor, strategy.context, strategy.data, strategy.pipeline)
        experts = Extents(strategy.expertTensor, strategy.expert, strategy.expertData, strategy.pipeline)
        precondition(dense.count == experts.count, "dense and expert grids cut the same world")
    }

    /// Ranks of the job.
    public var worldSize: Int { dense.count }

    /// Whether every rank holds the same stage in both grids.
    ///
    /// Always so with the pipeline last; with `tpCpEpPpDp` only if t·c = x·e or there is no pipeline.
    public var stagesAgree: Bool {
        order == .tpCpEpDpPp || dense.pipeline == 1 || dense.first * dense.second == experts.first * experts.second
    }

    /// The dense coordinates of a rank in 0 ..< `worldSize`.
    public func coordinate(of rank: Int) -> DenseCoordinate {
        let index = dense.indices(of: rank, order)
        return DenseCoordinate(tensor: index.first, context: index.second, data: index.data, pipeline: index.pipeline)
    }

    /// The expert coordinates of a rank in 0 ..< `worldSize`.
    public func expertCoordinate(of rank: Int) -> ExpertCoordinate {
        let index = experts.indices(of: rank, order)
        return ExpertCoordinate(expertTensor: index.first, expert: index.second, expertData: index.data, pipeline: index.pipeline)
    }

    /// The rank at a place of the dense grid.
    public func rank(of place: DenseCoordinate) -> Int {
        dense.rank(Extents(place.tensor, place.context, place.data, place.pipeline), order)
    }

    /// The rank at a place of the expert grid.
    public func rank(of place: ExpertCoordinate) -> Int {
        experts.rank(Extents(place.expertTensor, place.expert, place.expertData, place.pipeline), order)
    }
}

/// Four numbers of a grid, one a dimension: either its sizes or a place in it.
struct Extents: Hashable, Sendable {
    /// The fastest dimension: tensor or expert tensor.
    var first: Int
    /// The next: context or expert.
    var second: Int
    /// Data or expert data.
    var data: Int
    /// Pipeline.
    var pipeline: Int

    init(_ first: Int, _ second: Int, _ data: Int, _ pipeline: Int) {
        self.first = first
        self.second = second
        self.data = data
        self.pipeline = pipeline
    }

    /// Product of the sizes.
    var count: Int { first * second * data * pipeline }

    /// Distance in ranks between neighbours along each dimension of a grid of these sizes.
    func strides(_ order: RankOrder) -> Extents {
        let block = first * second
        switch order {
        case .tpCpEpDpPp: return Extents(1, first, block, block * data)
        case .tpCpEpPpDp: return Extents(1, first, block * pipeline, block)
        }
    }

    func indices(of rank: Int, _ order: RankOrder) -> Extents {
        let stride = strides(order)
        return Extents(
            rank / stride.first % first, rank / stride.second % second, rank / stride.data % data, rank / stride.pipeline % pipeline)
    }

    func rank(_ place: Extents, _ order: RankOrder) -> Int {
        let stride = strides(order)
        return place.first * stride.first + place.second * stride.second + place.data * stride.data + place.pipeline * stride.pipeline
    }
}
