public import Workload

/// One question of a study; nil is what `plan` assumes.
public struct StudyCell: Hashable, Sendable {
    /// The model, and the cluster or GPU type.
    public var model: String
    /// See `model`.
    public var cluster: Study.Cluster
    /// GPUs of a node of the cluster, as far as it has equal nodes.
    public var gpusPerNode: Int
    /// Sequences of a step and tokens of a sequence.
    public var globalBatch: Int?
    /// See `globalBatch`.
    public var sequenceLength: Int?
    /// The format of the matrix products.
    public var precision: Precision?
    /// What is trained.
    public var method: TrainingMethod.Kind?
    /// The stack.
    public var stack: String?
    /// Parallel sizes that are pinned.
    public var pins = StudyPins()
    /// Values of other options of `plan`, in the study's order.
    public var choices: [StudyOption.Choice] = []
    /// How many GPUs.
    var size = Size()

    /// A number of GPUs.
    struct Size: Hashable, Sendable {
        var gpus: Int?
        var isInGrid = true
    }

    /// GPUs; nil for the cluster's own size.
    public var gpus: Int? { size.gpus }
    /// Whether it is of the grid, rather than between two of its sizes.
    public var isInGrid: Bool { size.isInGrid }

    init(model: String, cluster: Study.Cluster, gpusPerNode: Int) {
        (self.model, self.cluster, self.gpusPerNode) = (model, cluster, gpusPerNode)
    }

    /// The cell's words for people, short and the same for the same cell.
    public var label: String {
        let words: [String?] = [
            model, cluster.name, gpus.map { "\($0) GPUs" }, globalBatch.map { "batch \($0)" }, sequenceLength.map { "sequence \($0)" },
            precision?.rawValue, method?.rawValue, stack, pins == StudyPins() ? nil : pins.text,
        ]
        return (words.compactMap { $0 } + choices.map(\.text)).joined(separator: ", ")
    }

    /// A dimension's number; nil where it is left to `plan`.
    func number(_ dimension: StudyRule.Dimension) -> Double? {
        switch dimension {
        case .gpus: gpus.map(Double.init)
        case .nodes: gpus.map { Double($0) / Double(max(gpusPerNode, 1)) }
        case .globalBatch: globalBatch.map(Double.init)
        case .sequenceLength: sequenceLength.map(Double.init)
        case .ep: pins[.ep].map(Double.init)
        case .tp: pins[.tp].map(Double.init)
        case .cp: pins[.cp].map(Double.init)
        case .pp: pins[.pp].map(Double.init)
        case .model, .cluster, .precision, .method, .stack: nil
        }
    }

    /// A dimension's word; nil where it is left to `plan`.
    func word(_ dimension: StudyRule.Dimension) -> String? {
        switch dimension {
        case .model: model
        case .cluster: cluster.name
        case .precision: precision?.rawValue
        case .method: method?.rawValue
        case .stack: stack
        case .gpus, .nodes, .globalBatch, .sequenceLength, .ep, .tp, .cp, .pp: nil
        }
    }
}
