import CostModels
import Hardware
public import Parallelism
import Schedules
import Workload

/// The default space of strategies for a request, cut into work items of one parallel grid and micro-batch each.
///
/// docs/search-space.md derives its size. Cuts of the default space are lifted for a dimension that the user pins:
/// - t at most a fabric domain: beyond it every layer's collectives would cross the network;
/// - c only while a rank keeps at least 512 tokens of a sequence;
/// - b at most 32 sequences.
public struct StrategySpace: Sendable {
    /// One work item: parallel sizes and micro-batch.
    public struct Grid: Sendable {
        let tensor, pipeline, context, contextInner, expert, expertTensor, data, microBatch: Int32
        let microBatches: Int
        let contextKind: ContextParallelKind
        let localContextKind: ContextParallelKind?
        let sequenceParallel: Bool
        /// Its place among `shapes`.
        let shape: Int32
        /// Its place among `shardings`.
        let sharding: Int32

        /// Parallel sizes and micro-batch as a strategy; the remaining choices at their plainest.
        public var strategy: ParallelStrategy {
            ParallelStrategy(
                tensor: Int(tensor), pipeline: Int(pipeline), context: Int(context), contextKind: contextKind,
                contextInner: Int(contextInner), localContextKind: localContextKind, expert: Int(expert), expertTensor: Int(expertTensor),
                data: Int(data),
                microBatch: Int(microBatch), microBatches: microBatches,
                sequenceParallel: sequenceParallel)
        }
    }

    /// What is to be searched.
    public let request: SearchRequest
    /// The grids, those of one shape behind each other.
    public let grids: [Grid]
    /// The shapes of layers that the grids have, in the order of the grids.
    let shapes: [LayerShape]
    /// The grids of each shape.
    let gridsOfShape: [Range<Int>]
    /// The ways of sharding that grids are to try.
    let shardings: [[ShardingChoice]]
    /// Grids that a rule forbids, by rule.
    public let rejected: [LegalityRule: Int]
    /// The first strategy that broke each rule, to explain the rule with.
    public let examples: [LegalityRule: ParallelStrategy]
    let legality: Legality

    /// Tokens of a sequence that a context rank keeps at least.
    static let fewestTokens = 512
    /// Sequences of a micro-batch at most.
    static let largestMicroBatch = 32

