import Parallelism

extension PinCheck {
    /// Pinned inner sizes of context parallelism that no kind and no number of context ranks allowed can have.
    var innerProblems: [Problem] {
        let constraints = request.constraints
        guard constraints.contextInner.isPinned, !constraints.contextInner.contains(1), let kinds = constraints.contextKinds else {
            return []
        }
        let words = constraints.contextInner.words
        func problem(_ what: String) -> [Problem] { [Problem(dimension: "cp-inner", what: what, isFatal: true)] }
        let wanted = ContextParallelKind.allCases.filter(kinds.contains)
        let nested = wanted.filter(\.isNested)
        guard !nested.isEmpty else {
            let names = wanted.map(\.rawValue).joined(separator: ", ")
            let others = ContextParallelKind.allCases.filter(\.isNested).map(\.rawValue).joined(separator: ", ")
            return problem("\(names) has no inner groups, and cp-inner is \(words); leave it out, or use one of \(others)")
        }
        // Beside flat kinds the size is a wish for the nested ones alone.
        guard nested.count == wanted.count, case .values(let contexts) = constraints.context, !contexts.contains(1) else { return [] }
        let sizes = Set(contexts.flatMap { context in nested.flatMap { $0.innerSizes(of: context) } }).sorted()
        guard !sizes.contains(where: { constraints.contextInner.contains($0) }) else { return [] }
        let legal =
            sizes.isEmpty
            ? "cp \(constraints.context.words) has no such product" : "it must be one of \(sizes.map(String.init).joined(separator: ", "))"
        return problem(
            "\(nested.map(\.rawValue).joined(separator: ", ")) needs cp \(constraints.context.words) as inner × outer ranks, both above 1, and cp-inner "
                + "is \(words); \(legal)")
    }
}
