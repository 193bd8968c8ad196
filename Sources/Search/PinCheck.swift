import CostModels
import Hardware
import Parallelism
import Schedules
import Workload

/// Tells which pinned values no strategy could ever have, whatever else is chosen, and which pins contradict each other.
///
/// It looks at one dimension at a time first, so that a message names the value at fault and the legal ones rather than the whole
/// combination.
public struct PinCheck: Sendable {
    let request: SearchRequest
    let legality: Legality
    private let world: Int

    /// A check of what a request pins.
    public init(_ request: SearchRequest) {
        self.request = request
        world = request.inputs.cluster.gpus
        legality = request.legality
    }

    /// A pinned value that is illegal by itself.
    public struct Problem: Hashable, Sendable {
        /// The dimension, as its flag names it.
        public let dimension: String
        /// What was asked, why it cannot be, and what could.
        public let what: String
        /// Whether no other pinned value of the dimension is legal either, so that nothing can be planned.
        public let isFatal: Bool
    }

    /// The pinned values that are illegal by themselves, dimension by dimension.
    public var problems: [Problem] {
        dimensions.flatMap { dimension -> [Problem] in
            let values = listed(dimension.allowed)
            let complaints = values.map { complaint(dimension, $0) }
            let isFatal = !values.isEmpty && complaints.allSatisfy { $0 != nil }
            // A range is a limit, not a list of wishes: values inside it that cannot be matter only when none can.
            guard isFatal || dimension.allowed.isList else { return [] }
            let shown = dimension.allowed.isList ? complaints.compactMap { $0 } : Array(complaints.compactMap { $0 }.prefix(1))
            return shown.map { Problem(dimension: dimension.flag, what: $0, isFatal: isFatal) }
        } + choiceProblems + innerProblems
    }

    /// Why pins that are legal one by one leave nothing together, from the strategies that broke a rule; the commonest rule first.
    public func contradictions(_ outcome: SearchOutcome) -> [String] {
        if let pins = sizeContradiction ?? pipelineContradiction { return [pins] }
        return outcome.examples.sorted { a, b in
            let (first, second) = (outcome.counts.rejected[a.key.rawValue] ?? 0, outcome.counts.rejected[b.key.rawValue] ?? 0)
            return first != second ? first > second : a.key.rawValue < b.key.rawValue
        }.map { legality.describe($0.key, in: $0.value).description }
    }

    private struct Dimension {
        let flag: String
        let allowed: Allowed
        let set: @Sendable (inout ParallelStrategy, Int) -> Void
    }

    private var dimensions: [Dimension] {
        let constraints = request.constraints
        return [
            Dimension(flag: "tp", allowed: constraints.tensor) { $0.tensor = $1 },
            Dimension(flag: "pp", allowed: constraints.pipeline) { $0.pipeline = $1 },
            Dimension(flag: "vpp", allowed: constraints.virtualStages) { $0.virtualStages = $1 },
            Dimension(flag: "cp", allowed: constraints.context) { $0.context = $1 },
            Dimension(flag: "ep", allowed: constraints.expert) { $0.expert = $1 },
            Dimension(flag: "etp", allowed: constraints.expertTensor) { $0.expertTensor = $1 },
            Dimension(flag: "dp", allowed: constraints.data) { $0.data = $1 },
            Dimension(flag: "micro-batch-size", allowed: constraints.microBatch) { $0.microBatch = $1 },
        ].filter { $0.allowed.isPinned }
    }

    /// The values to look at: all of a list, those up to the GPUs of a range.
    private func listed(_ allowed: Allowed) -> [Int] {
        switch allowed {
        case .any: []
        case .values(let values): values
        case .range(let range):
            range.lowerBound <= world ? Array(range.clamped(to: range.lowerBound...max(world, range.lowerBound))) : [range.lowerBound]
        }
    }

