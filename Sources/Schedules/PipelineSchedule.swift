/// A pipeline schedule by the name that users and papers give it; its order of operations lives in `Schedules`.
public enum PipelineSchedule: String, CaseIterable, Hashable, Sendable, Codable {
    /// All forwards, then all backwards (Huang et al., GPipe, arXiv:1811.06965).
    case gpipe
    /// One forward, one backward (Narayanan et al., PipeDream-Flush; Megatron-LM).
    case oneForwardOneBackward = "1f1b"
    /// 1F1B over several model chunks a rank (Narayanan et al., arXiv:2104.04473).
    case interleaved
    /// Chunks breadth first (Lamy-Poirier, arXiv:2211.05953).
    case loopedBFS = "looped-bfs"
    /// Zero-bubble with the memory of 1F1B (Qi et al., arXiv:2401.10241).
    case zbH1 = "zb-h1"
    /// Zero-bubble with up to twice the memory of 1F1B (Qi et al., arXiv:2401.10241).
    case zbH2 = "zb-h2"
    /// Interleaved 1F1B with split backward (PyTorch's InterleavedZeroBubble).
    case interleavedZeroBubble = "interleaved-zero-bubble"
    /// Zero-bubble on two chunks placed in a V (Qi et al., arXiv:2401.10241 §6, arXiv:2405.15362).
    case zbV = "zb-v"
    /// V-shaped with about half the activation memory of 1F1B (Qi et al., arXiv:2405.15362).
    case vHalf = "v-half"
    /// V-shaped with about a third of the activation memory of 1F1B (Qi et al., arXiv:2405.15362).
    case vMin = "v-min"
    /// Bidirectional with overlapped pairs (DeepSeek-AI, arXiv:2412.19437).
    case dualPipe = "dualpipe"
    /// The V-shaped half of DualPipe (DeepSeek-AI).
    case dualPipeV = "dualpipe-v"
    /// Interleaved 1F1B whose forward and backward overlap their expert all-to-alls (Megatron-Core).
    case combined1F1B = "combined-1f1b"
    /// Bidirectional pipelines (Li and Hoefler, Chimera, arXiv:2107.06925).
    case chimera
    /// Wave-shaped chunks (Liu et al., Hanayo, arXiv:2308.15762).
    case wave
    /// 1F1B over slices of each sequence (Sun et al., Seq1F1B, arXiv:2406.03488).
    case seq1F1B = "seq1f1b"
}
