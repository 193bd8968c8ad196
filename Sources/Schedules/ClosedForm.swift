/// Formulas for the duration of a step when all stages are alike: exact where they answer, nil outside the conditions they are true in.
///
/// Papers print some of them without conditions. Those here are the ones under which simulation gives the same number, which the tests
/// check on random cases. Symbols: p ranks, m micro-batches, v chunks a rank, N micro-batches a group, F, I, W, B = I + W, FB an
/// overlapped pair and c the latency, all of one chunk. Nothing here allocates, so a search may call it for every candidate.
public enum ClosedForm {
    /// The makespan of a legal shape, s; nil where no formula holds.
    public static func makespan(_ schedule: PipelineSchedule, _ shape: ScheduleShape, _ times: ChunkTimes) -> Double? {
        switch schedule {
        case .gpipe: gpipe(shape, times)
        case .oneForwardOneBackward: oneForwardOneBackward(shape, times)
        case .interleaved: interleaved(shape, times)
        case .loopedBFS: loopedBFS(shape, times)
        case .zbH1: zeroBubbleH1(shape, times)
        case .interleavedZeroBubble: zeroBubbleH1(shape, times)
        case .zbV: zeroBubbleV(shape, times)
        case .dualPipe: dualPipe(shape, times)
        case .dualPipeV: dualPipeV(shape, times)
        case .combined1F1B: combined(shape, times)
        case .chimera: chimera(shape, times)
        case .seq1F1B: seq1F1B(shape, times)
        case .zbH2, .vHalf, .vMin, .wave: nil
        }
    }

    /// The largest time between a rank's first start and last end, s, for the schedules whose papers state that; nil elsewhere.
    public static func span(_ schedule: PipelineSchedule, _ shape: ScheduleShape, _ times: ChunkTimes) -> Double? {
        switch schedule {
        case .zbH2: zeroBubbleH2Span(shape, times)
        case .zbV: zeroBubbleVSpan(shape, times)
        default: nil
        }
    }

    /// (m + p − 1)(F + B) + 2(p − 1)c, always. Huang et al., arXiv:1811.06965.
    static func gpipe(_ s: ScheduleShape, _ t: ChunkTimes) -> Double? {
        steps(s.microBatches + s.ranks - 1, t) + 2 * Double(s.ranks - 1) * t.latency
    }

    /// (m + p − 1)(F + B) + 2c[(p − 1) + (m − 1) − ⌈(m − 1)/p⌉], always: each round trip of a full pipeline pays the latency twice.
    static func oneForwardOneBackward(_ s: ScheduleShape, _ t: ChunkTimes) -> Double? {
        let (p, m) = (s.ranks, s.microBatches)
        let exposed = p - 1 + m - 1 - (m - 1 + p - 1) / p
        return steps(m + p - 1, t) + 2 * t.latency * Double(exposed)
    }

    /// (mv + p − 1)(F + B) for c = 0 and N ≥ p; + 2(pv − 1)c if N = p divides m and c ≤ min(F, B), since then a group hides its latency.
    ///
    /// Narayanan et al., arXiv:2104.04473, without c.
    static func interleaved(_ s: ScheduleShape, _ t: ChunkTimes) -> Double? {
        let (p, m, v) = (s.ranks, s.microBatches, s.chunksPerRank)
        guard m >= p, let group = s.legalGroupSize, group >= p else { return nil }
        let base = steps(m * v + p - 1, t)
        if t.latency == 0 || p == 1 { return base }
        guard group == p, m % p == 0, t.latency <= min(t.forward, t.backward) else { return nil }
        return base + 2 * Double(p * v - 1) * t.latency
    }

    /// (mv + p − 1)(F + B) for c = 0 and m ≥ p. Lamy-Poirier, arXiv:2211.05953.
    static func loopedBFS(_ s: ScheduleShape, _ t: ChunkTimes) -> Double? {
        guard s.microBatches >= s.ranks, t.latency == 0 || s.ranks == 1 else { return nil }
        return steps(s.microBatches * s.chunksPerRank + s.ranks - 1, t)
    }

    /// mv(F + I + W) + (p − 1)·max(F + I − W, F, I) for c = 0 and m ≥ p; v = 1 is ZB-H1.
    ///
    /// Qi et al., arXiv:2401.10241, print (p − 1)(F + I − W), which is too small where W > min(F, I).
    static func zeroBubbleH1(_ s: ScheduleShape, _ t: ChunkTimes) -> Double? {
        guard s.microBatches >= s.ranks, t.latency == 0 || s.ranks == 1 else { return nil }
        let bubble = max(t.forward + t.backwardInput - t.backwardWeight, t.forward, t.backwardInput)
        return steps(s.microBatches * s.chunksPerRank, t) + Double(s.ranks - 1) * bubble
    }

    /// Span m(F + I + W) + (p − 1)(F + I − 2W) for c = 0, W ≤ F, 2W ≤ F + I and m ≥ 2p − 1. Qi et al., arXiv:2401.10241, table 1.
    static func zeroBubbleH2Span(_ s: ScheduleShape, _ t: ChunkTimes) -> Double? {
        guard t.latency == 0 || s.ranks == 1, s.microBatches >= 2 * s.ranks - 1, t.backwardWeight <= t.forward,
            2 * t.backwardWeight <= t.forward + t.backwardInput
        else { return nil }
        return steps(s.microBatches, t) + Double(s.ranks - 1) * (t.forward + t.backwardInput - 2 * t.backwardWeight)
    }

