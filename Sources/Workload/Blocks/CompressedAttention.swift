/// The attention of DeepSeek-V4 as its public code states it: one key that is the value too, a window of tokens and compressed runs of the tokens
/// before, and an output projection in groups.
public struct CompressedAttention: BlockShape {
    /// Query heads.
    public var heads = 1
    /// Width of a head, and of the one key and value that all share.
    public var headDimension = 1
    /// Rank of the query projection.
    public var queryRank = 1
    /// Groups of the output projection.
    public var outputGroups = 1
    /// Rank of the output projection a group.
    public var outputRank = 1
    /// Tokens that are seen one by one.
    public var window = 1
    /// Tokens of a run that is compressed to one key; 0 where nothing beyond the window is seen.
    public var run = 0
    /// The choice of the runs that a query sees; nil where it sees all of them.
    public var indexer: KeyIndexer?

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `compressed-attention`.
    public static let kind = "compressed-attention"

    /// Its keys in model files.
    public static let fields: [BlockField<CompressedAttention>] = [
        .count("heads", \.heads, in: ModelLimits.heads), .count("head_dimension", \.headDimension, in: ModelLimits.headDimension),
        .count("query_rank", \.queryRank, in: ModelLimits.rank), .count("output_groups", \.outputGroups, in: ModelLimits.heads),
        .count("output_rank", \.outputRank, in: ModelLimits.rank), .count("window", \.window, in: ModelLimits.sequenceLength),
        .count("run", \.run, in: 0...ModelLimits.sequenceLength.upperBound, usual: 0),
        .part(
            "indexer", as: "the indexer of compressed runs", \.indexer, KeyIndexer(heads: 1, headDimension: 1, topK: 1), KeyIndexer.fields),
    ]

    /// Heads that groups cannot share, or an indexer of runs that there are not.
    public func problem() -> BlockProblem? {
        if heads % outputGroups != 0 {
            return BlockProblem(
                key: "output_groups", what: "\(heads) heads cannot share \(outputGroups) groups evenly",
                remedy: "the number of groups must divide \(heads)")
        }
        guard indexer != nil, run == 0 else { return nil }
        return BlockProblem(
            key: "indexer", what: "an indexer chooses compressed runs, and run is 0", remedy: "give run, or leave indexer out")
    }

    /// What a query sees.
    public var distinction: String {
        guard run > 0 else { return "window of \(window)" }
        return indexer == nil ? "runs of \(run)" : "the best \(indexer?.topK ?? 0) runs of \(run)"
    }

    /// Queries through their rank, the shared key, the runs with their gates and norms, the indexer's queries, keys and weights, the core, and the
    /// output group by group.
    ///
    /// A query's keys are those of its window and of the runs; runs are counted as if each query saw the chosen ones, or a window beyond which a
    /// `run`-th of the tokens is left.
    public func operators(hidden: Int) -> [Operator] {
        let h = Width(hidden)
        let queries = Width(heads, of: headDimension, .tensor)
        var norms = Elementwise(kind: .activation, width: queries, tokens: .whole, bytes: 4)
        norms.vectors = queryRank + headDimension
        var operators = [
            Operator(
                "query down-projection", .product(DenseProduct(Width(queryRank), from: h)), .latentDown,
                saved: [SavedTensor(Width(queryRank), .gathered, .activation)], alternateShare: 1, joins: [.queryDown]),
            Operator(
                "query up-projection", .product(DenseProduct(queries, from: Width(queryRank))), .attention,
                saved: [SavedTensor(queries, .whole, .activation)], joins: [.queryUp]),
            Operator(
                "key projection", .product(DenseProduct(Width(headDimension), from: h)), .latentDown,
                saved: [SavedTensor(Width(headDimension), .gathered, .activation)], joins: [.key]),
            Operator("rotation and norms", .elementwise(norms), .vectors),
        ]
        if run > 0 { operators += Self.compression("run", hidden: hidden, run: run, width: headDimension, overlaps: indexer != nil) }
        if let indexer { operators += scores(indexer, hidden: hidden) }
        let core = AttentionWork(
            heads: heads, keyValueHeads: 1, queryKeyWidth: headDimension, valueWidth: headDimension,
            sight: .window(window + (indexer?.topK ?? 0)), isLatent: false, sinks: heads)
        let grouped = Width(outputGroups, of: outputRank, .tensor)
        return operators + [
            Operator("attention core", .attention(core), .attention, in: .coreAttention),
            // Each group of heads is multiplied with its own block only.
            Operator(
                "output down-projection", .product(DenseProduct(grouped, from: Width(heads / outputGroups, of: headDimension))), .attention,
                saved: [SavedTensor(queries, .whole, .activation)]),
            Operator(
                "output projection", .product(DenseProduct(h, from: grouped)), .attention,
                saved: [SavedTensor(grouped, .whole, .activation)], joins: [.attentionOutput]),
        ]
    }

    /// Keys and gates of a run, twice as wide where runs overlap, a bias for each place in it, and the norm of what it becomes.
    private static func compression(_ name: String, hidden: Int, run: Int, width: Int, overlaps: Bool) -> [Operator] {
        let inner = Width(overlaps ? 2 * width : width)
        var pooling = Elementwise(kind: .activation, width: inner, tokens: .whole, bytes: 6)
        pooling.vectors = run * inner.elements + width
        return [
            Operator(
                "\(name) keys and gates", .product(DenseProduct(Width(2, of: inner.elements), from: Width(hidden))), .latentDown,
                saved: [SavedTensor(Width(2, of: inner.elements), .gathered, .activation)]),
            Operator("\(name) pooling", .elementwise(pooling), .vectors),
        ]
    }

    /// The indexer's own runs, its queries from the latent query, and a weight a head.
    private func scores(_ indexer: KeyIndexer, hidden: Int) -> [Operator] {
        let queries = DenseProduct(Width(indexer.heads, of: indexer.headDimension), from: Width(queryRank))
        return Self.compression("indexer run", hidden: hidden, run: run, width: indexer.headDimension, overlaps: true) + [
            Operator("indexer queries", .product(queries), .latentDown),
            Operator("indexer weights", .product(DenseProduct(Width(indexer.heads), from: Width(hidden))), .latentDown),
            Operator(
                "indexer scores", .scoring(KeyScoring(heads: indexer.heads, width: indexer.headDimension, chosen: indexer.topK)), .attention
            ),
        ]
    }
}