    /// What is wrong with a value of one dimension, all others left open; nil where something could have it.
    private func complaint(_ dimension: Dimension, _ value: Int) -> String? {
        let job = request.inputs.job
        switch dimension.flag {
        case "micro-batch-size":
            guard job.globalBatch % value != 0 else { return nil }
            return "micro-batch size \(value) does not divide the global batch of \(job.globalBatch); "
                + "it must be one of \(words(StrategySpace.divisors(job.globalBatch)))"
        case "vpp":
            let stages = request.inputs.model.layers + 2
            guard value * 2 > stages else { return nil }
            return
                "vpp \(value) leaves stages without layers, as there are \(request.inputs.model.layers); it must be at most \(stages / 2)"
        case "pp" where value > request.inputs.model.layers + 2:
            // Embedding and loss may be stages of their own.
            return "pp \(value) leaves stages without layers, as there are \(request.inputs.model.layers)"
        default:
            if let problem = shapeComplaint(dimension, value) { return problem }
            guard world % value != 0 else { return nil }
            let legal = StrategySpace.divisors(world).filter { shapeComplaint(dimension, $0) == nil }
            return "\(dimension.flag) \(value) does not divide \(world) GPUs; it must be one of \(words(legal))"
        }
    }

    /// What the model's shape or the stack has against a value under every other choice that the rules couple it with.
    private func shapeComplaint(_ dimension: Dimension, _ value: Int) -> String? {
        var first: String?
        let kinds = request.constraints.contextKinds.map { kinds in ContextParallelKind.allCases.filter(kinds.contains) }
        for kind in kinds ?? ContextParallelKind.allCases {
            for companion in companions(of: dimension, value) {
                for sequenceParallel in [true, false] {
                    var probe = companion
                    probe.contextKind = kind
                    probe.contextInner = kind.innerSizes(of: probe.context).first ?? 1
                    probe.sequenceParallel = sequenceParallel && probe.tensor > 1
                    guard let rule = legality.shapeViolation(of: probe) ?? legality.stackGridViolation(of: probe) else { return nil }
                    if first == nil { first = legality.describe(rule, in: probe).description }
                }
            }
        }
        return first
    }

    /// Strategies with a value of one dimension and the sizes beside it that stacks may demand: dense and expert tensor sizes that are
    /// equal, or experts spread over ranks.
    private func companions(of dimension: Dimension, _ value: Int) -> [ParallelStrategy] {
        // Eight sequences, so that no rule on the tokens of a micro-batch hides behind a size.
        var plain = ParallelStrategy(microBatch: 8)
        dimension.set(&plain, value)
        guard let experts = legality.divisions.mixtures.first, ["tp", "etp"].contains(dimension.flag) else { return [plain] }
        var equal = plain
        (equal.tensor, equal.expertTensor) = (value, value)
        var spread = plain
        spread.expert = experts.count
        return dimension.flag == "tp" ? [plain, equal, spread] : [equal]
    }

    /// Pinned schedules, shardings and recomputation that the stack lacks.
    private var choiceProblems: [Problem] {
        guard let launches = legality.stack?.launches else { return [] }
        let constraints = request.constraints
        var problems: [Problem] = []
        func check<Choice: Hashable & CaseIterable>(
            _ flag: String, _ wanted: Set<Choice>?, _ launchable: Set<Choice>, _ rule: LegalityRule,
            _ probe: (Choice) -> ParallelStrategy
        ) {
            guard let wanted else { return }
            let isFatal = wanted.isDisjoint(with: launchable)
            for choice in Choice.allCases where wanted.contains(choice) && !launchable.contains(choice) {
                problems.append(
                    Problem(dimension: flag, what: legality.describe(rule, in: probe(choice)).description, isFatal: isFatal))
            }
        }
        check("schedule", constraints.schedules, launches.schedules, .stackSchedule) { ParallelStrategy(schedule: $0) }
        check("optimizer-sharding", constraints.sharding, launches.shardings, .stackSharding) { ParallelStrategy(sharding: $0) }
        problems += offloadProblems(launches)
        check("recompute", constraints.recompute, launches.recompute, .stackRecompute) { ParallelStrategy(recompute: $0) }
        if let wanted = constraints.recomputeModules {
            let probe = ParallelStrategy(recompute: .selective, recomputeModules: wanted)
            let rules = launches.argumentRules
            if rules.droppable(wanted, of: request.inputs.divisions, precision: request.inputs.job.precision) != wanted {
                let what = legality.describe(.recomputeModules, in: probe).description
                let isFatal = constraints.recompute?.contains(.selective) ?? true
                problems.append(Problem(dimension: "recompute-modules", what: what, isFatal: isFatal))
            }
        }
        check("cp-kind", constraints.contextKinds, launches.contextKinds, .stackContext) {
            ParallelStrategy(context: 4, contextKind: $0, contextInner: $0.innerSizes(of: 4).first ?? 1)
        }
        return problems
    }

