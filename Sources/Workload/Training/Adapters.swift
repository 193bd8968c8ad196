/// Low-rank matrices beside frozen ones: y = W·x + (α/r)·B·A·x with A of r × inputs and B of outputs × r (Hu et al., arXiv:2106.09685, eq. 3).
public struct Adapters: Hashable, Sendable {
    /// The rank, r.
    public var rank: Int
    /// The scale, α, which costs nothing.
    public var alpha: Double
    /// The matrices that have adapters.
    public var targets: Set<Projection>
    /// Share of the inputs that is dropped at random before the first matrix; each adapter keeps what is left, and the mask.
    public var dropout: Double
    /// Whether the magnitude of each output is trained apart (DoRA; Liu et al., arXiv:2402.09353).
    public var isDecomposed: Bool

    /// Adapters of some matrices.
    public init(rank: Int, alpha: Double, targets: Set<Projection>, dropout: Double = 0, isDecomposed: Bool = false) {
        self.rank = rank
        self.alpha = alpha
        self.targets = targets
        self.dropout = dropout
        self.isDecomposed = isDecomposed
    }

    /// The rank of adapters that nobody chose, which is what the frameworks' recipes start from.
    public static let usualRank = 16

    /// Adapters that nobody chose: of the usual rank, scaled by 2, on every linear layer that there is.
    public static func usual(for model: TransformerModel) -> Adapters {
        Adapters(
            rank: usualRank, alpha: 2 * Double(usualRank),
            targets: (Projection.named("all-linear") ?? []).intersection(Projection.all(in: model)))
    }
}

/// A matrix of a layer as the frameworks name it.
public enum Projection: String, CaseIterable, Hashable, Sendable {
    /// Queries.
    case query = "q_proj"
    /// Keys.
    case key = "k_proj"
    /// Values.
    case value = "v_proj"
    /// Queries, keys and values as one matrix with one adapter.
    case queryKeyValue = "qkv_proj"
    /// What attention writes back to the residual stream.
    case attentionOutput = "o_proj"
    /// The gate of a feed-forward, dense or of an expert.
    case gate = "gate_proj"
    /// What it gates.
    case up = "up_proj"
    /// Both as one matrix with one adapter.
    case gateUp = "gate_up_proj"
    /// The way back.
    case down = "down_proj"
    /// Latent attention's down-projection of queries.
    case queryDown = "q_a_proj"
    /// Its up-projection.
    case queryUp = "q_b_proj"
    /// Latent attention's down-projection of keys and values.
    case keyValueDown = "kv_a_proj"
    /// Its up-projection.
    case keyValueUp = "kv_b_proj"
    /// What a recurrent mixer reads, and whatever other products a layer has.
    case mixerInput = "in_proj"
    /// What a recurrent mixer writes.
    case mixerOutput = "out_proj"

    /// The projections that a name means: PEFT's, Megatron's, TorchTune's or GPT's, or a group of them; nil for a name that nobody uses.
    public static func named(_ name: String) -> Set<Projection>? {
        if let one = Projection(rawValue: name) { return [one] }
        return groups[name]
    }

    /// Whether a name stands for several matrices, of which a model need not have all.
    public static func isGroup(_ name: String) -> Bool { ["attention", "mlp", "all-linear"].contains(name) }

    /// Names that people use beside those of the cases.
    public static let groups: [String: Set<Projection>] = [
        "attention": attention, "mlp": feedForward, "all-linear": Set(allCases).subtracting([.queryKeyValue, .gateUp]),
        "linear_qkv": [.queryKeyValue], "query_key_value": [.queryKeyValue], "c_attn": [.queryKeyValue], "Wqkv": [.queryKeyValue],
        "linear_proj": [.attentionOutput], "output_proj": [.attentionOutput], "dense": [.attentionOutput],
        "linear_fc1": [.gateUp], "linear_fc2": [.down], "w1": [.gate], "w2": [.down], "w3": [.up],
        "fc1": [.up], "fc2": [.down], "c_fc": [.up], "dense_h_to_4h": [.up], "dense_4h_to_h": [.down],
        "kv_a_proj_with_mqa": [.keyValueDown], "linear_q_down_proj": [.queryDown], "linear_q_up_proj": [.queryUp],
        "linear_kv_down_proj": [.keyValueDown], "linear_kv_up_proj": [.keyValueUp], "linear_q_proj": [.query],
    ]

    /// Everything around the core of attention.
    public static let attention: Set<Projection> = [
        .query, .key, .value, .attentionOutput, .queryDown, .queryUp, .keyValueDown, .keyValueUp,
    ]

    /// The matrices of feed-forwards and experts.
    public static let feedForward: Set<Projection> = [.gate, .up, .down]
}

/// The two matrices of an adapter: `inputs` × r and r × (`outputs` + `keyValues`).
public struct AdapterPair: Hashable, Sendable {
    /// Rows of the matrix that it stands beside.
    public var inputs: Width
    /// Columns of that matrix.
    public var outputs: Width
    /// More columns with a division of their own.
    public var keyValues = Width(0)

    /// Parameters of the pair at a rank.
    public func parameters(rank: Int) -> Int { rank * (inputs.elements + outputs.elements + keyValues.elements) }
}
