public import CostModels
import Foundation
public import Parallelism
import Quantities
public import Workload

/// The operators of a model's layers, a table for each class of them: shape, split, parameters, arithmetic and bytes kept of a token, and on a
/// cluster the time of each.
///
/// Bytes are those of 16-bit training with fused kernels on one rank, nothing recomputed; at a place those that its rank keeps of a token of the
/// micro-batch, in the format and with the recomputation of the place. The columns add up to the layer's own counts, which the last row of each
/// table shows.
public struct OperatorTable: Encodable, Sendable {
    /// A class of layers.
    public struct Layer: Encodable, Sendable {
        /// What sets the class apart.
        public let name: String
        /// Layers of the class.
        public let count: Int
        /// Multi-token-prediction blocks of the class, which follow the last layer.
        public let predictionBlocks: Int
        /// Its operators, in the order in which they run; with times also what a layer does beside them.
        public let operators: [Row]
        /// Their sum.
        public let total: Row

        enum CodingKeys: String, CodingKey {
            case name, count, operators, total
            case predictionBlocks = "prediction_blocks"
        }
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
        /// Bytes kept of a token for the backward pass; at a place those that the rank keeps.
        public fileprivate(set) var bytes: Double
        /// Time of a micro-batch on a rank, forward, in s; nil without a cluster.
        public var forward: Double?
        /// The same of the backward pass.
        public var backward: Double?

        enum CodingKeys: String, CodingKey {
            case block, name, shape, split, parameters
            case flops = "flops_per_token"
            case bytes = "kept_bytes_per_token"
            case forward = "forward_seconds"
            case backward = "backward_seconds"
        }
    }

    /// Where layers run: what prices them, the shape of the rank's part, and what is recomputed.
    public struct Place: Sendable {
        /// The layers' prices.
        public let model: LayerCostModel
        /// The layers' memory.
        let memory: LayerMemoryModel
        /// What divides them.
        public let shape: LayerShape
        let recompute: Recompute
        let modules: RecomputeModules
        let overlapsExperts: Bool
        let precision: Precision
        /// Tokens of a micro-batch, over all context-parallel ranks.
        let tokens: Double

        /// Layers with `inputs` over the ranks of `shape`, recomputed as said; `modules` of selective recomputation.
        public init(_ inputs: CostInputs, shape: LayerShape, recompute: Recompute = .none, modules: RecomputeModules = []) {
            model = LayerCostModel(inputs)
            memory = LayerMemoryModel(inputs)
            self.shape = shape
            self.recompute = recompute
            self.modules = recompute == .selective ? modules : []
            overlapsExperts = inputs.choices.overlapsExperts
            precision = inputs.job.precision
            tokens = Double(inputs.job.sequenceLength) * Double(shape.microBatch)
        }

        /// What is kept, in words.
        var words: String {
            let kept =
                switch recompute {
                case .none: "nothing recomputed"
                case .selective: "\(modules.names.joined(separator: " and ")) recomputed"
                case .full: "all recomputed from the layer's input"
                }
            return "bytes as a rank keeps them in \(precision.rawValue), \(kept)"
        }

        /// Adds times and bytes to the rows of a layer's operators, and rows for what no operator has.
        fileprivate func complete(_ rows: inout [Row], ofLayer index: Int) {
            let times = model.operatorTimes(index, shape, recomputing: modules, overlapsExperts: overlapsExperts)
            for (row, time) in times.operators.enumerated() { rows[row].set(time) }
            let kept = memory.kept(index, shape, recomputing: modules)
            for (row, bytes) in kept.operators.enumerated() { rows[row].bytes = recompute == .full ? 0 : bytes / tokens }
            let beside = recompute == .full ? memory.memory(index, shape, recomputing: []).input : kept.beside
            // What is left of rounding is nothing.
            if beside > 0.5 {
                let name =
                    recompute == .full ? "input of the layer" : modules.contains(.alternateMatrixProducts) ? "what stays" : "dropout masks"
                rows.append(Row(name, forward: 0, backward: 0, bytes: beside / tokens))
            }
            if shape.tensor > 1 {
                rows.append(Row("tensor-parallel collectives", forward: times.collectives.forward, backward: times.collectives.backward))
            }
            rows.append(Row("waiting for the host", forward: times.launch.forward, backward: times.launch.backward))
            guard recompute == .full else { return }
            let forward = rows.reduce(0) { $0 + ($1.forward ?? 0) }
            rows.append(Row("recomputation", forward: 0, backward: forward))
        }
    }

    /// The classes that the model has.
    public let layers: [Layer]
    /// Tokens of a sequence that the arithmetic is counted for.
    public let sequenceLength: Int
    /// What the bytes are, in words.
    let bytesWords: String

    enum CodingKeys: String, CodingKey {
        case layers
        case sequenceLength = "sequence_length"
    }

