/// How context parallelism moves keys and values.
public enum ContextParallelKind: String, CaseIterable, Hashable, Sendable {
    /// Point-to-point steps around a ring, hidden under attention (Liu et al., Ring Attention, arXiv:2310.01889); every rank holds an early and a
    /// late piece of the sequence, so that the causal mask leaves all the same work.
    case ring
    /// One all-gather of keys and values, exposed (Llama 3, arXiv:2407.21783 §3.3.2).
    case allGather = "all-gather"
    /// All-to-alls that trade sequence for heads (Jacobs et al., DeepSpeed-Ulysses, arXiv:2309.14509).
    case ulysses
    /// All-to-alls among neighbours, and rings of those groups (Megatron-Core's `a2a+p2p`; Fang and Zhao, USP, arXiv:2405.07719).
    case hierarchical
    /// Rings among neighbours, and all-to-alls between those rings (USP with `use_ulysses_low` off).
    case ringInside = "ring-inside"
    /// A ring whose ranks hold one contiguous piece each: the last meets all keys, the first its own only.
    case contiguousRing = "ring-contiguous"
    /// Rings of keys, then of values, past scores that are kept whole (Li et al., Sequence Parallelism, arXiv:2105.13120).
    case ringSelfAttention = "ring-self-attention"
    /// Queries travel one way, outputs with their log-sum-exp go home the other way (Wu et al., TokenRing, arXiv:2412.20501).
    case tokenRing = "tokenring"
    /// Rings among neighbours inside a ring of those groups, which runs beside them (Gu et al., LoongTrain, arXiv:2406.18485 §4.2).
    case doubleRing = "loongtrain"

    /// Whether its ranks form groups of groups, whose inner size is a choice of its own.
    public var isNested: Bool { self == .hierarchical || self == .ringInside || self == .doubleRing }

    /// Inner sizes that it may have over `context` ranks: 1 alone for flat kinds, the proper divisors of c for nested ones.
    public func innerSizes(of context: Int) -> [Int] {
        guard isNested else { return [1] }
        guard context > 3 else { return [] }
        return (2...context / 2).filter { context % $0 == 0 }
    }

    /// Ranks over which it trades heads: those that heads must divide by; 1 for kinds that leave heads where they are.
    public func headRanks(of context: Int, inner: Int) -> Int {
        switch self {
        case .ulysses: context
        case .hierarchical: inner
        case .ringInside: context / max(1, inner)
        default: 1
        }
    }

    /// Whether keys travel rank by rank, so that each meets them a piece at a time.
    public var isRing: Bool {
        switch self {
        case .ring, .contiguousRing, .hierarchical, .ringInside, .ringSelfAttention, .tokenRing, .doubleRing: true
        case .allGather, .ulysses: false
        }
    }

    /// Who launches it, for people.
    public var launchers: String {
        switch self {
        case .ring: "Megatron-Core (--cp-comm-type p2p), TorchTitan, Accelerate, nanotron"
        case .allGather: "Megatron-Core (--cp-comm-type all_gather), TorchTitan"
        case .ulysses: "Megatron-Core (--cp-comm-type a2a), DeepSpeed-Ulysses"
        case .hierarchical: "Megatron-Core (--cp-comm-type a2a+p2p with --hierarchical-context-parallel-sizes), USP"
        case .ringInside: "USP with use_ulysses_low off"
        case .contiguousRing: "TorchTitan with context_parallel_load_balancer none, ring-flash-attention's plain ring"
        case .ringSelfAttention: "Colossal-AI's first sequence parallelism"
        case .tokenRing: "a patch of xDiT, forward only; no framework trains with it"
        case .doubleRing: "InternEvo"
        }
    }

    /// Kinds that are searched where a stack is asked to launch nothing; the others are priced where they are asked for.
    public static let searched: [ContextParallelKind] = [.ring, .allGather, .ulysses, .hierarchical]
}
