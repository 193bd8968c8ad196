public import Documents
public import Parallelism
import Schedules
public import Search
public import Workload

/// The answer of `plan`, read back from its JSON (contract `meshwright.plan/1`, docs/json.md).
///
/// Only what a launch needs is read. A file that ends in `.json` must be JSON, others may be YAML.
public struct PlanDocument: Hashable, Sendable {
    /// The contract that is read.
    public static let schema = "meshwright.plan/1"

    /// A file that the plan was computed from.
    public struct Source: Hashable, Sendable {
        /// The name that it gives itself.
        public var name: String
        /// SHA-256 of its text, in hexadecimal.
        public var sha256: String
        /// The path that it was read from; nil for what is shipped.
        public var file: String?
        /// Where the plan says so.
        public var location: SourceLocation
    }

    /// A ranked plan.
    public struct Entry: Hashable, Sendable {
        /// Its place, from 1.
        public var rank: Int
        /// Its strategy.
        public var strategy: ParallelStrategy
        /// Which communication runs beside compute.
        public var overlap: Overlap
        /// Expected time of a step, in s, and GiB to reserve; nil where the plan does not state them.
        public var stepTime, memory: Double?
        /// The chance of choosing the fastest of the plans once this one was tried; nil where the plan does not state it.
        public var chanceAfterTrial: Double?
        /// Which GPU each rank takes; nil where ranks take the GPUs in order.
        public var places: [PlacementDocument.Place]?
        /// Where its strategy stands.
        public var location: SourceLocation

        /// The map of ranks to the GPUs of a cluster with these nodes; nil where ranks take the GPUs in order.
        public func placement(nodeNames: [String]) throws(DocumentError) -> [RankLocation]? {
            guard let places else { return nil }
            return try PlacementDocument.map(places, nodeNames: nodeNames)
        }
    }

    /// Which communication runs beside compute.
    public struct Overlap: Hashable, Sendable {
        /// Gradient reduction and parameter gathering.
        public var dataParallel: Bool
        /// Tensor-parallel collectives.
        public var tensorParallel: Bool
        /// Expert all-to-alls.
        public var expertParallel: Bool
        /// What hides tensor-parallel collectives where that is not the stack's own way; nil where it is.
        public var tensorTechnique: OverlapTechnique?
        /// What hides the exchange of tokens within a layer; nil for nothing.
        public var expertTechnique: ExpertOverlap?
    }

    /// How long sequences were, and how they became rows.
    public struct Lengths: Hashable, Sendable {
        /// A shipped distribution, or the path of a file, as `--lengths` took it.
        public var name: String
        /// How rows were packed, as `--packing` says it.
        public var packing: String
        /// Steps that were drawn; nil where the plan does not state them.
        public var draws: Int?
        /// Mean length in tokens; nil where the plan does not state it.
        public var mean: Double?
        /// Where the plan says so.
        public var location: SourceLocation
    }

    /// The model's file.
    public var model: Source
    /// The cluster's file, before it was scaled.
    public var cluster: Source
    /// The stack's file.
    public var stack: Source
    /// The teacher's file; nil without one.
    public var teacher: Source?
    /// GPUs that the plan fills.
    public var gpus: Int
    /// What is trained.
    public var job: TrainingJob
    /// How tokens were routed, as `--routing` says it; nil where nothing was said.
    public var routing: String?
    /// How long sequences were; nil where every one filled a row.
    public var lengths: Lengths?
    /// The plans, best first.
    public var plans: [Entry]

    /// The plan of a file.
    public static func read(path: String) throws(DocumentError) -> PlanDocument { try PlanDocument(YAMLDocument.read(path: path)) }

    /// The plan of a text; `file` is its name in messages.
    public static func parse(text: String, file: String) throws(DocumentError) -> PlanDocument {
        try PlanDocument(YAMLDocument.parse(text: text, file: file))
    }

