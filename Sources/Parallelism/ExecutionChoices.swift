/// Kernels and options of a run that decide its speed and memory but not its parallel layout.
public struct ExecutionChoices: Hashable, Sendable {
    /// The attention kernel.
    public var attentionKernel: AttentionKernel
    /// Whether normalisations run as one fused kernel.
    public var fusedNorm: Bool
    /// Whether element-wise operators are fused by a compiler.
    public var compiled: Bool
    /// Whether tensor-parallel collectives are pipelined with their matrix products.
    public var asyncTensorParallel: Bool
    /// How much of a step is captured in graphs, which frees it of launch overhead.
    public var graphs: Graphs
    /// How tokens reach their experts.
    public var dispatcher: Dispatcher
    /// The format in which tokens travel to their experts; back they have 16 bits.
    public var dispatchFormat = DispatchFormat.bf16
    /// Nodes that a token's experts may be on, at most (DeepSeek-V3, arXiv:2412.19437, §2.1.2); nil for any.
    public var routedNodes: Int?
    /// Whether the host waits for the number of tokens each expert receives, as dropless dispatchers without HybridEP do.
    public var waitsForTokenCounts: Bool
    /// Whether expert all-to-alls run beside another micro-batch's compute.
    public var overlapsExperts: Bool
    /// What hides tensor-parallel collectives where that is not as the stack does; nil for the stack's own way, whose share that shows was fitted.
    public var tensorOverlap: OverlapTechnique?
    /// What hides the exchange of tokens within a layer; nil for nothing.
    public var expertOverlap: ExpertOverlap?
    /// Whether gradient reduction and parameter gathering run beside compute.
    public var overlapsDataParallel: Bool
    /// Whether experts run as one grouped kernel.
    public var groupedExperts: Bool
    /// Whether queries, keys and values are one product, and a gate and what it gates another; each is one of its own where not.
    public var fusedProjections: Bool
    /// Whether the loss is computed in passes over the logits that a fused kernel joins.
    public var fusedLoss: Bool
    /// When the software was released, as a year with its fraction: kernels of a GPU generation get faster from release to release. Nil where
    /// nothing is known, which means the date that the constants of the kernels stand for.
    public var release: Double?

    /// The attention kernel.
    public enum AttentionKernel: String, CaseIterable, Hashable, Sendable {
        /// cuDNN or FlashAttention-3, the fastest of the GPU.
        case fused
        /// FlashAttention-2.
        case flash2
        /// FlashAttention-1.
        case flash1
        /// Batched products with a fused softmax.
        case fusedSoftmax = "fused-softmax"
        /// Batched products with separate scale, mask, softmax and dropout.
        case unfused

        /// Whether the scores stay on chip, so that memory grows with the sequence rather than its square.
        public var isFlash: Bool { self == .fused || self == .flash2 || self == .flash1 }
    }

    /// Graph capture.
    public enum Graphs: String, CaseIterable, Hashable, Sendable {
        /// Every kernel is launched by the host.
        case none
        /// Parts of a layer are captured.
        case partial
        /// The whole iteration is captured.
        case full
    }

    /// Expert dispatch.
    public enum Dispatcher: String, CaseIterable, Hashable, Sendable {
        /// NCCL all-to-all, one copy a token and expert.
        case allToAll = "all-to-all"
        /// Two hops: inside the node, then one message a pair of nodes (SE-MoE, Tutel).
        case hierarchical
        /// DeepEP: one copy a token and rank; the host waits for counts.
        case deepEP = "deep-ep"
        /// HybridEP: one copy a token and rank; no wait.
        case hybridEP = "hybrid-ep"
        /// All-gather of all tokens.
        case allGather = "all-gather"
    }

    /// The format of a token on its way to experts.
    public enum DispatchFormat: String, CaseIterable, Hashable, Sendable {
        /// 16 bits.
        case bf16
        /// 8 bits, with a scale of 4 bytes for 128 numbers.
        case fp8

        /// Bytes of a number.
        public var bytes: Double { self == .bf16 ? 2 : 1 + 4.0 / 128 }
    }

    /// How tokens travel in words, where that is not as in `usual`; nil where it is.
    public func exchangeWords(beside usual: ExecutionChoices) -> String? {
        var words: [String] = []
        if dispatcher != usual.dispatcher { words.append("by \(dispatcher.rawValue)") }
        if dispatchFormat != usual.dispatchFormat { words.append("in \(dispatchFormat.rawValue) to their experts") }
        if let routedNodes { words.append("to at most \(routedNodes) \(routedNodes == 1 ? "node" : "nodes")") }
        return words.isEmpty ? nil : "tokens travel " + words.joined(separator: ", ")
    }

    /// What hides exchanges in words, where that is not as in `usual`; nil where it is.
    public func overlapWords(beside usual: ExecutionChoices) -> String? {
        var words: [String] = []
        if let tensorOverlap, tensorOverlap != usual.tensorOverlap {
            words.append("tensor-parallel collectives by \(tensorOverlap.rawValue)")
        } else if asyncTensorParallel != usual.asyncTensorParallel {
            words.append(asyncTensorParallel ? "tensor-parallel collectives by async-tp" : "tensor-parallel collectives by none")
        }
        if let expertOverlap, expertOverlap != usual.expertOverlap { words.append("exchange of tokens by \(expertOverlap.rawValue)") }
        if overlapsExperts, !usual.overlapsExperts { words.append("exchange of tokens by batches") }
        return words.isEmpty ? nil : "hidden: " + words.joined(separator: ", ")
    }

    /// The choices of a run.
    public init(
        attentionKernel: AttentionKernel, fusedNorm: Bool, compiled: Bool = false, asyncTensorParallel: Bool = false,
        graphs: Graphs = .none,
        dispatcher: Dispatcher = .allToAll, waitsForTokenCounts: Bool = true, overlapsExperts: Bool = false,
        overlapsDataParallel: Bool, groupedExperts: Bool = true, fusedProjections: Bool = true, fusedLoss: Bool = true,
        release: Double? = nil
    ) {
        self.attentionKernel = attentionKernel
        self.fusedNorm = fusedNorm
        self.compiled = compiled
        self.asyncTensorParallel = asyncTensorParallel
        self.graphs = graphs
        self.dispatcher = dispatcher
        self.waitsForTokenCounts = waitsForTokenCounts
        self.overlapsExperts = overlapsExperts
        self.overlapsDataParallel = overlapsDataParallel
        self.groupedExperts = groupedExperts
        self.fusedProjections = fusedProjections
        self.fusedLoss = fusedLoss
        self.release = release
    }
}
