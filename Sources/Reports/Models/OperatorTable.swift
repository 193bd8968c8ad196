import Foundation
import Quantities
public import Workload

/// The operators of a model's layers, a table for each class of them: shape, split, parameters, arithmetic and bytes kept of a token.
///
/// Bytes are those of 16-bit training with fused kernels on one rank, nothing recomputed. The columns add up to the layer's own counts, which the
/// last row of each table shows.
public struct OperatorTable: Encodable, Sendable {
    /// A class of layers.
    public struct Layer: Encodable, Sendable {
        /// What sets the class apart.
        public let name: String
        /// Layers of the class.
        public let count: Int
        /// Its operators, in the order in which they run.
        public let operators: [Row]
        /// Their sum.
        public let total: Row
    }

    /// An operator.
    public struct Row: Encodable, Sendable {
        /// The block that it belongs to.
        public let block: String
        /// What people call it.
        public let name: String
        /// Its shape, in words.
        public let shape: String
        /// What divides it over ranks.
        public let split: String
        /// Parameters, all experts counted.
        public let parameters: Int
        /// FLOPs of a token's forward pass, causal.
        public let flops: Double
        /// Bytes kept of a token for the backward pass.
        public let bytes: Double

        enum CodingKeys: String, CodingKey {
            case block, name, shape, split, parameters
            case flops = "flops_per_token"
            case bytes = "kept_bytes_per_token"
        }
    }

    /// The classes that the model has.
    public let layers: [Layer]
    /// Tokens of a sequence that the arithmetic is counted for.
    public let sequenceLength: Int

    enum CodingKeys: String, CodingKey {
        case layers
        case sequenceLength = "sequence_length"
    }

    /// The operators of a model's layers for sequences of a length.
    public init(_ model: TransformerModel, sequenceLength: Int) {
        self.sequenceLength = sequenceLength
        layers = zip(LayerClass.all, model.layersPerClass).filter { $0.1 > 0 }.map { layerClass, count in
            let rows = model.blocks(of: layerClass).flatMap { block in
                block.operators.map { Row($0, block: block.name, model, sequenceLength) }
            }
            let total = Row(
                block: "", name: "layer", shape: "", split: "", parameters: rows.reduce(0) { $0 + $1.parameters },
                flops: rows.reduce(0) { $0 + $1.flops }, bytes: rows.reduce(0) { $0 + $1.bytes })
            return Layer(name: Self.name(layerClass, model), count: count, operators: rows, total: total)
        }
    }

    private static func name(_ layer: LayerClass, _ model: TransformerModel) -> String {
        let windows = model.attention.window.map { $0.isChunked ? "chunked attention" : "windowed attention" }
        let sight = model.attention.window == nil ? "" : layer.isWindowed ? ", \(windows ?? "")" : ", global attention"
        return (layer.isMixture ? "mixture" : "dense") + sight
    }

    /// The tables for people, no wider than `width` columns.
    public func text(width: Int, colour: TerminalColour) -> String {
        layers.map { layer in
            let title = "Operators of \(layer.count) layers: \(layer.name), \(CountText.grouped(sequenceLength)) tokens a sequence\n"
            var table = TextTable([
                .init("operator"), .init("shape", minimumWidth: 12, expendability: 2), .init("split", expendability: 1),
                .init("parameters", .trailing), .init("FLOP/token", .trailing), .init("B kept/token", .trailing),
            ])
            table.rows = (layer.operators + [layer.total]).map { row in
                [
                    StyledText(row.name), StyledText(row.shape), StyledText(row.split), StyledText(CountText.grouped(row.parameters)),
                    StyledText(CountText.grouped(Int(row.flops.rounded()))), StyledText(CountText.grouped(Int(row.bytes.rounded()))),
                ]
            }
            return "\n" + title + table.rendered(width: width, colour: colour)
        }.joined()
    }
}

extension OperatorTable.Row {
    fileprivate init(_ one: Operator, block: String, _ model: TransformerModel, _ sequenceLength: Int) {
        var parameters = LayerParameters()
        parameters.add(one)
        var bytes = one.saved.reduce(0) { $0 + $1.sixteenBitBytes(perToken: model.experts?.perToken ?? 1) }
        // The softmax statistics that fused attention keeps.
        if case .attention(let work) = one.work { bytes += 4 * Double(work.heads) }
        self.init(
            block: block, name: one.name, shape: one.work.shape, split: one.work.split, parameters: parameters.total,
            flops: one.forwardFLOPs(sequenceLength: sequenceLength, counting: .causal).count, bytes: bytes)
    }
}

extension Work {
    /// The sizes that matter, in words.
    fileprivate var shape: String {
        switch self {
        case .product(let product): "\(product.inputs.elements) → \(product.outputs.elements + product.keyValues.elements)"
        case .experts(let product): "\(product.perToken) of \(product.experts) × \(product.inputs.elements) → \(product.outputs.elements)"
        case .attention(let work):
            "\(work.heads) heads of \(work.queryKeyWidth)/\(work.valueWidth), \(work.keyValueHeads) k/v" + work.sight.words
        case .routing(let routing): "\(routing.hidden) → \(routing.experts)"
        case .elementwise(let work): "\(work.width.elements)"
        case .exchange(let exchange): "\(exchange.perToken) × \(exchange.hidden)"
        }
    }

    /// What divides it.
    fileprivate var split: String {
        switch self {
        case .product(let product):
            product.outputs.division != .none ? "outputs ÷ tp" : product.inputs.division != .none ? "inputs ÷ tp" : "–"
        case .experts: "experts ÷ ep, width ÷ etp"
        case .attention: "heads ÷ tp, tokens ÷ cp"
        case .routing: "tokens ÷ sp"
        case .elementwise(let work):
            switch work.tokens {
            case .whole: work.width.division == .none ? "–" : "width ÷ tp"
            case .outer, .gathered: "tokens ÷ sp"
            case .routed: "experts ÷ ep"
            }
        case .exchange: "tokens ÷ tp"
        }
    }
}

extension Sight {
    fileprivate var words: String {
        switch self {
        case .whole: ""
        case .window(let size): ", window \(size)"
        case .chunk(let size): ", chunks of \(size)"
        }
    }
}
