/// A shape that no transformer can have.
public enum ModelProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// A number outside the range that its field allows; fields are named as in a model file, nested ones with a dot.
    case outOfRange(field: String, value: Int, range: ClosedRange<Int>)
    /// A block that contradicts itself, with what is wrong and what would be right.
    case block(field: String, what: String, remedy: String)
    /// A model of the short form without attention.
    case attentionMissing
    /// Experts whose placement leaves no layer a mixture.
    case noMixtureLayer(layers: Int)
    /// Dense layers without a feed-forward block.
    case denseWidthMissing(denseLayers: Int)
    /// A feed-forward block although every layer is a mixture.
    case denseWidthUnused
    /// A position table shorter than the longest sequence.
    case positionsTooFew(positions: Int, maxSequenceLength: Int)
    /// More parameters than counts are exact for.
    case tooManyParameters

    /// The field of a model file that the problem is best shown at.
    public var field: String {
        switch self {
        case .outOfRange(let field, _, _): field
        case .block(let field, _, _): field
        case .attentionMissing: "attention"
        case .noMixtureLayer, .denseWidthMissing: "experts.first_dense_layers"
        case .denseWidthUnused: "feed_forward.width"
        case .positionsTooFew: "positions.learned"
        case .tooManyParameters: "layers"
        }
    }

    /// What is wrong.
    public var what: String {
        switch self {
        case .outOfRange("pattern", let value, _): "the pattern has \(value) layers or more"
        case .outOfRange(let field, let value, _): "\(field) is \(value)"
        case .block(_, let what, _): what
        case .attentionMissing: "the model has no attention"
        case .noMixtureLayer(let layers): "none of the \(layers) layers is a mixture of experts"
        case .denseWidthMissing(let count): "\(count) layers are dense and feed_forward gives no width for them"
        case .denseWidthUnused: "every layer is a mixture of experts, so feed_forward is never used"
        case .positionsTooFew(let positions, let length): "\(positions) learned positions cannot serve max_sequence_length \(length)"
        case .tooManyParameters: "the model has more than \(Int(ModelLimits.parameters)) parameters"
        }
    }

    /// What would be right.
    public var remedy: String {
        switch self {
        case .outOfRange(_, _, let range): "expected \(range.lowerBound) to \(range.upperBound)"
        case .block(_, _, let remedy): remedy
        case .attentionMissing: "add attention, or write the layers with blocks and pattern"
        case .noMixtureLayer: "lower first_dense_layers or every_layers, or leave experts out"
        case .denseWidthMissing: "add feed_forward"
        case .denseWidthUnused: "leave feed_forward out, or say which layers are dense with first_dense_layers or every_layers"
        case .positionsTooFew: "lower max_sequence_length or raise positions"
        case .tooManyParameters: "check layers, hidden and the widths"
        }
    }

    /// One line: what is wrong, and what would be right.
    public var description: String { "\(what); \(remedy)" }
}