    /// 6mF + (p − 1)F for c = 0, F = I = W and m ≥ 2p − 1.
    static func zeroBubbleV(_ s: ScheduleShape, _ t: ChunkTimes) -> Double? {
        guard t.latency == 0 || s.ranks == 1, s.microBatches >= 2 * s.ranks - 1, t.forward == t.backwardInput,
            t.forward == t.backwardWeight
        else { return nil }
        return Double(6 * s.microBatches + s.ranks - 1) * t.forward
    }

    /// Span 2m(F + I + W) + 2(p − 1)(I − W) for c = 0, W ≤ F ≤ I and m ≥ 2p − 1. Qi et al., arXiv:2401.10241, section 6.
    static func zeroBubbleVSpan(_ s: ScheduleShape, _ t: ChunkTimes) -> Double? {
        guard t.latency == 0 || s.ranks == 1, s.microBatches >= 2 * s.ranks - 1, t.backwardWeight <= t.forward,
            t.forward <= t.backwardInput
        else { return nil }
        return steps(2 * s.microBatches, t) + 2 * Double(s.ranks - 1) * (t.backwardInput - t.backwardWeight)
    }

    /// m(F + B) + (p/2 − 1)(FB + F − 2W) for c = 0, W ≤ I ≤ F and FB = F + B.
    ///
    /// DeepSeek-AI, arXiv:2412.19437, table 2, prints the bubble (PP/2 − 1)(FB + B − 3W), which is this one only for F = I.
    static func dualPipe(_ s: ScheduleShape, _ t: ChunkTimes) -> Double? {
        guard isDualPipeRegular(s, t) else { return nil }
        return steps(s.microBatches, t) + (Double(s.ranks) / 2 - 1) * (t.pair + t.forward - 2 * t.backwardWeight)
    }

    /// 2m(F + B) + (p − 1)(FB + F − 2W), under DualPipe's conditions: a pipe of 2p stages folded onto p ranks.
    static func dualPipeV(_ s: ScheduleShape, _ t: ChunkTimes) -> Double? {
        guard isDualPipeRegular(s, t) else { return nil }
        return steps(2 * s.microBatches, t) + Double(s.ranks - 1) * (t.pair + t.forward - 2 * t.backwardWeight)
    }

    private static func isDualPipeRegular(_ s: ScheduleShape, _ t: ChunkTimes) -> Bool {
        t.latency == 0 && t.backwardWeight <= t.backwardInput && t.backwardInput <= t.forward
            && t.pair == t.forward + t.backward && s.microBatches >= 2 * s.ranks
    }

    /// (mv − (v − 1)p − 1)·FB + ((v − 1)p + p)(F + B) for c = 0, N = p, m a multiple of p, and max(F, B) ≤ FB ≤ F + B.
    static func combined(_ s: ScheduleShape, _ t: ChunkTimes) -> Double? {
        let (p, m, v) = (s.ranks, s.microBatches, s.chunksPerRank)
        guard p == 1 || t.latency == 0, m % p == 0, s.groupSize ?? p == p, t.pair >= max(t.forward, t.backward),
            t.pair <= t.forward + t.backward, p > 1 || v == 1
        else { return nil }
        return Double(m * v - (v - 1) * p - 1) * t.pair + steps((v - 1) * p + p, t)
    }

    /// m(F + B) + (p − 2)F for c = 0, F = B and m a multiple of p. Li and Hoefler, arXiv:2107.06925, table 2.
    static func chimera(_ s: ScheduleShape, _ t: ChunkTimes) -> Double? {
        guard t.latency == 0, t.forward == t.backward, s.microBatches % s.ranks == 0 else { return nil }
        return steps(s.microBatches, t) + Double(s.ranks - 2) * t.forward
    }

    /// (mk + p − 1)(F + B) for c = 0 and k slices of equal times. Sun et al., arXiv:2406.03488.
    static func seq1F1B(_ s: ScheduleShape, _ t: ChunkTimes) -> Double? {
        guard t.latency == 0 || s.ranks == 1 else { return nil }
        return steps(s.microBatches * s.slices + s.ranks - 1, t)
    }

    private static func steps(_ count: Int, _ t: ChunkTimes) -> Double { Double(count) * (t.forward + t.backward) }
}

extension ScheduleShape {
    /// The group size where it is legal under its rule; nil elsewhere, without making an error's text.
    var legalGroupSize: Int? {
        let (p, m) = (ranks, microBatches)
        guard p >= 1, m >= 1, groupSize ?? 1 >= 1 else { return nil }
        switch groupRule {
        case .megatron:
            let size = groupSize ?? p
            return size >= p && size <= m && (m % size == 0 || m % size >= p) ? size : nil
        case .pytorch:
            let size = groupSize ?? m / max(1, m / p)
            return m % size == 0 && size >= min(p, m) ? size : nil
        }
    }
}
