import Parallelism

/// Why combinations were rejected, in words.
enum RejectionText {
    /// A key of the search's counts in words, the key itself behind them where it names a rule.
    static func words(_ key: String) -> String {
        if key.hasPrefix("memory: ") {
            return "too much memory, mostly for \(PlanTerms.words(String(key.dropFirst("memory: ".count))))"
        }
        if key == "micro-batches" { return "more micro-batches than a schedule can hold" }
        guard let rule = LegalityRule(rawValue: key) else { return key }
        return "\(words(rule)) (\(key))"
    }

    private static func words(_ rule: LegalityRule) -> String {
        switch rule {
        case .worldSize: "the sizes do not fill the GPUs"
        case .expertGrid: "the expert grid does not tile the GPUs"
        case .headsByTensor: "tp does not divide the attention heads"
        case .keyValueHeadsByTensor: "tp does not go with the key/value heads"
        case .feedForwardByTensor: "tp does not divide the feed-forward width"
        case .recurrenceByTensor: "tp does not divide the heads of a recurrent mixer"
        case .recurrenceByContext: "tp × cp does not divide the heads of a recurrent mixer"
        case .sequentialByContext: "a recurrence that goes token by token cannot be cut by cp"
        case .offloadModules: "modules move that the model lacks, or of layers that are computed again"
        case .teacherShape: "the sizes do not divide the teacher"
        case .teacherPipeline: "the teacher's layers do not share the pipeline's stages evenly"
        case .stackBlocks: "the stack has no code for a block of the model"
        case .expertWidthByExpertTensor: "etp does not divide the expert width"
        case .expertsByExpert: "ep does not divide the experts"
        case .expertWithoutExperts: "the model has no experts"
        case .sequenceByContext: "2 × cp does not divide the sequence"
        case .sequenceByTensor: "tp does not divide a rank's part of the sequence"
        case .headsByContext: "context ranks that trade heads must divide a rank's heads"
        case .contextHierarchy: "the inner size of nested context parallelism must properly divide cp"
        case .contextKeyValueHeads: "context ranks that trade heads must divide a rank's key/value heads"
        case .contextWindow: "a ring cannot run sliding windows"
        case .contextSinks: "attention sinks need Ulysses"
        case .contextIndexer: "sparse attention needs all-gather"
        case .contextPlainAttention: "context parallelism runs plain attention only"
        case .sequenceByTensorAndContext: "the stack needs 2 × tp × cp to divide the sequence"
        case .expertBiasByExpertTensor: "experts with biases cannot be split"
        case .expertsInShardGroup: "a shard group does not hold whole expert grids"
        case .eightBitSizes: "products in 8 bits need rows by 8 and columns by 16"
        case .compiledPrecisionWithTensor: "the format is compiled without tensor parallelism only"
        case .recomputeModules: "the model lacks a module to recompute"
        case .sequenceParallelAlone: "sequence parallelism without tensor parallelism"
        case .mixtureNeedsSequenceParallel: "experts with tp need sequence parallelism"
        case .batch: "micro-batches do not add up to the global batch"
        case .layers: "the layers cannot be dealt to the stages"
        case .interleavingNeedsPipeline: "virtual stages without a pipeline"
        case .schedule: "the schedule cannot run these sizes"
        case .expertOverlapNeedsChunks: "overlapped expert exchange needs virtual stages"
        case .expertOverlapNeedsExpertParallel: "overlapped expert exchange needs expert parallelism"
        case .expertOverlapLimits: "overlapped expert exchange takes one predicted token and 16 bits"
        case .shardGroup: "the shard group does not divide dp"
        case .recomputeLayers: "more layers to recompute than there are"
        case .tensorInDomain: "tp leaves the node's fabric"
        case .offloadShares: "offload of such a share means nothing"
        case .offloadSharding: "the offload needs another sharding"
        case .offloadLayers: "activations of layers cannot move so"
        case .offloadCheckpoints: "there are no checkpoints to move"
        case .stackOffload: "the stack cannot offload so"
        case .stackSchedule: "the stack lacks the schedule"
        case .stackSharding: "the stack cannot shard so"
        case .stackRecompute: "the stack cannot recompute so"
        case .stackPartialRecompute: "the stack recomputes all layers or none"
        case .stackContext: "the stack lacks this context parallelism"
        case .stackContextByLayer: "the stack has one kind of context parallelism for all layers"
        case .stackContextAlone: "the stack runs context parallelism without tp and pp"
        case .stackTensor: "the stack lacks tensor parallelism"
        case .stackPipeline: "the stack lacks pipelines"
        case .stackExpert: "the stack cannot spread experts so"
        case .stackLayers: "the stack needs equal stages"
        case .stackSequenceParallel: "the stack sets sequence parallelism itself"
        }
    }
}