    /// Enumerates the grids of a request; when asked to stop, those found so far.
    ///
    /// `offload` says what may move beside the GPU; nothing unless given.
    init(_ request: SearchRequest, offload: OffloadChoices, isCancelled: () -> Bool = { false }) {
        self.request = request
        let inputs = request.inputs
        let world = inputs.cluster.gpus
        let stack = request.ignoresStack ? nil : inputs.stack
        let legality = request.legality
        self.legality = legality
        var found = Found()
        var rejected: [LegalityRule: Int] = [:]
        var examples: [LegalityRule: ParallelStrategy] = [:]
        let constraints = request.constraints
        let domain = inputs.cluster.groups.map { max($0.fabric.domainSize, $0.gpusPerNode) }.min() ?? 1
        let divisors = Self.divisors(world)
        let kinds = ContextParallelKind.allCases.filter {
            guard let wanted = constraints.contextKinds else {
                return stack?.launches.contextKinds.contains($0) ?? ContextParallelKind.searched.contains($0)
            }
            return wanted.contains($0) && (stack?.launches.contextKinds.contains($0) ?? true)
        }
        // Layers with a window have a kind of their own where others have none; prediction blocks have no place in a list of layers.
        let sights = inputs.divisions.attentions.map(\.sight.isLocal)
        let isMixed = sights.contains(true) && sights.contains(false) && inputs.model.predictionBlocks == 0
        let localKinds = isMixed && stack?.launches.choosesContextByLayer == true ? kinds.filter { !$0.isNested } : []
        let experts = inputs.divisions.mixtures.first
        for t in constraints.tensor.choose(from: divisors, default: { $0 <= domain }) {
            for p in constraints.pipeline.choose(from: Self.divisors(world / t), default: { $0 <= inputs.model.layers + 2 }) {
                if isCancelled() { break }
                let contexts = constraints.context.choose(from: Self.divisors(world / (t * p))) {
                    $0 == 1 || inputs.job.sequenceLength / $0 >= Self.fewestTokens
                }
                for c in contexts {
                    let d = world / (t * p * c)
                    guard constraints.data.contains(d) else { continue }
                    let stage = t * c * d
                    let batches = constraints.microBatch.choose(from: Self.divisors(max(1, inputs.job.globalBatch / d))) {
                        $0 <= Self.largestMicroBatch
                    }
                    let exchanges = Self.exchanges(kinds, local: localKinds, context: c, constraints)
                    let tensorForExperts = experts == nil ? [1] : Self.divisors(stage).filter { $0 <= max(t, 1) && t % $0 == 0 }
                    for x in constraints.expertTensor.choose(from: tensorForExperts, default: { _ in true }) {
                        let expertSizes = experts.map { e in Self.divisors(stage / x).filter { e.count % $0 == 0 } } ?? [1]
                        for e in constraints.expert.choose(from: expertSizes, default: { _ in true }) {
                            for b in batches {
                                for exchange in exchanges {
                                    for sequenceParallel in t == 1 ? [false] : [true, false] {
                                        if let wanted = constraints.sequenceParallel, t > 1, wanted != sequenceParallel { continue }
                                        let strategy = ParallelStrategy(
                                            tensor: t, pipeline: p, context: c, contextKind: exchange.kind, contextInner: exchange.inner,
                                            localContextKind: exchange.local, expert: e, expertTensor: x,
                                            data: d,
                                            microBatch: b, microBatches: inputs.job.globalBatch / (b * d),
                                            sequenceParallel: sequenceParallel)
                                        if let rule = legality.gridRule(strategy) {
                                            rejected[rule, default: 0] += 1
                                            if examples[rule] == nil { examples[rule] = strategy }
                                        } else {
                                            found.add(strategy)
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        (grids, gridsOfShape) = found.groupedByShape
        shapes = found.shapes.ordered
        shardings = found.shardings.ordered.map { ShardingChoice.choices(request, offload, ranks: $0[0], data: $0[1]) }
        self.rejected = rejected
        self.examples = examples
    }

    /// The grids of a request.
    public init(_ request: SearchRequest, isCancelled: () -> Bool = { false }) {
        self.init(request, offload: OffloadChoices(request, isPriced: false), isCancelled: isCancelled)
    }

    /// Things numbered in the order in which they come.
    private struct Numbering<Element: Hashable> {
        private(set) var ordered: [Element] = []
        private var numbers: [Element: Int32] = [:]

        mutating func number(of element: Element) -> Int32 {
            if let known = numbers[element] { return known }
            let number = Int32(ordered.count)
            numbers[element] = number
            ordered.append(element)
            return number
        }
    }

    /// The grids found so far.
    private struct Found {
        var grids: [Grid] = []
        var shapes = Numbering<LayerShape>()
        var shardings = Numbering<SIMD2<Int32>>()

        mutating func add(_ s: ParallelStrategy) {
            grids.append(
                Grid(
                    tensor: Int32(s.tensor), pipeline: Int32(s.pipeline), context: Int32(s.context), contextInner: Int32(s.contextInner),
                    expert: Int32(s.expert),
                    expertTensor: Int32(s.expertTensor), data: Int32(s.data), microBatch: Int32(s.microBatch), microBatches: s.microBatches,
                    contextKind: s.contextKind, localContextKind: s.localContextKind, sequenceParallel: s.sequenceParallel,
                    shape: shapes.number(of: LayerShape(s)),
                    sharding: shardings.number(of: [Int32(s.tensor * s.context), Int32(s.data)])))
        }

        /// The grids with those of one shape behind each other, so that its prices are made once; shapes in the order of their first grid.
        var groupedByShape: (grids: [Grid], ranges: [Range<Int>]) {
            var counts = [Int](repeating: 0, count: shapes.ordered.count)
            for grid in grids { counts[Int(grid.shape)] += 1 }
            var ranges: [Range<Int>] = []
            for count in counts { ranges.append((ranges.last?.upperBound ?? 0)..<(ranges.last?.upperBound ?? 0) + count) }
            var next = ranges.map(\.lowerBound)
            var places = [Int](repeating: 0, count: grids.count)
            for (index, grid) in grids.enumerated() {
                places[next[Int(grid.shape)]] = index
                next[Int(grid.shape)] += 1
            }
            return (places.map { grids[$0] }, ranges)
        }
    }

    /// A kind of context parallelism with its inner size, and that of layers with a window where it differs.
    private typealias Exchange = (kind: ContextParallelKind, inner: Int, local: ContextParallelKind?)

    /// The kinds of context parallelism over c ranks, nested ones with each inner size, each with the kinds that layers with a window may have.
    private static func exchanges(
        _ kinds: [ContextParallelKind], local: [ContextParallelKind], context: Int, _ constraints: StrategyConstraints
    ) -> [Exchange] {
        guard context > 1 else { return [(.ring, 1, nil)] }
        return kinds.flatMap { kind in
            let sizes = kind.innerSizes(of: context)
            let locals = [nil] + local.filter { $0 != kind }.map(Optional.some)
            return (kind.isNested ? constraints.contextInner.choose(from: sizes, default: { _ in true }) : sizes).flatMap { inner in
                locals.map { (kind, inner, $0) }
            }
        }
    }

    /// The divisors of a number, ascending.
    static func divisors(_ number: Int) -> [Int] {
        guard number > 0 else { return [] }
        var low: [Int] = []
        var high: [Int] = []
        var i = 1
        while i * i <= number {
            if number % i == 0 {
                low.append(i)
                if i != number / i { high.append(number / i) }
            }
            i += 1
        }
        return low + high.reversed()
    }
}

extension Legality {
    /// The first broken rule among those that the grid alone decides: shape, tiling, batch, and what the stack lacks altogether.
    func gridRule(_ s: ParallelStrategy) -> LegalityRule? {
        gridViolation(of: s) ?? shapeViolation(of: s) ?? batchViolation(of: s) ?? stackGridViolation(of: s)
    }
}
