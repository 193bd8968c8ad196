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
    /// One work item: everything that decides layer prices.
    public struct Grid: Hashable, Sendable {
        /// Parallel sizes and micro-batch; the remaining choices at their plainest.
        public var strategy: ParallelStrategy
    }

    /// What is to be searched.
    public let request: SearchRequest
    /// The grids, in a fixed order.
    public let grids: [Grid]
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
    public init(_ request: SearchRequest, isCancelled: () -> Bool = { false }) {
        self.request = request
        let inputs = request.inputs
        let world = inputs.cluster.gpus
        let stack = request.ignoresStack ? nil : inputs.stack
        let legality = request.legality
        self.legality = legality
        var grids: [Grid] = []
        var rejected: [LegalityRule: Int] = [:]
        var examples: [LegalityRule: ParallelStrategy] = [:]
        let constraints = request.constraints
        let domain = inputs.cluster.groups.map { max($0.fabric.domainSize, $0.gpusPerNode) }.min() ?? 1
        let divisors = Self.divisors(world)
        let kinds = ContextParallelKind.allCases.filter {
            (constraints.contextKinds?.contains($0) ?? true) && (stack?.launches.contextKinds.contains($0) ?? true)
        }
        let experts = inputs.model.experts
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
                    let tensorForExperts = experts == nil ? [1] : Self.divisors(stage).filter { $0 <= max(t, 1) && t % $0 == 0 }
                    for x in constraints.expertTensor.choose(from: tensorForExperts, default: { _ in true }) {
                        let expertSizes = experts.map { e in Self.divisors(stage / x).filter { e.count % $0 == 0 } } ?? [1]
                        for e in constraints.expert.choose(from: expertSizes, default: { _ in true }) {
                            let batches = constraints.microBatch.choose(from: Self.divisors(max(1, inputs.job.globalBatch / d))) {
                                $0 <= Self.largestMicroBatch
                            }
                            for b in batches {
                                for kind in c == 1 ? [ContextParallelKind.ring] : kinds {
                                    for sequenceParallel in t == 1 ? [false] : [true, false] {
                                        if let wanted = constraints.sequenceParallel, t > 1, wanted != sequenceParallel { continue }
                                        let strategy = ParallelStrategy(
                                            tensor: t, pipeline: p, context: c, contextKind: kind, expert: e, expertTensor: x, data: d,
                                            microBatch: b, microBatches: inputs.job.globalBatch / (b * d),
                                            sequenceParallel: sequenceParallel)
                                        if let rule = legality.gridRule(strategy) {
                                            rejected[rule, default: 0] += 1
                                            if examples[rule] == nil { examples[rule] = strategy }
                                        } else {
                                            grids.append(Grid(strategy: strategy))
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        self.grids = Self.groupedByShape(grids)
        self.rejected = rejected
        self.examples = examples
    }

    /// The grids with those of one shape behind each other, so that its prices are made once; shapes in the order of their first grid.
    private static func groupedByShape(_ grids: [Grid]) -> [Grid] {
        var numbers: [LayerShape: Int] = [:]
        var groups: [[Grid]] = []
        for grid in grids {
            let number = numbers[LayerShape(grid.strategy), default: groups.count]
            if number == groups.count {
                numbers[LayerShape(grid.strategy)] = number
                groups.append([])
            }
            groups[number].append(grid)
        }
        return groups.flatMap { $0 }
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
