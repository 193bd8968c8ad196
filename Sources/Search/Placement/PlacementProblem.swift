/// A placement problem in flat arrays: cells to put on positions so that the step takes least time.
///
/// A *cell* is a block of ranks that stays together, normally a node's worth; a *position* is the slot of a node that can hold one. There
/// are as many positions as cells: positions nobody needs hold idle cells, which have no terms. With `x(c)` the position of cell `c`,
/// `B` bandwidth and `σ` the slowness of a node, a step takes
///
///     T = fixed + max over paths [ Σ arcs bytes/B + fill·Σ cells τ + rounds·max cells τ′ ] + max over rings max(0, bytes/min B − hidden)
///
/// where `τ(c) = seconds(c)·σ(x(c)) + Σ its stage collectives` and `τ′` adds the share of the next arc that the steady state waits for.
/// A path is a pipeline, a ring a data-parallel group, a stage collective a context, tensor or expert group that leaves its node. The
/// rings' times are exposed after the slowest pipeline has drained; what hides of them is fixed beforehand.
public struct PlacementProblem: Sendable {
    /// Cells, idle ones included; equal to the number of positions.
    public let count: Int
    /// Cells that carry traffic or compute; they come first.
    public let activeCount: Int
    /// Seconds per byte along pipeline arcs, row-major from sender to receiver.
    public let pipelineInverse: [Double]
    /// Seconds per byte along rings and collectives, row-major from sender to receiver.
    public let ringInverse: [Double]
    /// Time of a node's compute over that of a node of speed 1, by position.
    public let slowness: [Double]
    /// Seconds outside pipelines and rings.
    var fixedSeconds = 0.0
    /// See `PlacementTraffic.fillShare`.
    var fillShare = 1.0
    /// See `PlacementTraffic.steadyRounds`.
    var steadyRounds = 0.0
    /// Steady exposure of an arc over its critical-path time.
    var steadyShare = 0.0
    /// Seconds of one micro-batch's way through a cell, on a node of speed 1.
    var cellSeconds: [Double]
    /// Seconds between micro-batches in a cell's steady state: less than `cellSeconds` where a cell holds several stages.
    var cellPeriod: [Double]

    /// Path arcs, those of one path together, in its order; an arc beyond the last cell of its path is its way back.
    var pathArcs = Arcs()
    /// Bytes of each path arc, critical-path transfers included.
    var pathArcBytes: [Double] = []
    /// Cells of the paths, those of one path together.
    var pathCells: [Int32] = []
    /// Where the cells of each path begin; one more entry than paths.
    var pathCellStart: [Int] = [0]

    /// Ring arcs, those of one ring together.
    var ringArcs = Arcs()
    /// Bytes through each link of a ring.
    var ringBytes: [Double] = []
    /// Seconds of each ring that hide.
    var ringHidden: [Double] = []

    /// Collectives that every micro-batch waits for.
    var collectives: [StageCollective] = []

    /// Directed connections between cells, grouped by the term they belong to.
    struct Arcs: Sendable {
        /// Sending cells.
        var from: [Int32] = []
        /// Receiving cells.
        var to: [Int32] = []
        /// The path or ring of each arc.
        var owner: [Int32] = []
        /// Where the arcs of each owner begin; one more entry than owners.
        var start: [Int] = [0]

        /// Number of paths or rings.
        var owners: Int { start.count - 1 }

        mutating func append(_ arcs: [(from: Int, to: Int)]) {
            for arc in arcs {
                from.append(Int32(arc.from))
                to.append(Int32(arc.to))
                owner.append(Int32(owners))
            }
            start.append(from.count)
        }
    }

    /// A collective over several cells that every micro-batch of their stage waits for.
    struct StageCollective: Sendable {
        /// How bytes move.
        enum Shape: Sendable {
            /// Around a ring, at the pace of its slowest link.
            case ring
            /// From each to all others, at the pace of the node that needs longest to send or to receive.
            case allToAll
        }

        /// How bytes move.
        var shape: Shape
        /// The cells that take part.
        var members: [Int32]
        /// Bytes through a link of the ring, or from each member to each other.
        var bytes: Double
        /// Seconds that hide.
        var hidden: Double
    }