    private init(_ root: YAMLNode) throws(DocumentError) {
        let reader = try MappingReader(root, as: "a plan")
        let schema = try reader.required("schema", .string)
        guard schema == Self.schema else {
            throw DocumentError(
                reader.location(of: "schema"),
                .invalid("the plan is written as \(schema)", remedy: "this version reads \(Self.schema); run plan again with it"))
        }
        let inputs = try MappingReader(reader.required("inputs", .node), as: "inputs")
        model = try Self.source(inputs, "model")
        cluster = try Self.source(inputs, "cluster")
        stack = try Self.source(inputs, "stack")
        gpus = try MappingReader(inputs.required("cluster", .node), as: "the cluster").required("gpus", .int(in: 1...16_777_216))
        let job = try MappingReader(reader.required("job", .node), as: "a job")
        self.job = TrainingJob(
            globalBatch: try job.required("global_batch_size", .int(in: 1...16_777_216)),
            sequenceLength: try job.required("sequence_length", .int(in: 1...ModelLimits.sequenceLength.upperBound)),
            precision: try job.required("precision", YAMLType<Precision>.choice()),
            optimizer: try job.required("optimizer", YAMLType<Optimizer>.choice()), tokens: try job.optional("tokens", .positive),
            gradientFormat: try job.optional("gradient_format", YAMLType<GradientFormat>.choice()),
            method: try job.optional("method", .node).map { node throws(DocumentError) in try Self.method(node) } ?? .pretrain)
        teacher = try job.optional("method", .node).flatMap { node throws(DocumentError) in
            let method = try MappingReader(node, as: "a method")
            return method.has("teacher") ? try Self.source(method, "teacher") : nil
        }
        var plans: [Entry] = []
        lengths = try reader.optional("lengths", .node).map { node throws(DocumentError) in
            let lengths = try MappingReader(node, as: "lengths")
            return Lengths(
                name: try lengths.required("name", .string), packing: try lengths.required("packing", .string),
                draws: try lengths.optional("draws", .int(in: 1...100_000)), mean: try lengths.optional("mean", .positive),
                location: lengths.location(of: "name"))
        }
        routing = try reader.optional("routing", .node).map { node throws(DocumentError) in
            try MappingReader(node, as: "routing").required("source", .string)
        }
        for node in try reader.required("plans", .list(of: .node)) { plans.append(try Entry(MappingReader(node, as: "a plan"))) }
        for plan in plans where !plan.strategy.fills(gpus) {
            throw DocumentError(
                plan.location,
                .invalid("tp × cp × dp × pp of plan \(plan.rank) is not the \(gpus) GPUs of its cluster", remedy: "run plan again"))
        }
        self.plans = plans
    }

    /// What a plan trains, as `PlanReport` writes it.
    private static func method(_ node: YAMLNode) throws(DocumentError) -> TrainingMethod {
        let reader = try MappingReader(node, as: "a method")
        var method = TrainingMethod(
            try reader.required("kind", YAMLType<TrainingMethod.Kind>.choice()),
            baseFormat: try reader.required("base_format", YAMLType<WeightFormat>.choice()))
        if let frozen = try reader.optional("frozen", .string) {
            do throws(FrozenPartsError) { method.frozen = try FrozenParts(frozen) } catch {
                throw DocumentError(reader.location(of: "frozen"), .invalid(error.description, remedy: "run plan again"))
            }
        }
        if let rank = try reader.optional("lora_rank", .int(in: 1...1_048_576)) {
            method.adapters = Adapters(
                rank: rank, alpha: try reader.required("lora_alpha", .positive),
                targets: Set(try reader.required("lora_targets", .list(of: YAMLType<Projection>.choice()))),
                dropout: try reader.required("lora_dropout", .fraction), isDecomposed: try reader.required("dora", .bool))
        }
        return method
    }

    private static func source(_ inputs: MappingReader, _ key: String) throws(DocumentError) -> Source {
        let reader = try MappingReader(inputs.required(key, .node), as: "a source")
        return Source(
            name: try reader.required("name", .string), sha256: try reader.required("sha256", .string),
            file: try reader.optional("file", .string), location: reader.location(of: "sha256"))
    }
}

extension ParallelStrategy {
    /// Whether the strategy occupies exactly `gpus` GPUs; says no rather than overflow.
    fileprivate func fills(_ gpus: Int) -> Bool {
        let product = [tensor, context, data, pipeline].reduce(1.0) { $0 * Double($1) }
        return product == Double(gpus)
    }
}
