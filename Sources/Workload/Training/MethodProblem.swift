import Documents

/// Why a model cannot be trained by a method, and what would be right.
public struct MethodProblem: Error, Hashable, Sendable {
    /// The part of the method that is wrong.
    public enum Part: Hashable, Sendable {
        /// The rank of the adapters.
        case rank
        /// Their targets.
        case targets
        /// The frozen parts.
        case frozen
        /// The teacher.
        case teacher
    }

    /// What is wrong.
    public let part: Part
    /// Why, and what would be right.
    public let what: String
}

extension TrainingMethod {
    /// Throws where the method names parts that the model lacks, or leaves nothing to train.
    public func check(_ model: TransformerModel) throws(MethodProblem) {
        if let adapters { try Self.check(adapters, model) }
        // Logits are compared one by one (TRL, `gkd_trainer.py`; ModelOpt, `LogitsKLLoss`).
        if let teacher, teacher.vocabulary != model.vocabulary {
            throw MethodProblem(
                part: .teacher,
                what: "its vocabulary has \(teacher.vocabulary) entries and that of \(model.name) \(model.vocabulary); "
                    + "a teacher shares the student's vocabulary")
        }
        let count = model.layerClasses.ofLayer.count
        for range in frozen.layers where range.upperBound >= count {
            throw MethodProblem(
                part: .frozen,
                what: "\(model.name) has layers 0 to \(count - 1), so layers:\(range.lowerBound)-\(range.upperBound) are not all there")
        }
        if adapters == nil, frozen.embedding, frozen.head, (0..<count).allSatisfy(frozen.contains) {
            throw MethodProblem(part: .frozen, what: "everything is frozen, so nothing is trained; leave a part out")
        }
        if adapters != nil, (0..<count).allSatisfy(frozen.contains) {
            throw MethodProblem(part: .frozen, what: "every layer is frozen, so none has adapters to train; leave some out")
        }
    }

    private static func check(_ adapters: Adapters, _ model: TransformerModel) throws(MethodProblem) {
        let operators = model.layerClasses.classes.flatMap { model.blocks(of: $0) }.flatMap(\.operators)
        let present = Projection.all(in: model)
        let named = Projection.named(in: model).map(\.rawValue)
        for target in adapters.targets.sorted(by: { $0.rawValue < $1.rawValue }) where !present.contains(target) {
            throw MethodProblem(
                part: .targets,
                what: "\(model.name) has no \(target.rawValue); it has \(named.joined(separator: ", "))"
                    + (NearestName.best(for: target.rawValue, among: named).map { "; the nearest is \($0)" } ?? ""))
        }
        let pairs = operators.flatMap { $0.adapterPairs(adapters.targets) }
        guard !pairs.isEmpty else {
            throw MethodProblem(
                part: .targets, what: "\(model.name) has none of the targets; it has \(named.joined(separator: ", "))")
        }
        let narrowest = pairs.map { min($0.inputs.elements, $0.outputs.elements + $0.keyValues.elements) }.min() ?? 1
        guard (1...narrowest).contains(adapters.rank) else {
            throw MethodProblem(
                part: .rank, what: "the narrowest matrix with an adapter is \(narrowest) wide, so a rank is 1 to \(narrowest)")
        }
    }
}

extension Projection {
    /// The matrices that a model has, in the order of the cases.
    public static func all(in model: TransformerModel) -> [Projection] {
        let operators = model.layerClasses.classes.flatMap { model.blocks(of: $0) }.flatMap(\.operators)
        return allCases.filter { projection in operators.contains { !$0.adapterPairs([projection]).isEmpty } }
    }

    /// The same by the names that people know them by: what no gate stands beside is no gate and up-projection in one.
    public static func named(in model: TransformerModel) -> [Projection] {
        let present = all(in: model)
        return present.filter { $0 != .gateUp || present.contains(.gate) }
    }
}
