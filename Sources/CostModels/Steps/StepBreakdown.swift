/// Where a step's time goes, in seconds on the busiest pipeline rank; the sum is the step time.
public struct StepBreakdown: Hashable, Sendable {
    /// A part of the step; the raw value is its key in JSON.
    public enum Term: String, CaseIterable, Sendable {
        /// Projections, dense feed-forward, shared experts, router; casts and gradient accumulation included.
        case matrixProducts = "matrix_products"
        /// Attention core.
        case attention
        /// Recurrences over tokens and short convolutions.
        case recurrence
        /// Grouped products of routed experts.
        case experts
        /// Norms, residuals, activations, rotary embedding, permutation.
        case elementwise
        /// Embedding, head and loss.
        case head
        /// Activations computed again in the backward pass.
        case recompute
        /// Time by which issuing kernels exceeds the device's work.
        case launch
        /// Visible tensor-parallel collectives.
        case tensorCommunication = "tensor_communication"
        /// Visible context-parallel exchange.
        case contextCommunication = "context_communication"
        /// Visible expert dispatch and combine.
        case expertCommunication = "expert_communication"
        /// Visible parameter gathers and gradient scatters of fully sharded training.
        case shardCommunication = "shard_communication"
        /// Pipeline transfers that block compute.
        case pipelineCommunication = "pipeline_communication"
        /// Time the busiest rank waits for others.
        case pipelineBubble = "pipeline_bubble"
        /// What rows of unequal work add: ranks that hold shorter documents wait for those that hold longer ones.
        case unevenRows = "uneven_rows"
        /// Data-parallel communication that nothing hides.
        case dataParallel = "data_parallel"
        /// What links and nodes as they are, under the plan's placement, add to links of mean speed; below 0 where placement avoids the
        /// slow ones.
        case placement
        /// The optimizer's update, that on the host included.
        case optimizer
        /// Copies between GPU and host that nothing hides: gradients in backward passes, and activations.
        case offload
        /// Stragglers, jitter and the fixed part of a step.
        case overhead
    }

    /// Seconds by term, in the order of `Term.allCases`.
    private var values = [Double](repeating: 0, count: Term.allCases.count)

    /// A step that takes no time.
    public init() {}

    /// The seconds of a term.
    public subscript(term: Term) -> Double {
        get { values[Self.index(term)] }
        set { values[Self.index(term)] = newValue }
    }

    /// The step time.
    public var total: Double { values.reduce(0, +) }

    /// Adds a layer's parts, `factor` times.
    mutating func add(_ parts: LayerParts, times factor: Double) {
        self[.matrixProducts] += factor * parts.matrixProducts
        self[.attention] += factor * parts.attention
        self[.recurrence] += factor * parts.recurrence
        self[.experts] += factor * parts.experts
        self[.elementwise] += factor * parts.elementwise
        self[.tensorCommunication] += factor * parts.tensorCommunication
        self[.contextCommunication] += factor * parts.contextCommunication
        self[.expertCommunication] += factor * parts.expertCommunication
        self[.launch] += factor * parts.launch
    }

    private static func index(_ term: Term) -> Int { Term.allCases.firstIndex(of: term) ?? 0 }
}
