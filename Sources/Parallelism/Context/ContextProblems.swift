import Workload

extension Legality {
    /// A broken rule of context parallelism: the problem and the legal values.
    func contextProblem(_ rule: LegalityRule, of attention: Attention, in s: ParallelStrategy) -> (String, String) {
        let way = s.context(of: attention.sight)
        let kind = way.kind.rawValue
        let trading = way.kind.headRanks(of: s.context, inner: way.inner)
        let isUlysses = way.kind == .ulysses
        let traded = isUlysses ? "cp \(s.context)" : "the \(trading) ranks of cp \(s.context) that trade them"
        switch rule {
        case .contextHierarchy: return hierarchyProblem(s)
        case .headsByContext:
            let name = isUlysses ? "Ulysses" : kind
            let sizes = divisors(attention.heads / s.tensor)
            return (
                "\(name) needs the \(attention.heads / s.tensor) heads of a tensor rank to divide by \(traded)",
                isUlysses ? "cp must be one of \(sizes)" : "they must be one of \(sizes)"
            )
        case .contextKeyValueHeads:
            let heads = ContextRules.keyValueHeads(of: attention, tensor: s.tensor)
            return (
                "the kernels of \(stackName) need the \(heads) key/value heads of a tensor rank to divide by \(traded) for \(kind)",
                (isUlysses ? "cp" : "they") + " must be one of \(divisors(heads)) at tp \(s.tensor), or another kind"
            )
        case .contextWindow:
            return ("the kernels of \(stackName) cannot run a sliding window over cp \(s.context) as \(kind)", otherContextKinds)
        case .contextSinks:
            return ("the kernels of \(stackName) cannot run attention sinks over cp \(s.context) as \(kind)", otherContextKinds)
        case .contextIndexer:
            return ("the kernels of \(stackName) cannot run sparse attention over cp \(s.context) as \(kind)", otherContextKinds)
        default:
            return (
                "\(stackName) runs context parallelism with plain causal attention only, and \(model.name) has windows, sinks or chosen keys",
                "use cp 1"
            )
        }
    }

    /// The lengths of sequences beside the job's that are multiples of a number of slices, and the context sizes that divide it as it is.
    func contextLengths(_ slices: Int) -> String {
        let below = job.sequenceLength / slices * slices
        let lengths = [below, below + slices].filter { $0 > 0 }.map(String.init).joined(separator: " or ")
        let sizes = job.sequenceLength % 2 == 0 ? "cp must be one of \(divisors(job.sequenceLength / 2, upTo: 256))" : "cp must be 1"
        return "\(sizes), or the sequence length a multiple of \(slices), such as \(lengths)"
    }

    /// Inner sizes that a kind cannot have.
    private func hierarchyProblem(_ s: ParallelStrategy) -> (String, String) {
        if let local = s.localContextKind, local.isNested {
            return ("layers with a window cannot have the nested kind \(local.rawValue)", "use a flat kind for them")
        }
        guard s.contextKind.isNested else {
            return ("\(s.contextKind.rawValue) has no inner groups, and cp-inner is \(s.contextInner)", "use cp-inner 1")
        }
        let sizes = s.contextKind.innerSizes(of: s.context)
        return (
            "\(s.contextKind.rawValue) needs cp \(s.context) as inner × outer ranks, both above 1, and cp-inner is \(s.contextInner)",
            sizes.isEmpty
                ? "cp \(s.context) has no such product; use a flat kind"
                : "cp-inner must be one of \(sizes.map(String.init).joined(separator: ", "))"
        )
    }

    /// The kinds of context parallelism that the stack's kernels run for the model.
    private var otherContextKinds: String {
        let kinds =
            stack?.launches.contextRules.kinds(for: divisions.attentions).filter { stack?.launches.contextKinds.contains($0) ?? true } ?? []
        return kinds.isEmpty ? "use cp 1" : "use \(kinds.map(\.rawValue).joined(separator: " or ")), or cp 1"
    }
}
