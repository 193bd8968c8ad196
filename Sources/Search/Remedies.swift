public import CostModels
import Hardware
public import Parallelism
public import Quantities
import Workload

/// A change to a request after which something fits.
public struct Remedy: Sendable, Hashable {
    /// What to change.
    public enum Change: Sendable, Hashable {
        /// Leave the memory limit at what the GPU has.
        case memoryLimit(Bytes)
        /// Leave a pinned dimension open, as its flag names it.
        case unpin(String)
        /// Let activations be recomputed.
        case recompute
        /// Use this many GPUs.
        case gpus(Int)
        /// Cut sequences to this many tokens.
        case sequenceLength(Int)
        /// Use a micro-batch of this many sequences.
        case microBatch(Int)
    }

    /// What to change.
    public let change: Change
    /// The best strategy after the change.
    public let strategy: ParallelStrategy
    /// Its price.
    public let estimate: StepEstimate
}

/// Looks for the smallest changes to a request that nothing fits.
///
/// In order: the memory limit, each pin by itself, recomputation, twice, four and eight times the GPUs, half, a quarter and an eighth of
/// the sequence, smaller micro-batches. All kinds of change that work are reported, of each kind the smallest.
public struct Remedies: Sendable {
    private let request: SearchRequest
    private let isCancelled: @Sendable () -> Bool

    /// Advice on a request.
    public init(_ request: SearchRequest, isCancelled: @escaping @Sendable () -> Bool = { false }) {
        self.request = request
        self.isCancelled = isCancelled
    }

    /// Every kind of change that makes something fit; empty where none does.
    public func search() async -> [Remedy] {
        var remedies: [Remedy] = []
        for ladder in ladders {
            for (change, changed) in ladder {
                if isCancelled() { return remedies }
                guard let remedy = await attempt(change, changed) else { continue }
                remedies.append(remedy)
                break
            }
        }
        return remedies
    }

    /// Kinds of change, each a list that starts with the smallest.
    private var ladders: [[(Remedy.Change, SearchRequest)]] {
        [memoryLadder] + pinLadders + [recomputeLadder, clusterLadder, sequenceLadder, microBatchLadder]
    }

    private func attempt(_ change: Remedy.Change, _ changed: SearchRequest) async -> Remedy? {
        var changed = changed
        changed.top = 1
        changed.objective = .throughput
        let outcome = await Planner(changed, isCancelled: isCancelled).search()
        return outcome.plans.first.map { Remedy(change: change, strategy: $0.strategy, estimate: $0.estimate) }
    }

    private func changing(_ edit: (inout SearchRequest) -> Void) -> SearchRequest {
        var changed = request
        edit(&changed)
        return changed
    }

    private var memoryLadder: [(Remedy.Change, SearchRequest)] {
        let whole = request.inputs.memory
        guard request.memoryLimit < whole else { return [] }
        return [(.memoryLimit(whole), changing { $0.memoryLimit = whole })]
    }

    private var pinLadders: [[(Remedy.Change, SearchRequest)]] {
        StrategyConstraints.pins.filter { $0.isPinned(request.constraints) }.map { pin in
            [(.unpin(pin.flag), changing { pin.clear(&$0.constraints) })]
        }
    }

    /// Only where pins forbid the strongest recomputation, and not one that leaving a single pin open allows already.
    private var recomputeLadder: [(Remedy.Change, SearchRequest)] {
        let constraints = request.constraints
        guard constraints.recompute != nil, constraints.recomputeLayers.isPinned else { return [] }
        return [
            (
                .recompute,
                changing {
                    $0.constraints.recompute = nil
                    $0.constraints.recomputeLayers = .any
                }
            )
        ]
    }

    private var clusterLadder: [(Remedy.Change, SearchRequest)] {
        let whole = request.wholeCluster ?? request.inputs.cluster
        return [2, 4, 8].compactMap { factor in
            guard let cluster = try? whole.scaled(gpus: request.inputs.cluster.gpus * factor) else { return nil }
            return (
                .gpus(cluster.gpus),
                changing {
                    $0.inputs.cluster = cluster
                    // A pinned number of replicas grows with the cluster: the pin is about the rest.
                    if case .values(let values) = $0.constraints.data {
                        $0.constraints.data = .values(values + values.map { $0 * factor })
                    }
                }
            )
        }
    }

    private var sequenceLadder: [(Remedy.Change, SearchRequest)] {
        let length = request.inputs.job.sequenceLength
        return [2, 4, 8].filter { length % $0 == 0 && length / $0 >= 128 }.map { part in
            (.sequenceLength(length / part), changing { $0.inputs.job.sequenceLength = length / part })
        }
    }

    private var microBatchLadder: [(Remedy.Change, SearchRequest)] {
        guard case .values(let values) = request.constraints.microBatch, let least = values.min(), least > 1 else { return [] }
        return StrategySpace.divisors(request.inputs.job.globalBatch).filter { $0 < least }.reversed().map { size in
            (.microBatch(size), changing { $0.constraints.microBatch = .values([size]) })
        }
    }
}

extension StrategyConstraints {
    /// Whether a dimension is pinned or limited, by the name of its flag.
    public func isPinned(_ flag: String) -> Bool { Self.pins.contains { $0.flag == flag && $0.isPinned(self) } }

    /// A dimension that can be pinned and left open again.
    struct Pin: Sendable {
        let flag: String
        let isPinned: @Sendable (StrategyConstraints) -> Bool
        let clear: @Sendable (inout StrategyConstraints) -> Void
    }

    /// Every dimension that can be pinned, in the order of the flags.
    static let pins: [Pin] = [
        pin("tp", \.tensor), pin("pp", \.pipeline), pin("vpp", \.virtualStages), pin("cp", \.context), pin("ep", \.expert),
        pin("etp", \.expertTensor), pin("dp", \.data), pin("micro-batch-size", \.microBatch), pin("recompute", \.recompute),
        pin("recompute-layers", \.recomputeLayers), pin("schedule", \.schedules), pin("optimizer-sharding", \.sharding),
        pin("shard-group", \.shardGroup), pin("group-size", \.groupSize), pin("cp-kind", \.contextKinds),
        pin("sequence-parallel", \.sequenceParallel), pin("layout", \.layout),
    ]

    private static func pin(_ flag: String, _ path: any WritableKeyPath<StrategyConstraints, Allowed> & Sendable) -> Pin {
        Pin(flag: flag, isPinned: { $0[keyPath: path].isPinned }, clear: { $0[keyPath: path] = .any })
    }

    private static func pin<Value>(_ flag: String, _ path: any WritableKeyPath<StrategyConstraints, Value?> & Sendable) -> Pin {
        Pin(flag: flag, isPinned: { $0[keyPath: path] != nil }, clear: { $0[keyPath: path] = nil })
    }
}
