import Quantities
public import Workload

/// What `model show` tells of a model; its JSON form is the contract `meshwright.model/1`.
public struct ModelSummary: Encodable, Sendable {
    /// The model itself.
    public let model: TransformerModel
    /// Tokens of a sequence that the arithmetic is counted for.
    public let sequenceLength: Int
    /// The operators of its layers, where they are asked for.
    public let operators: OperatorTable?

    /// A summary for sequences of a length, by default the one usual for the model; with the times of operators at a place.
    public init(_ model: TransformerModel, sequenceLength: Int? = nil, withOperators: Bool = false, at place: OperatorTable.Place? = nil) {
        self.model = model
        let length = sequenceLength ?? model.usualSequenceLength
        self.sequenceLength = length
        operators = withOperators ? OperatorTable(model, sequenceLength: length, at: place) : nil
    }

    /// The formats and optimizers whose state is shown.
    static let states: [(precision: Precision, optimizer: Optimizer)] = [
        (.bf16, .adam), (.bf16, .adamBF16Moments), (.bf16, .muon), (.fp16, .adam), (.fp32, .adam),
    ]

    /// Parameters that are trained: the published total and the multi-token-prediction blocks.
    var trainedParameters: Int {
        let count = model.parameters
        return count.total + count.predictionBlocks
    }

    /// Parts of the parameters with their names, in the order of the model; a prediction block is outside the total.
    var parameterParts: [(name: String, count: Int)] {
        let count = model.parameters
        return [
            ("embedding", count.embedding), ("positions", count.positions),
            ("layer_embedding", count.layerEmbedding), ("attention", count.sum { $0.attention + $0.latentDown }),
            ("recurrent_mixers", count.sum(\.recurrent)), ("feed_forward", count.sum(\.feedForward)),
            ("routed_experts", count.sum(\.routedExperts)), ("shared_experts", count.sum(\.sharedExperts)),
            ("router", count.sum(\.router)), ("norms_and_biases", count.sum(\.vectors) + count.finalNorm), ("head", count.head),
            ("outside_layers", count.extras),
        ]
    }

    /// Writes the contract's keys.
    public func encode(to encoder: any Encoder) throws {
        var root = encoder.container(keyedBy: Key.self)
        try root.encode("meshwright.model/1", forKey: "schema")
        try root.encode(model.name, forKey: "name")
        try root.encode(model.source, forKey: "source")
        try root.encode(ModelShape(model), forKey: "shape")
        try root.encodeIfPresent(operators, forKey: "operators")

        let count = model.parameters
        var parameters = root.nestedContainer(keyedBy: Key.self, forKey: "parameters")
        try parameters.encode(count.total, forKey: "total")
        try parameters.encode(count.active, forKey: "active")
        for part in parameterParts { try parameters.encode(part.count, forKey: Key(part.name)) }
        try parameters.encode(count.predictionBlocks, forKey: "prediction_blocks")

        var flops = root.nestedContainer(keyedBy: Key.self, forKey: "flops_per_token")
        try flops.encode(sequenceLength, forKey: "sequence_length")
        for counting in AttentionCounting.allCases {
            let forward = model.forwardFLOPs(sequenceLength: sequenceLength, counting: counting)
            var counted = flops.nestedContainer(keyedBy: Key.self, forKey: Key(counting.rawValue))
            try counted.encode(forward.total.count, forKey: "forward")
            try counted.encode(forward.training.count, forKey: "training")
            try counted.encode(forward.trainingWithSelectiveRecompute.count, forKey: "training_selective_recompute")
            try counted.encode(forward.trainingWithFullRecompute.count, forKey: "training_full_recompute")
            var parts = counted.nestedContainer(keyedBy: Key.self, forKey: "forward_parts")
            for part in forward.parts { try parts.encode(part.flops.count, forKey: Key(part.name)) }
        }

        var states = root.nestedUnkeyedContainer(forKey: "state_bytes")
        for (precision, optimizer) in Self.states {
            let bytes = StateBytes(precision: precision, optimizer: optimizer)
            var state = states.nestedContainer(keyedBy: Key.self)
            try state.encode(precision.rawValue, forKey: "precision")
            try state.encode(optimizer.rawValue, forKey: "optimizer")
            try state.encode(bytes.parameter, forKey: "parameter")
            try state.encode(bytes.gradient, forKey: "gradient")
            try state.encode(bytes.optimizer, forKey: "optimizer_state")
            try state.encode(bytes.total, forKey: "per_parameter")
            try state.encode(bytes.total * Double(trainedParameters), forKey: "total")
        }
    }

    /// A key whose name is a value.
    private struct Key: CodingKey, ExpressibleByStringLiteral {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init(stringLiteral value: String) { stringValue = value }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
