import Documents

/// The sizes of a block of some kind: everything that a model file says of it, and the list of operators that follows.
///
/// A new kind is a type in a file of its own, named in `BlockKinds.all`.
public protocol BlockShape: Hashable, Sendable {
    /// The name of the kind in model files, such as `mamba-2`.
    static var kind: String { get }
    /// Its keys in model files.
    static var fields: [BlockField<Self>] { get }
    /// A shape whose keys are still to be read.
    init()
    /// The operators of a token whose residual stream is `hidden` wide, without the norm before them.
    func operators(hidden: Int) -> [Operator]
    /// Tensors that are alive at the worst moment of its backward pass beside those it keeps.
    func transients(hidden: Int) -> [SavedTensor]
    /// What no block of the kind can have, beyond numbers out of their ranges.
    func problem() -> BlockProblem?
    /// What sets it apart from other blocks of its kind, in a few words, such as `window of 4,096`; empty where nothing does.
    var distinction: String { get }
}

extension BlockShape {
    /// None but what it keeps.
    public func transients(hidden: Int) -> [SavedTensor] { [] }
    /// None.
    public func problem() -> BlockProblem? { nil }
    /// Nothing.
    public var distinction: String { "" }
}

/// Sizes of a block that contradict each other.
public struct BlockProblem: Hashable, Sendable {
    /// The key that it is best shown at.
    public let key: String
    /// What is wrong, with the numbers.
    public let what: String
    /// What would be right.
    public let remedy: String
}

/// A block of any kind.
public struct AnyBlock: Hashable, Sendable {
    /// Its sizes.
    public let shape: any BlockShape
    /// Whether its weights are those that an earlier block of the same kind and sizes has (Zamba's shared attention): computed again, counted once.
    public let reusesWeights: Bool

    /// A block of the kind of `shape`.
    public init(_ shape: any BlockShape, reusesWeights: Bool = false) {
        self.shape = shape
        self.reusesWeights = reusesWeights
    }

    /// The operators of a token whose residual stream is `hidden` wide.
    public func operators(hidden: Int) -> [Operator] {
        guard reusesWeights else { return shape.operators(hidden: hidden) }
        return shape.operators(hidden: hidden).map { one in
            var reused = one
            reused.ownsWeights = false
            return reused
        }
    }

    /// Equal kinds with equal sizes.
    public static func == (a: AnyBlock, b: AnyBlock) -> Bool {
        a.reusesWeights == b.reusesWeights && AnyHashable(a.shape) == AnyHashable(b.shape)
    }
    /// As the sizes hash.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(reusesWeights)
        hasher.combine(AnyHashable(shape))
    }

    /// The name of its kind in model files.
    public var kind: String { type(of: shape).kind }
    /// Its keys that do not hold what is usual, the kind first.
    var fields: [YAMLField] {
        [YAMLField("kind", .text(kind))] + Self.fields(of: shape) + (reusesWeights ? [YAMLField("reuses_weights", true)] : [])
    }

    private static func fields<Shape: BlockShape>(of shape: Shape) -> [YAMLField] { Shape.fields.written(shape) }

    /// The first number out of its range or contradiction; the key is within the block.
    var violation: BlockProblem? { Self.violation(of: shape) }

    private static func violation<Shape: BlockShape>(of shape: Shape) -> BlockProblem? {
        if let found = Shape.fields.violation(of: shape) {
            return BlockProblem(
                key: found.key, what: "\(found.key) is \(found.value)",
                remedy: "expected \(found.range.lowerBound) to \(found.range.upperBound)")
        }
        return shape.problem()
    }
}

/// The kinds of blocks that model files can name.
public enum BlockKinds {
    /// Every kind.
    public static let all: [any BlockShape.Type] = [
        Attention.self, FeedForward.self, Experts.self, Mamba1.self, Mamba2.self, GatedDelta.self, KimiDelta.self, LightningAttention.self,
        RecurrentGate.self, RWKV4.self, RWKVChannelMix.self, RWKV7.self, MatrixLSTM.self, ScalarLSTM.self, ParallelLSTM.self,
        ShortConvolutionMixer.self,
        CompressedAttention.self, AttentionMixture.self, HyperConnection.self, AlternatingUpdates.self, LayerInput.self, LowRank.self,
        Linear.self,
        ResidualScale.self,
    ]

    /// The names of all kinds.
    public static let names = all.map { $0.kind }

    /// The kind of a name.
    static func named(_ name: String) -> (any BlockShape.Type)? { all.first { $0.kind == name } }

    /// A block of the kind that its key `kind` names.
    static func read(_ reader: MappingReader) throws(DocumentError) -> AnyBlock {
        let name = try reader.required("kind", .string)
        guard let kind = named(name) else {
            throw DocumentError(
                reader.location(of: "kind"), .unknownChoice(name, nearest: NearestName.best(for: name, among: names), legal: names))
        }
        return try read(kind, reader)
    }

    private static func read<Shape: BlockShape>(_ kind: Shape.Type, _ reader: MappingReader) throws(DocumentError) -> AnyBlock {
        let shape = try Shape.fields.read(reader, into: Shape())
        return AnyBlock(shape, reusesWeights: try reader.optional("reuses_weights", .bool) ?? false)
    }
}
