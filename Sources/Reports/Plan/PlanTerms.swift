import CostModels

/// The words and colours of the parts of a step and of a memory.
enum PlanTerms {
    /// What kind of time or memory a part is, which decides its colour.
    enum Family {
        case arithmetic, again, communication, waiting, rest

        /// The hues of Okabe and Ito's colour-blind-safe set.
        var colour: Colour {
            switch self {
            case .arithmetic: Colour(0x2F74B5)
            case .again: Colour(0x2BA884)
            case .communication: Colour(0xE69F00)
            case .waiting: Colour(0xD9652B)
            case .rest: Colour(0x8894A6)
            }
        }
    }

    /// A part in words.
    static func words(_ key: String) -> String {
        switch key {
        case "head": "embedding, head and loss"
        case "elementwise": "element-wise operators"
        case "experts": "experts' products"
        case "recompute": "recomputation"
        case "launch": "kernel launches"
        case "tensor_communication": "tensor-parallel communication"
        case "context_communication": "context-parallel communication"
        case "expert_communication": "expert-parallel communication"
        case "shard_communication": "shard gathers and scatters"
        case "pipeline_communication": "pipeline transfers"
        case "data_parallel": "data-parallel communication"
        case "placement": "links and nodes as they are"
        case "offload": "copies to and from the host"
        case "host": "the host's memory"
        case "uneven_rows": "rows of unequal work"
        case "overhead": "stragglers and fixed costs"
        case "states": "parameters, gradients, optimizer"
        case "transient": "logits or largest transient"
        case "buffers": "gradient and gather buffers"
        case "fixed": "context and communicators"
        case "allocator": "fragmentation to allow for"
        default: key.replacing("_", with: " ")
        }
    }

    /// The kind of a part of a step.
    static func family(ofTime key: String) -> Family {
        switch StepBreakdown.Term(rawValue: key) {
        case .matrixProducts, .attention, .recurrence, .experts, .elementwise, .head: .arithmetic
        case .recompute: .again
        case .tensorCommunication, .contextCommunication, .expertCommunication, .shardCommunication, .pipelineCommunication, .dataParallel,
            .placement, .offload:
            .communication
        case .pipelineBubble, .unevenRows, .launch: .waiting
        case .optimizer, .overhead, nil: .rest
        }
    }

    /// The kind of a part of a memory.
    static func family(ofMemory key: String) -> Family {
        switch key {
        case "states": .arithmetic
        case "activations": .communication
        case "transient": .again
        case "allocator": .waiting
        default: .rest
        }
    }
}