    /// An empty problem over the given links; add its terms with `addPath`, `addRing` and `addCollective`.
    ///
    /// Links are kept to single precision (6·10⁻⁸), so that the search can hold the matrix of 1,024 nodes in half the cache.
    ///
    /// - Parameters:
    ///   - activeCount: cells with terms, at most the number of positions.
    ///   - pipelineInverse: seconds per byte of pipeline transfers, one row a sending position.
    ///   - ringInverse: the same for rings and collectives; equal to `pipelineInverse` unless sizes matter.
    ///   - slowness: time of a node's compute over speed 1, by position; all 1 unless given.
    public init(activeCount: Int, positions: Int, pipelineInverse: [Double], ringInverse: [Double]? = nil, slowness: [Double]? = nil) {
        precondition(activeCount <= positions, "there is a position for every cell")
        precondition(pipelineInverse.count == positions * positions, "the links are a square matrix")
        count = positions
        self.activeCount = activeCount
        let pipeline = pipelineInverse.map { Double(Float($0)) }
        self.pipelineInverse = pipeline
        self.ringInverse = ringInverse.map { $0.map { Double(Float($0)) } } ?? pipeline
        self.slowness = slowness ?? [Double](repeating: 1, count: positions)
        cellSeconds = [Double](repeating: 0, count: positions)
        cellPeriod = cellSeconds
    }

    /// An empty problem over links that are all alike, in constant space.
    public init(activeCount: Int, positions: Int, uniformInverse: Double) {
        precondition(activeCount <= positions, "there is a position for every cell")
        count = positions
        self.activeCount = activeCount
        pipelineInverse = [uniformInverse]
        ringInverse = [uniformInverse]
        slowness = [Double](repeating: 1, count: positions)
        cellSeconds = [Double](repeating: 0, count: positions)
        cellPeriod = cellSeconds
    }

    /// Sets the compute of a cell; see `cellSeconds` and `cellPeriod`.
    public mutating func setCompute(_ cell: Int, seconds: Double, period: Double? = nil) {
        cellSeconds[cell] = seconds
        cellPeriod[cell] = period ?? seconds
    }

    /// Adds a pipeline through `cells`.
    ///
    /// - Parameters:
    ///   - cells: the cells in order of stages.
    ///   - bytes: bytes over each boundary, counted once per transfer on the critical path.
    ///   - wrapBytes: the same from the last cell back to the first; 0 for none.
    public mutating func addPath(_ cells: [Int], bytes: [Double], wrapBytes: Double = 0) {
        precondition(!cells.isEmpty && bytes.count == cells.count - 1, "a path has a boundary between neighbours")
        var arcs = zip(cells, cells.dropFirst()).map { (from: $0, to: $1) }
        pathArcBytes += bytes
        if let first = cells.first, let last = cells.last, wrapBytes > 0, cells.count > 1 {
            arcs.append((from: last, to: first))
            pathArcBytes.append(wrapBytes)
        }
        pathArcs.append(arcs)
        pathCells += cells.map(Int32.init)
        pathCellStart.append(pathCells.count)
    }

    /// Adds a data-parallel ring through `cells`, in the order of the collective; fewer than two cells add nothing.
    ///
    /// - Parameters:
    ///   - bytes: bytes through each link, all groups that share it together.
    ///   - hidden: seconds of it that hide under compute.
    public mutating func addRing(_ cells: [Int], bytes: Double, hidden: Double = 0) {
        guard cells.count > 1, bytes > 0 else { return }
        ringArcs.append(cells.indices.map { (from: cells[$0], to: cells[($0 + 1) % cells.count]) })
        ringBytes.append(bytes)
        ringHidden.append(hidden)
    }

    /// Number of pipelines.
    public var paths: Int { pathArcs.owners }
    /// Number of data-parallel rings.
    public var rings: Int { ringArcs.owners }
    /// Whether the time of a stage by itself depends on where it runs, so that paths are more than their arcs.
    var hasStageTerms: Bool { !collectives.isEmpty || slowness.contains { $0 != slowness.first } }
    /// The lower quartile of the rings' seconds per byte over a sample of links: what a good link takes.
    var usualRingInverse: Double {
        guard count > 1, ringInverse.count > 1 else { return ringInverse.first ?? 0 }
        let stride = max(1, count * count / 4096)
        let sample = Swift.stride(from: 1, to: count * count, by: stride).filter { $0 / count != $0 % count }.map { ringInverse[$0] }
        return sample.sorted()[sample.count / 4]
    }
    /// Position `i` for cell `i`.
    public var identity: [Int32] { (0..<Int32(count)).map { $0 } }

    /// Whether every placement takes the same time, so that there is nothing to search.
    public var isSymmetric: Bool {
        Self.isUniform(pipelineInverse, count) && Self.isUniform(ringInverse, count) && !slowness.contains { $0 != slowness.first }
    }

    private static func isUniform(_ matrix: [Double], _ n: Int) -> Bool {
        guard n > 1, matrix.count > 1 else { return true }
        let value = matrix[1]
        for row in 0..<n {
            for column in 0..<n where column != row && matrix[row * n + column] != value { return false }
        }
        return true
    }
}
