/// Which rule cuts micro-batches into groups for interleaved schedules.
public enum GroupRule: String, CaseIterable, Hashable, Sendable {
    /// N = p unless given; p ≤ N ≤ m and m mod N is 0 or at least p.
    case megatron
    /// max(1, ⌊m/p⌋) rounds of N = m ÷ rounds, which must divide.
    case pytorch
}
