public import CostModels
public import Parallelism
import Workload

/// What each way of hiding tensor-parallel collectives makes of a layer: the contract `meshwright.overlap/1`, and its text.
public struct OverlapReport: Encodable, Sendable {
    /// A technique with its times of a layer and micro-batch.
    public struct Row: Encodable, Sendable {
        /// Its name, and who launches it.
        public let technique, launchedBy: String
        /// Seconds of a layer forward, backward and both.
        public let forward, backward, both: Double
        /// Seconds of collectives that nothing hides, and that compute hides.
        public let exposed, hidden: Double
        /// How much faster than with every collective waited for.
        public let speedup: Double

        enum CodingKeys: String, CodingKey {
            case technique, speedup
            case launchedBy = "launched_by"
            case forward = "forward_s"
            case backward = "backward_s"
            case both = "both_s"
            case exposed = "exposed_s"
            case hidden = "hidden_s"
        }
    }

    /// A technique for the exchange of tokens.
    public struct ExpertRow: Encodable, Sendable {
        /// Its name, and who launches it.
        public let technique, launchedBy: String
        /// Seconds of a layer forward and backward, and those of its exchange that show.
        public let both, exposed: Double
        /// How much faster than with every exchange waited for.
        public let speedup: Double

        enum CodingKeys: String, CodingKey {
            case technique, speedup
            case launchedBy = "launched_by"
            case both = "both_s"
            case exposed = "exposed_s"
        }
    }

    /// The name of the contract.
    let schema = "meshwright.overlap/1"
    /// The model, and where its layers run, in words.
    public let model, place: String
    /// The class of layers.
    public let layer: String
    /// The techniques, in the order in which they are defined.
    public let techniques: [Row]
    /// What hides the exchange of tokens in a mixture's layer, forward and backward; nil where none travel.
    public let experts: [ExpertRow]?
    private let blocks: [LayerCostModel.OverlapPass: [OverlapBlock]]
    private let pieces: Int

    enum CodingKeys: String, CodingKey {
        case schema, model, place, layer, techniques
        case experts = "expert_techniques"
    }

    /// Layers that are run one after the other, over which the start and the end are spread.
    private static let layers = 8

    /// The report of a class of layers; collectives are cut into `pieces` where they are cut.
    public init(_ model: LayerCostModel, _ layerClass: Int, _ shape: LayerShape, name: String, place: String, pieces: Int) {
        (self.model, self.place, self.pieces) = (name, place, pieces)
        layer = model.classes.classes[layerClass].name
        var blocks: [LayerCostModel.OverlapPass: [OverlapBlock]] = [:]
        for pass in LayerCostModel.OverlapPass.allCases { blocks[pass] = model.overlapBlocks(layerClass, shape, pass, pieces: pieces) }
        self.blocks = blocks
        func seconds(_ technique: OverlapTechnique, _ pass: LayerCostModel.OverlapPass) -> (all: Double, exposed: Double, hidden: Double) {
            let one = blocks[pass] ?? []
            let lanes = technique.lanes(Array(repeatElement(one, count: Self.layers).joined()), pieces: pieces)
            let exposed = lanes.exposed(technique.contention)
            let exchange = lanes.tasks.reduce(0) { $0 + ($1.lane == .exchange ? $1.seconds : 0) }
            let n = Double(Self.layers)
            return (lanes.makespan(technique.contention) / n, exposed / n, max(0, exchange - exposed) / n)
        }
        experts = Self.experts(model, layerClass, shape)
        var plain = 0.0
        techniques = OverlapTechnique.allCases.map { technique in
            let (forward, backward) = (seconds(technique, .forward), seconds(technique, .backward))
            let both = forward.all + backward.all
            if technique == .none { plain = both }
            return Row(
                technique: technique.rawValue, launchedBy: technique.launchers, forward: forward.all, backward: backward.all, both: both,
                exposed: forward.exposed + backward.exposed, hidden: forward.hidden + backward.hidden,
                speedup: both > 0 ? plain / both : 1)
        }
    }

    private static func experts(_ model: LayerCostModel, _ layerClass: Int, _ shape: LayerShape) -> [ExpertRow]? {
        guard let forward = model.expertOverlapLayer(layerClass, shape, .forward),
            let backward = model.expertOverlapLayer(layerClass, shape, .backward)
        else { return nil }
        let plain = ExpertOverlap.none.seconds(forward, backward, layers: layers).all
        return ExpertOverlap.allCases.map { technique in
            let time = technique.seconds(forward, backward, layers: layers)
            return ExpertRow(
                technique: technique.rawValue, launchedBy: technique.launchers, both: time.all, exposed: time.exposed,
                speedup: time.all > 0 ? plain / time.all : 1)
        }
    }

    private func expertText(_ rows: [ExpertRow], _ width: Int, _ colour: TerminalColour) -> String {
        let cells = rows.map { row in
            [
                row.technique, DurationText.text(row.both), DurationText.text(row.exposed), DurationText.decimal(row.speedup, 3),
                row.launchedBy,
            ].map {
                StyledText($0)
            }
        }
        return "\nWhat hides the exchange of tokens, a layer forward and backward\n"
            + TextTable(
                [
                    .init("technique"), .init("both", .trailing), .init("exposed", .trailing), .init("speed-up", .trailing),
                    .init("launched by", minimumWidth: 12, expendability: 1),
                ], rows: cells
            ).rendered(width: width, colour: colour)
    }

    /// The report for people, with the lanes of a technique.
    public func text(showing technique: OverlapTechnique, width: Int, colour: TerminalColour) -> String {
        var text =
            StyledText("\(model): what hides tensor-parallel collectives in a layer (\(layer))", .bold).cut(to: width).rendered(colour)
            + "\n"
        text += TextWrap.lines(place, first: "", indent: 0, width: width).map { $0 + "\n" }.joined() + "\n"
        let rows = techniques.map { row in
            [
                row.technique, DurationText.text(row.forward), DurationText.text(row.backward), DurationText.text(row.exposed),
                DurationText.text(row.hidden), DurationText.decimal(row.speedup, 3), row.launchedBy,
            ].map { StyledText($0) }
        }
        text += TextTable(
            [
                .init("technique"), .init("forward", .trailing), .init("backward", .trailing), .init("exposed", .trailing),
                .init("hidden", .trailing), .init("speed-up", .trailing), .init("launched by", minimumWidth: 12, expendability: 1),
            ], rows: rows
        ).rendered(width: width, colour: colour)
        if let experts { text += expertText(experts, width, colour) }
        text += "\nLanes of two layers forward, \(technique.rawValue)\n"
        return text + OverlapLanes(spans(technique), technique.rawValue).text(width: width)
    }

    /// The lanes of two layers forward as a picture.
    public func svg(showing technique: OverlapTechnique) -> String { OverlapLanes(spans(technique), "\(model), \(technique.rawValue)").svg }

    private func spans(_ technique: OverlapTechnique) -> [(task: Lanes.Task, span: Lanes.Span)] {
        let one = blocks[.forward] ?? []
        let lanes = technique.lanes(one + one, pieces: pieces)
        return lanes.run(technique.contention).map { (lanes.tasks[$0.task], $0) }
    }
}
