import Foundation
import Quantities
import Workload

extension ModelSummary {
    /// The summary in sections for people, each line a name, a value, and what explains it.
    public var text: String {
        let sections = [
            ("Shape", shapeRows), ("Parameters", parameterRows), (arithmeticTitle, arithmeticRows), ("Training state", stateRows),
        ]
        let rows = sections.flatMap(\.1)
        let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
        // Names come from files: what could steer a terminal is replaced.
        let heading = [model.name, model.source].filter { !$0.isEmpty }.map { StyledText($0).rendered(.none) + "\n" }
        var text = heading.joined()
        for (title, rows) in sections {
            text += "\n\(title)\n"
            for row in rows {
                let name = row[0].padding(toLength: widths[0], withPad: " ", startingAt: 0)
                let value = String(repeating: " ", count: max(0, widths[1] - row[1].count)) + row[1]
                text += row[2].isEmpty ? "  \(name)  \(value)\n" : "  \(name)  \(value)  \(row[2])\n"
            }
        }
        return text
    }

    private var shapeRows: [[String]] {
        let shape = ModelShape(model)
        var rows = [["layers", "\(model.layers)", ""], ["hidden", CountText.grouped(model.hidden), ""]]
        if let stack = model.stack { return rows + blockRows(stack) + endRows }
        if let attention = model.attention { rows.append(["heads", "\(attention.heads)", headNote(attention)]) }
        if let window = model.attention?.window {
            let kind = window.isChunked ? "tokens in a chunk" : "tokens back"
            rows.append([
                "window", CountText.grouped(window.size), "\(kind), on \(model.layers - shape.globalLayers) of \(model.layers) layers",
            ])
        }
        if let width = shape.feedForwardWidth {
            let kind = model.feedForward.isGated ? "gated" : "not gated"
            rows.append([
                "feed-forward", CountText.grouped(width),
                model.experts == nil ? kind : "\(kind), on \(model.layers - shape.mixtureLayers) layers",
            ])
        }
        if let experts = model.experts {
            let shared = experts.sharedWidth > 0 ? ", shared ones of \(CountText.grouped(experts.sharedWidth))" : ""
            rows.append([
                "experts", "\(experts.count)",
                "of \(CountText.grouped(experts.width)), \(experts.perToken) per token\(shared), on \(shape.mixtureLayers) layers",
            ])
        }
        return rows + endRows
    }

    /// A row a class of layers, with how many there are.
    private func blockRows(_ stack: LayerStack) -> [[String]] {
        let classes = model.layerClasses
        return classes.classes.indices.map { place in
            let (layers, name) = (classes.counts[place], classes.classes[place].name)
            guard place == classes.prediction, model.predictionBlocks > 0 else { return ["", "\(layers)", "layers of \(name)"] }
            guard layers > 0 else { return ["", "\(model.predictionBlocks)", "prediction blocks of \(name)"] }
            return ["", "\(layers)", "layers of \(name), and \(model.predictionBlocks) prediction blocks"]
        }
    }

    /// How many layers a class has, and prediction blocks, in words.
    static func number(ofLayers layers: Int, predictionBlocks blocks: Int) -> String {
        let predicting = "\(blocks) prediction block\(blocks == 1 ? "" : "s")"
        if layers == 0, blocks > 0 { return predicting }
        return "\(layers) layer\(layers == 1 ? "" : "s")" + (blocks > 0 ? " and \(predicting)" : "")
    }

    /// What lies outside the layers.
    private var endRows: [[String]] {
        var rows: [[String]] = []
        rows.append([
            "vocabulary", CountText.grouped(model.vocabulary), model.hasTiedEmbeddings ? "head tied to the embedding" : "head of its own",
        ])
        if let length = model.maxSequenceLength { rows.append(["sequence", CountText.grouped(length), "tokens at most, \(positionNote)"]) }
        return rows
    }

    private func headNote(_ attention: Attention) -> String {
        if let latent = attention.latent {
            let queries = latent.queryRank.map { "\($0) for queries and " } ?? ""
            return
                "of \(latent.nopeDimension) + \(latent.ropeDimension), latent of rank \(queries)\(latent.keyValueRank) for keys and values"
        }
        let sharing =
            attention.keyValueHeads == attention.heads ? "each with its key and value" : "\(attention.keyValueHeads) key/value heads"
        return "of \(attention.headDimension), \(sharing)"
    }

    private var positionNote: String {
        switch model.positions {
        case .rotary: model.rotary.map { "rotary positions of base \(CountText.grouped($0.theta))" } ?? "rotary positions"
        case .learned: "learned positions"
        case .none: "no position parameters"
        }
    }

    private var parameterRows: [[String]] {
        let count = model.parameters
        func row(_ name: String, _ number: Int) -> [String] { [name, CountText.counted(Double(number)), CountText.grouped(number)] }
        var rows = [row("total", count.total), row("active per token", count.active)]
        rows += parameterParts.filter { $0.count > 0 }.map { row("  " + Self.spoken($0.name), $0.count) }
        if count.predictionBlocks > 0 {
            rows.append(row("prediction blocks", count.predictionBlocks))
            rows[rows.count - 1][2] += ", beside the total"
        }
        return rows
    }

    private var arithmeticTitle: String {
        "Arithmetic per token, sequences of \(CountText.grouped(sequenceLength)) tokens, causal attention"
    }

    private var arithmeticRows: [[String]] {
        let forward = model.forwardFLOPs(sequenceLength: sequenceLength)
        func share(_ part: Double) -> String { String(format: "%.1f %%", 100 * part / forward.total.count) }
        let parts = forward.parts.filter { $0.flops.count > 0 }
            .map { ["  " + Self.spoken($0.name), CountText.flops($0.flops.count), share($0.flops.count)] }
        let unmasked = model.forwardFLOPs(sequenceLength: sequenceLength, counting: .full)
        return [["forward", CountText.flops(forward.total.count), ""]] + parts + [
            ["training", CountText.flops(forward.training.count), "3 × forward"],
            ["  attention unmasked", CountText.flops(unmasked.training.count), "as papers that do not halve it count"],
            ["  with full recompute", CountText.flops(forward.trainingWithFullRecompute.count), ""],
        ]
    }

    private var stateRows: [[String]] {
        Self.states.map { precision, optimizer in
            let bytes = StateBytes(precision: precision, optimizer: optimizer)
            let parts = [bytes.parameter, bytes.gradient, bytes.optimizer].map { String(format: "%g", $0) }.joined(separator: " + ")
            return [
                "\(precision.rawValue), \(optimizer.rawValue)", CountText.bytes(bytes.total * Double(trainedParameters)),
                "\(parts) = \(String(format: "%g", bytes.total)) bytes a parameter, unsharded",
            ]
        }
    }

    /// `routed_experts` → `routed experts`.
    private static func spoken(_ key: String) -> String { key.replacing("_", with: " ") }
}
