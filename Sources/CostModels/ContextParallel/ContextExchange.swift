import Hardware
import Parallelism
import Quantities

/// Context-parallel communication of one layer for one micro-batch.
public struct ContextExchange: Sendable {
    let links: ContextLinks
    let constants: SharedConstants

    init(rates: ClusterRates, constants: SharedConstants, memoryBandwidth: Double = 0) {
        links = ContextLinks(rates: rates, latency: constants.transferLatency, memoryBandwidth: memoryBandwidth)
        self.constants = constants
    }

    init(_ links: ContextLinks, constants: SharedConstants) {
        self.links = links
        self.constants = constants
    }

    /// The exchange on a cluster, for one who looks at steps.
    public init(_ inputs: CostInputs) {
        self.init(
            rates: ClusterRates(inputs.cluster), constants: inputs.constants,
            memoryBandwidth: inputs.gpu.memoryBandwidth.value * inputs.releaseSpeed)
    }

    /// Calls `body` with the steps of a pass, equal ones together.
    @inline(__always)
    func forEachStep(_ work: ContextWork, _ pass: ContextPass, _ body: (ContextStep) -> Void) {
        switch work.kind {
        case .ring: RingSteps.forEach(work, pass, links, isContiguous: false, body)
        case .contiguousRing: RingSteps.forEach(work, pass, links, isContiguous: true, body)
        case .allGather: AllGatherSteps.forEach(work, pass, links, body)
        case .ulysses: UlyssesSteps.forEach(work, pass, links, body)
        case .hierarchical, .ringInside: HierarchicalSteps.forEach(work, pass, links, body)
        case .ringSelfAttention: RingSelfAttentionSteps.forEach(work, pass, links, body)
        case .tokenRing: TokenRingSteps.forEach(work, pass, links, body)
        case .doubleRing: DoubleRingSteps.forEach(work, pass, links, body)
        }
    }

    /// The steps of a pass in order, equal ones together.
    public func steps(_ work: ContextWork, _ pass: ContextPass) -> [ContextStep] {
        var steps: [ContextStep] = []
        guard work.context > 1 else { return steps }
        forEachStep(work, pass) { steps.append($0) }
        return steps
    }

    /// Duration of one of a step's equal steps, in s.
    public func duration(_ step: ContextStep) -> Double {
        var one = step
        one.count = 1
        return one.attention + one.visible(share: constants.visibleRingShare)
    }

    /// Visible time of a pass, and what its slowest rank computes beyond the mean, in s.
    func seconds(_ work: ContextWork, _ pass: ContextPass) -> (visible: Double, imbalance: Double) {
        guard work.context > 1 else { return (0, 0) }
        var (visible, attention) = (0.0, 0.0)
        forEachStep(work, pass) {
            visible += $0.visible(share: constants.visibleRingShare)
            attention += $0.count * $0.attention
        }
        return (visible, work.kind == .contiguousRing ? max(0, attention - work.attention(pass)) : 0)
    }

    /// Bytes of buffers that a rank holds beside the layer's activations, by kind.
    static func buffers(_ work: ContextWork) -> Double {
        guard work.context > 1 else { return 0 }
        switch work.kind {
        case .allGather: return AllGatherSteps.buffers(work)
        case .doubleRing: return DoubleRingSteps.buffers(work)
        case .ring, .contiguousRing, .ulysses, .hierarchical, .ringInside, .ringSelfAttention, .tokenRing: return 0
        }
    }

    /// Steps of a ring after which outputs are merged, each a pass over the fp32 output.
    static func merges(_ work: ContextWork) -> Int {
        switch work.kind {
        case .allGather, .ulysses, .ringSelfAttention: 0
        case .hierarchical, .ringInside: work.context / max(1, work.kind.headRanks(of: work.context, inner: work.inner)) - 1
        case .contiguousRing: min(work.context - 1, work.reach.contiguous)
        case .ring: min(work.context - 1, work.reach.zigzag)
        case .tokenRing, .doubleRing: work.context - 1
        }
    }

    /// Time in s in which context ranks exchange tokens for heads all to all, of which a rank has `bytes`.
    func exchangeSeconds(bytes: Double, context: Int, tensor: Int) -> Double {
        links.allToAll(bytes, ranks: context, stride: tensor).seconds
    }
}
