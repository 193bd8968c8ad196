import Parallelism
import Workload

/// Attention and recurrences over context ranks.
extension LayerCostModel {
    /// What an attention computes and could move, on one rank; `seconds` of its core if all ranks had the same.
    func contextWork(_ work: AttentionWork, _ shape: LayerShape, beside seconds: (forward: Double, backward: Double)) -> ContextWork {
        let (queryKey, value) = (Double(work.queryKeyWidth), Double(work.valueWidth))
        let heads = Double(work.heads) / Double(shape.tensor)
        let sequenceBytes = 2 * Double(shape.microBatch) * Double(inputs.job.sequenceLength)
        // Whole key/value heads, repeated where t exceeds them.
        let keyValueHeads = max(Double(work.keyValueHeads) / Double(shape.tensor), 1)
        let isLatent = sendsLatent(work, shape)
        // Kernels that know no chunks attend to the whole sequence.
        let knowsSight = inputs.stack.launches.contextRules == .none
        let way = shape.context(of: work.sight)
        return ContextWork(
            kind: way.kind, context: shape.context, inner: way.inner, tensor: shape.tensor,
            keyValueBytes: sequenceBytes
                * (isLatent ? Double(work.latentRank + work.latentRotary) : keyValueHeads * (queryKey + value)),
            queryBytes: sequenceBytes * heads * queryKey, outputBytes: sequenceBytes * heads * value,
            statisticsBytes: 2 * sequenceBytes * heads, tokens: isLatent ? 0 : sequenceBytes / 2, forward: seconds.forward,
            backward: seconds.backward,
            reach: knowsSight ? ContextReach(work.sight, sequence: inputs.job.sequenceLength, context: shape.context) : .whole)
    }

    /// What a query sees as the stack's kernels run it: Transformer Engine knows no chunks and attends to the whole sequence in their place.
    func sight(_ work: AttentionWork) -> Sight {
        if case .chunk = work.sight, inputs.stack.launches.contextRules == .transformerEngine { return .whole }
        return work.sight
    }

    /// Whether keys and values travel as the latent that they are projected up from.
    private func sendsLatent(_ work: AttentionWork, _ shape: LayerShape) -> Bool {
        guard inputs.stack.launches.sendsLatentKeys, work.latentRank > 0 else { return false }
        return [.ring, .contiguousRing, .allGather, .doubleRing].contains(shape.context(of: work.sight).kind)
    }

    /// The core on one rank if all had the same, in s.
    func coreSeconds(_ work: AttentionWork, _ shape: LayerShape) -> (forward: Double, backward: Double) {
        let sequence = Double(inputs.job.sequenceLength)
        let sight = sight(work)
        var isChunked = false
        if case .chunk = sight { isChunked = true }
        let keepsScores = shape.context > 1 && shape.context(of: work.sight).kind == .ringSelfAttention
        let seconds = core.seconds(
            AttentionCore.Shape(
                batch: Double(shape.microBatch), sequence: sequence, localSequence: sequence / Double(shape.context),
                heads: Double(work.heads) / Double(shape.tensor), queryKeyWidth: Double(work.queryKeyWidth),
                valueWidth: Double(work.valueWidth), window: sight.limit.map { Double($0) }, isChunked: isChunked,
                isLatent: work.isLatent),
            keepingScores: keepsScores)
        // Kernels that know documents skip what lies between them; separate products compute the whole square.
        guard let documents = inputs.job.documents, inputs.choices.attentionKernel.isFlash, !keepsScores else { return seconds }
        let share = documents.share(of: sight, sequence: inputs.job.sequenceLength)
        return (share * seconds.forward, share * seconds.backward)
    }

    /// The attentions of the layers' classes, in their order.
    var attentions: [AttentionWork] {
        layers.flatMap(\.operators).compactMap { if case .attention(let work) = $0.work { work } else { nil } }
    }

