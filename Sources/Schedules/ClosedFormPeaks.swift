extension ClosedForm {
    /// The most chunk activations that a rank holds at once; nil where no formula holds. Symbols as in `ClosedForm`, r the rank.
    ///
    /// GPipe m; 1F1B min(m, p − r); interleaved min(mv, (v − 1)N + 2(p − r − 1) + 1); looped BFS mv; ZB-H1 p and its interleaved form
    /// (v − 1)N + p for m ≥ p; ZB-H2 2p − 1 and ZB-V 2p for m ≥ 2p − 1; DualPipe p + 1; DualPipeV 2p + 1; combined 1F1B, N = p,
    /// min(mv, (v − 1)p + 2(p − r − 1) + 2); Seq1F1B min(mk, p − r + k − 1); Chimera p/2 + 1 + min(r, p − 1 − r) for m ≥ p.
    public static func peakInFlight(_ schedule: PipelineSchedule, _ shape: ScheduleShape, rank r: Int) -> Int? {
        let (p, m, v) = (shape.ranks, shape.microBatches, shape.chunksPerRank)
        switch schedule {
        case .gpipe: return m
        case .oneForwardOneBackward: return min(m, p - r)
        case .interleaved:
            guard let group = shape.legalGroupSize else { return nil }
            return min(m * v, (v - 1) * group + 2 * (p - r - 1) + 1)
        case .loopedBFS: return m * v
        case .zbH1: return m >= p ? p : nil
        case .interleavedZeroBubble:
            guard m >= p, let group = shape.legalGroupSize else { return nil }
            return (v - 1) * group + p
        case .zbH2: return m >= 2 * p - 1 ? 2 * p - 1 : nil
        case .zbV: return m >= 2 * p - 1 ? 2 * p : nil
        case .dualPipe: return p + 1
        case .dualPipeV: return 2 * p + 1
        case .combined1F1B:
            guard v == 1 || shape.groupSize ?? p == p else { return nil }
            return min(m * v, (v - 1) * p + 2 * (p - r - 1) + 2)
        case .seq1F1B: return min(m * shape.slices, p - r + shape.slices - 1)
        case .chimera: return m >= p ? p / 2 + 1 + min(r, p - 1 - r) : nil
        case .vHalf, .vMin, .wave: return nil
        }
    }
}