    /// The operators of a model's layers for sequences of a length, with their times at a place.
    public init(_ model: TransformerModel, sequenceLength: Int, at place: Place? = nil) {
        self.sequenceLength = sequenceLength
        bytesWords = place?.words ?? "bytes as 16-bit training keeps them"
        let classes = model.layerClasses
        layers = classes.classes.indices.map { index in
            let layer = classes.classes[index]
            let perToken = layer.mixture?.perToken ?? 1
            var rows = model.blocks(of: layer).flatMap { block in
                block.operators.map { Row($0, block: block.name, perToken: perToken, sequenceLength) }
            }
            place?.complete(&rows, ofLayer: index)
            return Layer(
                name: layer.name, count: classes.counts[index], predictionBlocks: index == classes.prediction ? model.predictionBlocks : 0,
                operators: rows, total: Row(sumOf: rows, hasTimes: place != nil))
        }
    }

    /// The tables for people, no wider than `width` columns.
    public func text(width: Int, colour: TerminalColour) -> String {
        layers.map { layer in
            let number = ModelSummary.number(ofLayers: layer.count, predictionBlocks: layer.predictionBlocks)
            let title =
                "Operators of \(number): \(layer.name), \(CountText.grouped(sequenceLength)) tokens a sequence, \(bytesWords)\n"
            let whole = layer.total.time
            var columns: [TextTable.Column] = [
                .init("operator"), .init("shape", minimumWidth: 12, expendability: 2), .init("split", expendability: 1),
                .init("parameters", .trailing), .init("FLOP/token", .trailing), .init("B kept/token", .trailing),
            ]
            if whole != nil { columns += [.init("forward", .trailing), .init("backward", .trailing), .init("share", .trailing)] }
            var table = TextTable(columns)
            table.rows = (layer.operators + [layer.total]).map { $0.cells(ofLayer: whole) }
            return "\n" + title + table.rendered(width: width, colour: colour)
        }.joined()
    }
}

extension OperatorTable.Row {
    fileprivate init(_ one: Operator, block: String, perToken: Int, _ sequenceLength: Int) {
        var parameters = LayerParameters()
        parameters.add(one)
        var bytes = one.saved.reduce(0) { $0 + $1.sixteenBitBytes(perToken: perToken) }
        // The softmax statistics that fused attention keeps.
        if case .attention(let work) = one.work { bytes += 4 * Double(work.heads) }
        self.init(
            block: block, name: one.name, shape: one.work.shape, split: one.work.split, parameters: parameters.total,
            flops: one.forwardFLOPs(sequenceLength: sequenceLength, counting: .causal).count, bytes: bytes)
    }

    /// What a layer does beside its operators.
    fileprivate init(_ name: String, forward: Double, backward: Double, bytes: Double = 0) {
        self.init(block: "", name: name, shape: "", split: "", parameters: 0, flops: 0, bytes: bytes)
        (self.forward, self.backward) = (forward, backward)
    }

    /// The sum of rows.
    fileprivate init(sumOf rows: [OperatorTable.Row], hasTimes: Bool) {
        self.init(
            block: "", name: "layer", shape: "", split: "", parameters: rows.reduce(0) { $0 + $1.parameters },
            flops: rows.reduce(0) { $0 + $1.flops }, bytes: rows.reduce(0) { $0 + $1.bytes })
        guard hasTimes else { return }
        forward = rows.reduce(0) { $0 + ($1.forward ?? 0) }
        backward = rows.reduce(0) { $0 + ($1.backward ?? 0) }
    }

    fileprivate mutating func set(_ time: OperatorTimes.Time) { (forward, backward) = (time.forward, time.backward) }

    /// Forward and backward together, in s.
    fileprivate var time: Double? {
        guard let forward, let backward else { return nil }
        return forward + backward
    }

    /// The cells of the row in a table of a layer that takes `whole` seconds, nil without times.
    fileprivate func cells(ofLayer whole: Double?) -> [StyledText] {
        var cells = [
            name, shape, split, CountText.grouped(parameters), CountText.grouped(Int(flops.rounded())),
            CountText.grouped(Int(bytes.rounded())),
        ]
        if let whole, let forward, let backward, let time {
            cells += [forward, backward].map { String(format: "%.1f µs", 1e6 * $0) }
            cells.append(whole > 0 ? String(format: "%.1f %%", 100 * time / whole) : "")
        }
        return cells.map { StyledText($0) }
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
        case .scoring(let work): "\(work.heads) heads of \(work.width), best \(work.chosen)"
        case .recurrence(let work):
            "\(work.heads) heads, state \(work.keyWidth) × \(work.valueWidth)" + (work.chunk > 1 ? ", chunks of \(work.chunk)" : "")
        case .sequential(let work): "\(work.gates) gates, \(work.heads) heads of \(work.headWidth)"
        case .convolution(let work): "\(work.channels.elements + work.sharedChannels.elements) channels, \(work.taps) tokens"
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
        case .scoring: "tokens ÷ cp"
        case .recurrence, .sequential: "heads ÷ tp"
        case .convolution: "channels ÷ tp"
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
        case .selected(let size): ", the best \(size)"
        }
    }
}
