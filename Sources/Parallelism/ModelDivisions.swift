public import Workload

/// What parallelism divides in a model, collected from its layers' operators once.
public struct ModelDivisions: Hashable, Sendable {
    /// Units that a group of ranks has to share out evenly.
    public struct Units: Hashable, Sendable {
        /// What they are, such as `attention heads`.
        public let name: String
        /// How many.
        public let count: Int
        /// The rule that is broken where they cannot be.
        public let rule: LegalityRule
        /// Whether fewer units than ranks are repeated, so that a divisor of the group's size is as good as a multiple.
        public let repeats: Bool

        /// Units that are not repeated unless said otherwise.
        init(_ name: String, _ count: Int, _ rule: LegalityRule, repeats: Bool = false) {
            self.name = name
            self.count = count
            self.rule = rule
            self.repeats = repeats
        }

        /// Whether a group of `ranks` shares them out evenly.
        public func divide(over ranks: Int) -> Bool { count % ranks == 0 || (repeats && ranks % count == 0) }
    }

    /// Divided by the tensor-parallel size.
    public private(set) var tensor: [Units] = []
    /// Divided by the expert tensor-parallel size.
    public private(set) var expertTensor: [Units] = []
    /// Divided by the expert-parallel size.
    public private(set) var experts: [Units] = []
    /// Heads of recurrences, which all-to-all context parallelism divides beside tensor parallelism.
    public private(set) var recurrent: [Units] = []
    /// Whether a recurrence goes token by token, so that no part of a sequence can begin before the one before it has ended.
    public private(set) var isSequential = false
    /// Modules whose inputs can leave the GPU one by one.
    public private(set) var movable: OffloadModules = []
    /// The distinct attention blocks.
    public private(set) var attentions: [Attention] = []
    /// The distinct mixtures of experts.
    public private(set) var mixtures: [Experts] = []
    /// What ladder residuals are called among kinds of blocks: code of their own, which a stack that runs the model's own has and no other.
    static let ladder = "ladder residuals"
    /// The distinct kinds of blocks, by name.
    public private(set) var kinds: [String] = []

    /// Whether a layer is a mixture of experts.
    public var hasExperts: Bool { !mixtures.isEmpty }
    /// Whether a layer has a recurrence.
    public var hasRecurrence: Bool { !recurrent.isEmpty || isSequential }
    /// Whether an attention projects keys and values up from a latent.
    public var hasLatent: Bool { attentions.contains { $0.latent != nil } }

    /// The divisions of a model, which must be valid.
    public init(_ model: TransformerModel) {
        let classes = model.layerClasses.classes
        for block in classes.flatMap(\.blocks) {
            if let attention = block.shape as? Attention { Self.add(attention, to: &attentions) }
            if let mixture = block.shape as? Experts { Self.add(mixture, to: &mixtures) }
            Self.add(block.kind, to: &kinds)
        }
        if model.residual == .ladder { Self.add(Self.ladder, to: &kinds) }
        for one in classes.flatMap({ model.blocks(of: $0) }).flatMap(\.operators) {
            add(one)
            for tensor in one.saved { movable.formUnion(tensor.moving) }
        }
    }

    private mutating func add(_ one: Operator) {
        switch one.work {
        case .product(let product):
            for width in [product.outputs, product.keyValues, product.inputs] { add(width, of: one.group) }
        case .experts(let product):
            Self.add(Units("experts", product.experts, .expertsByExpert), to: &experts)
            for width in [product.outputs, product.inputs] { add(width, of: one.group) }
        case .recurrence(let work):
            Self.add(Units("recurrent heads", work.heads, .recurrenceByTensor), to: &recurrent)
            // Delta rules share out the heads of their keys too; the groups of a scan are repeated where they are fewer.
            let isDelta = work.update == .delta || work.update == .channelDelta
            Self.add(Units("recurrent key heads", work.keyHeads, .recurrenceByTensor, repeats: !isDelta), to: &recurrent)
        case .sequential: isSequential = true
        default: break
        }
    }

    private mutating func add(_ width: Width, of group: ParameterGroup) {
        guard width.count > 0 else { return }
        switch width.division {
        case .none: break
        case .tensorRepeating: Self.add(Units("key/value heads", width.count, .keyValueHeadsByTensor, repeats: true), to: &tensor)
        case .expertTensor: Self.add(Units("expert width", width.count, .expertWidthByExpertTensor), to: &expertTensor)
        case .tensor:
            switch group {
            case .recurrent: Self.add(Units("recurrent heads", width.count, .recurrenceByTensor), to: &tensor)
            case .feedForward, .sharedExperts: Self.add(Units("feed-forward width", width.count, .feedForwardByTensor), to: &tensor)
            default: Self.add(Units("attention heads", width.count, .headsByTensor), to: &tensor)
            }
        }
    }

    private static func add<Value: Equatable>(_ value: Value, to list: inout [Value]) { if !list.contains(value) { list.append(value) } }

    /// The first units that a strategy does not share out evenly.
    func violation(of s: ParallelStrategy) -> Units? {
        for units in tensor where !units.divide(over: s.tensor) { return units }
        for units in expertTensor where !units.divide(over: s.expertTensor) { return units }
        for units in experts where !units.divide(over: s.expert) { return units }
        return nil
    }

    /// The units of a rule that a strategy breaks, for its explanation; the first of them where it breaks none.
    func units(of rule: LegalityRule, in s: ParallelStrategy) -> Units? {
        let all = (tensor.map { ($0, s.tensor) } + expertTensor.map { ($0, s.expertTensor) } + experts.map { ($0, s.expert) })
            .filter { $0.0.rule == rule }
        return (all.first { !$0.0.divide(over: $0.1) } ?? all.first)?.0
    }
}