    /// Sizes that are legal alone but whose product does not tile the GPUs.
    private var sizeContradiction: String? {
        let pinned = dimensions.filter { ["tp", "pp", "cp", "dp"].contains($0.flag) }
        guard pinned.count > 1 else { return nil }
        var products: Set<Int> = [1]
        for dimension in pinned {
            let factors = listed(dimension.allowed).filter { world % $0 == 0 }
            products = Set(
                products.flatMap { product in factors.map { product.multipliedReportingOverflow(by: $0) } }
                    .compactMap { $0.overflow ? nil : $0.partialValue })
        }
        guard !products.contains(where: { pinned.count == 4 ? $0 == world : world % $0 == 0 }) else { return nil }
        let names = pinned.map { "\($0.flag) \($0.allowed.words)" }.joined(separator: " × ")
        return "\(names) cannot tile \(world) GPUs; the product must \(pinned.count == 4 ? "be" : "divide") \(world)"
    }

    /// A pinned layout, number of virtual stages or schedule that the pipeline sizes allowed cannot have.
    private var pipelineContradiction: String? {
        let constraints = request.constraints
        let stages = StrategySpace.divisors(world).filter { constraints.pipeline.contains($0) }
        let hasPipeline = stages.contains { $0 > 1 }
        let layers = request.inputs.model.layers
        if case .explicit(let counts)? = constraints.layout {
            let total = counts.reduce(0, +)
            if total != layers { return "the layout places \(total) layers and the model has \(layers)" }
            let fits = stages.contains { counts.count % $0 == 0 && constraints.virtualStages.contains(counts.count / $0) }
            if !fits {
                return "the layout has \(counts.count) stages, which pp \(constraints.pipeline.words) times vpp "
                    + "\(constraints.virtualStages.words) cannot make"
            }
        }
        guard !hasPipeline else { return nil }
        if constraints.virtualStages.isPinned, !constraints.virtualStages.contains(1) {
            return "vpp \(constraints.virtualStages.words) needs a pipeline, and pp is \(constraints.pipeline.words)"
        }
        if let schedules = constraints.schedules, !schedules.isEmpty, schedules.isDisjoint(with: [.gpipe, .oneForwardOneBackward]) {
            let names = schedules.map(\.rawValue).sorted().joined(separator: ", ")
            return "\(names) needs a pipeline, and pp is \(constraints.pipeline.words)"
        }
        return nil
    }

    private func words(_ values: [Int]) -> String {
        let most = 24
        return values.prefix(most).map(String.init).joined(separator: ", ") + (values.count > most ? ", …" : "")
    }
}

extension Allowed {
    /// Whether single values are named.
    var isList: Bool { if case .values = self { true } else { false } }

    /// The allowed values as a flag takes them: `8`, `1,2,4` or `4...16`.
    public var words: String {
        switch self {
        case .any: "any"
        case .values(let values): values.map(String.init).joined(separator: ",")
        case .range(let range): "\(range.lowerBound)...\(range.upperBound)"
        }
    }
}