    /// The core and the context-parallel exchange of its keys and values.
    func addAttention(_ work: AttentionWork, to cost: inout LayerCost, _ shape: LayerShape, _ z: Sizes) -> Double {
        if case .selected(let chosen) = work.sight { return addSparseAttention(work, chosen: chosen, to: &cost, shape, z) }
        let heads = Double(work.heads) / z.t
        let value = Double(work.valueWidth)
        let seconds = coreSeconds(work, shape)
        cost.forward.attention += seconds.forward
        cost.backward.attention += seconds.backward
        guard shape.context > 1 else { return seconds.forward }
        let exchanged = contextWork(work, shape, beside: seconds)
        let (forward, backward) = (context.seconds(exchanged, .forward), context.seconds(exchanged, .backward))
        cost.forward.contextCommunication += forward.visible
        cost.backward.contextCommunication += backward.visible
        cost.forward.attention += forward.imbalance
        cost.backward.attention += backward.imbalance
        // Each step of a ring merges its fp32 output into what came before.
        let merges = ContextExchange.merges(exchanged)
        if merges > 0 {
            let merge = inputs.constants.ringMergePasses * Double(merges) * 4 * z.tokens * heads * value / memoryBandwidth
            cost.forward.elementwise += merge
            cost.backward.elementwise += 2 * merge
        }
        return seconds.forward + forward.imbalance + addProjection(work, to: &cost, shape, z)
    }

    /// Projecting up the latent keys and values that came from other ranks, where those travel; returns the forward's time.
    private func addProjection(_ work: AttentionWork, to cost: inout LayerCost, _ shape: LayerShape, _ z: Sizes) -> Double {
        guard sendsLatent(work, shape) else { return 0 }
        let width = Double(work.heads) / z.t * Double(work.queryKeyWidth - work.latentRotary + work.valueWidth)
        let forward = Double(shape.context - 1) * product.seconds(z.tokens, width, Double(work.latentRank))
        cost.forward.matrixProducts += forward
        cost.backward.matrixProducts += 2 * forward
        return forward
    }

    // MARK: Recurrences

    /// What a rank computes of a recurrence: whole sequences and over context ranks a share of the heads, or as much of all heads' pieces.
    func recurrentShape(_ shape: LayerShape, _ z: Sizes) -> RecurrentCore.Shape {
        RecurrentCore.Shape(
            batch: Double(shape.microBatch), sequence: Double(inputs.job.sequenceLength), share: 1 / (z.t * Double(shape.context)))
    }

    /// The recurrence, and what context ranks exchange that share a sequence: tokens for heads before it and back after it, or the states that their
    /// pieces end with.
    func addRecurrence(_ work: Recurrence, to cost: inout LayerCost, _ shape: LayerShape, _ z: Sizes) -> Double {
        let exchange =
            inputs.stack.launches.passesRecurrentStates ? stateSeconds(work, shape, z) : headSeconds(work, shape, z)
        cost.forward.contextCommunication += exchange
        cost.backward.contextCommunication += exchange
        return add(recurrent.seconds(work, recurrentShape(shape, z)), to: &cost.forward.recurrence, &cost.backward.recurrence)
    }

    /// Tokens for heads: values, gates, a number a head, queries and keys of every group at least once a rank; then the output.
    private func headSeconds(_ work: Recurrence, _ shape: LayerShape, _ z: Sizes) -> Double {
        let groups = max(Double(work.keyHeads) / z.t, Double(shape.context))
        let heads = Double(work.heads) / z.t
        let inputElements = heads * Double(2 * work.valueWidth + 1) + groups * Double(2 * work.keyWidth)
        return context.exchangeSeconds(
            bytes: 2 * z.tokens * (inputElements + heads * Double(work.valueWidth)), context: shape.context, tensor: shape.tensor)
    }

    /// One all-gather of the fp32 states that pieces end with, whatever the sequence (Sun et al., LASP-2, arXiv:2502.07563 §3.2); the few tokens that a
    /// convolution sees beyond a border are left out.
    private func stateSeconds(_ work: Recurrence, _ shape: LayerShape, _ z: Sizes) -> Double {
        let state = 4 * Double(shape.microBatch) * Double(work.heads) / z.t * Double(work.keyWidth) * Double(work.valueWidth)
        let gathered = ContextWork(
            kind: .allGather, context: shape.context, tensor: shape.tensor, keyValueBytes: state * Double(shape.context))
        return context.seconds(gathered, .forward).visible
    }
}
