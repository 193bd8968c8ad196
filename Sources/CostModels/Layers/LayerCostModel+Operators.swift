import Hardware
import Parallelism
import Quantities
import Workload

/// What each operator of a layer takes on one rank for one micro-batch.
extension LayerCostModel {
    /// Adds an operator's time, forward and backward, and that of recomputing it where it belongs to one of `modules`.
    func add(
        _ one: PricedOperator, to cost: inout LayerCost, _ shape: LayerShape, _ z: Sizes, recomputing modules: RecomputeModules,
        overlapsExperts: Bool
    ) {
        let forward: Double
        switch one.work {
        case .product(let work):
            let (seconds, casts) = addProduct(work, one.training, to: &cost, z)
            if modules.contains(.alternateMatrixProducts) { cost.selectiveRecompute += one.alternateShare * seconds }
            forward = seconds + casts
        case .experts(let work): forward = addExperts(work, one.training, to: &cost, shape, z)
        case .attention(let work): forward = addAttention(work, to: &cost, shape, z)
        case .scoring(let work): forward = addScoring(work, to: &cost, shape, z)
        case .recurrence(let work): forward = addRecurrence(work, to: &cost, shape, z)
        case .sequential(let work):
            let seconds = recurrent.seconds(work, recurrentShape(shape, z))
            forward = add(seconds, to: &cost.forward.recurrence, &cost.backward.recurrence)
        case .convolution(let work):
            let channels =
                work.channels.onRank(tensor: z.t, expertTensor: z.x) + work.sharedChannels.onRank(tensor: z.t, expertTensor: z.x)
            forward = add(
                recurrent.convolutionSeconds(tokens: z.tokens, channels: channels), to: &cost.forward.recurrence, &cost.backward.recurrence)
        case .routing(let work): forward = addRouter(work, one.training, to: &cost, z)
        case .elementwise(let work):
            forward = addElementwise(work, to: &cost, z, recomputing: modules)
            if modules.contains(.alternateMatrixProducts) { cost.selectiveRecompute += one.alternateShare * forward }
        case .exchange(let work): forward = addExchange(work, to: &cost, shape, z, overlapsExperts: overlapsExperts)
        }
        if !one.modules.isDisjoint(with: modules) {
            cost.selectiveRecompute += forward
            cost.recomputedLaunches += HostLaunches.forward(one.work)
        }
    }

    // MARK: Products

    /// Forward, input-gradient and weight-gradient product of a matrix of (outputs, inputs), its casts, and gradient accumulation; returns the
    /// forward's time and that of its casts.
    private func addProduct(_ work: DenseProduct, _ training: PricedTraining, to cost: inout LayerCost, _ z: Sizes)
        -> (product: Double, casts: Double)
    {
        let n = work.outputs.onRank(tensor: z.t, expertTensor: z.x) + work.keyValues.onRank(tensor: z.t, expertTensor: z.x)
        let k = work.inputs.onRank(tensor: z.t, expertTensor: z.x)
        var (forward, input, weight) = (0.0, 0.0, 0.0)
        func multiply(by n: Double, times: Double) {
            guard n > 0, times > 0 else { return }
            forward += times * product.seconds(z.tokens, n, k)
            input += times * product.seconds(z.tokens, k, n)
            if training.trainsWeights { weight += times * product.seconds(n, k, z.tokens) * inputs.constants.weightGradientFactor }
        }
        if inputs.choices.fusedProjections {
            multiply(by: n, times: 1)
        } else {
            let matrices = Double(work.matrices)
            multiply(by: work.outputs.onRank(tensor: z.t, expertTensor: z.x) / matrices, times: matrices)
            multiply(by: work.keyValues.onRank(tensor: z.t, expertTensor: z.x) / 2, times: 2)
        }
        if training.trainsWeights { weight += inputs.constants.accumulationPasses * accumulationBytes * n * k / memoryBandwidth }
        cost.forward.matrixProducts += forward
        cost.backward.matrixProducts += input + weight
        cost.weightGradient += weight
        let casts = addCasts(
            forward: z.tokens * work.castInputs.onRank(tensor: z.t, expertTensor: z.x),
            backward: z.tokens * work.castGradients.onRank(tensor: z.t, expertTensor: z.x), to: &cost)
        guard !training.trainsWeights else { return (forward, casts) }
        let beside =
            addAdapters(training, tokens: z.tokens, weights: n * k, copies: 1, to: &cost, z)
            + addWidening(training, weights: n * k, to: \.matrixProducts, of: &cost)
        return (forward + beside, casts)
    }

    /// Bytes a parameter and micro-batch that adding to the accumulated gradient moves beyond the product's own output: read and write of the
    /// buffer, less the 16-bit output where the product adds by itself (stacks with dummy gradient buffers), more where another kernel reads it.
    private var accumulationBytes: Double {
        2 * inputs.gradientFormat.bytes + (inputs.stack.memory.buffersWeightGradients ? -2 : 2)
    }

    /// Casts of linear layers' inputs (forward) and output gradients (backward), given as elements; nothing at 16 bits.
    /// Returns the time of the forward ones.
    private func addCasts(forward: Double, backward: Double, to cost: inout LayerCost) -> Double {
        guard runsLow else { return 0 }
        let passes = inputs.constants.castPasses * (inputs.job.precision == .fp8Rowwise ? inputs.constants.rowScaledCasts : 1)
        let perElement = passes * 4 / memoryBandwidth
        cost.forward.matrixProducts += perElement * forward
        cost.backward.matrixProducts += perElement * backward
        return perElement * forward
    }

    // MARK: Attention

    /// Sparse attention: every query meets as many keys as are chosen, latent ones as they are, so that all heads share them.
    func addSparseAttention(
        _ work: AttentionWork, chosen: Int, to cost: inout LayerCost, _ shape: LayerShape, _ z: Sizes
    ) -> Double {
        let seconds = sparse.attentionSeconds(
            tokens: z.tokens, heads: Double(work.heads) / z.t, chosen: Double(chosen),
            widths: Double(work.sparseKeyWidth + work.sparseValueWidth))
        // Keys of the whole sequence, which every rank needs since any of them may be chosen.
        let keyBytes = 2 * Double(shape.microBatch) * Double(inputs.job.sequenceLength) * Double(work.sparseKeyWidth)
        let gathered = ContextWork(kind: .allGather, context: shape.context, tensor: shape.tensor, keyValueBytes: keyBytes)
        cost.forward.contextCommunication += context.seconds(gathered, .forward).visible
        cost.backward.contextCommunication += context.seconds(gathered, .backward).visible
        return add(seconds, to: &cost.forward.attention, &cost.backward.attention)
    }

    /// The indexer's scores in 8 bits, the writing of them, and the choice; its gradients are products of the same sizes in 16 bits, twice.
    private func addScoring(_ work: KeyScoring, to cost: inout LayerCost, _ shape: LayerShape, _ z: Sizes) -> Double {
        let keys = Double(inputs.job.sequenceLength) / 2
        let width = Double(work.heads * work.width)
        let forward =
            sparse.scoringSeconds(tokens: z.tokens, keys: keys, width: width) + sparse.choiceSeconds(tokens: z.tokens, keys: keys)
        return add(
            (forward, sparse.scoringBackwardSeconds(tokens: z.tokens, keys: keys, width: width)), to: &cost.forward.attention,
            &cost.backward.attention)
    }

    /// Adds times to a part of the layer's; returns the forward one.
    func add(_ seconds: (forward: Double, backward: Double), to forward: inout Double, _ backward: inout Double) -> Double {
        forward += seconds.forward
        backward += seconds.backward
        return seconds.forward
    }

    // MARK: Mixtures

    /// Rows that a rank's experts receive in all: its own tokens, k experts each, gathered over expert tensor ranks.
    func routedRows(perToken: Int, _ z: Sizes) -> Double { z.tokens / z.t * Double(perToken) * z.x * z.busiest }

    private func addExperts(
        _ work: ExpertProduct, _ training: PricedTraining, to cost: inout LayerCost, _ shape: LayerShape, _ z: Sizes
    ) -> Double {
        let local = Double(work.experts) / Double(shape.expert)
        let rows = routedRows(perToken: work.perToken, z)
        let rowsPerExpert = max(rows / local, 1)
        let n = work.outputs.onRank(tensor: z.t, expertTensor: z.x)
        let k = work.inputs.onRank(tensor: z.t, expertTensor: z.x)
        let forward = grouped.seconds(experts: local, rows: rowsPerExpert, n, k)
        let weight = training.trainsWeights ? grouped.weightGradientSeconds(experts: local, rows: rowsPerExpert, n, k) : 0
        cost.forward.experts += forward
        cost.backward.experts += forward + weight
        cost.weightGradient += weight
        let casts = addCasts(
            forward: rows * k * inputs.constants.expertCastShare, backward: rows * n * inputs.constants.expertCastShare, to: &cost)
        guard !training.trainsWeights else { return forward + casts }
        return forward + casts + addAdapters(training, tokens: rowsPerExpert, weights: n * k, copies: local, to: &cost, z)
            + addWidening(training, weights: local * n * k, to: \.experts, of: &cost)
    }

    /// The router's product, in 16 bits whatever the job's precision.
    private func addRouter(_ work: Routing, _ training: PricedTraining, to cost: inout LayerCost, _ z: Sizes) -> Double {
        let seconds = product.seconds(z.outerTokens, Double(work.experts), Double(work.hidden), low: false)
        cost.forward.matrixProducts += seconds
        cost.backward.matrixProducts += (training.trainsWeights ? 2 : 1) * seconds
        return seconds
    }

    private func addExchange(
        _ work: TokenExchange, to cost: inout LayerCost, _ shape: LayerShape, _ z: Sizes, overlapsExperts: Bool
    ) -> Double {
        func exchange(_ bytes: Double) -> Double {
            expert.seconds(
                tokens: z.tokens / z.t, rowBytes: bytes * Double(work.hidden), expertsPerToken: Double(work.perToken), expert: shape.expert,
                expertTensor: shape.expertTensor, dispatcher: inputs.choices.dispatcher, imbalance: z.busiest, group: z.routing,
                nodeLimit: inputs.choices.routedNodes)
        }
        let whole = exchange(2)
        // Tokens may go to their experts in 8 bits; outputs and gradients have 16.
        let format = inputs.choices.dispatchFormat
        let forward = whole + (format == .bf16 ? whole : exchange(format.bytes))
        cost.forward.expertCommunication += forward
        cost.backward.expertCommunication += 2 * whole
        return forward * (overlapsExperts ? 1 - inputs.constants.hiddenExchangeShare : 1)
    }

    // MARK: Memory-bound operators

    private func addElementwise(_ work: Elementwise, to cost: inout LayerCost, _ z: Sizes, recomputing modules: RecomputeModules) -> Double
    {
        let elements = work.width.onRank(tensor: z.t, expertTensor: z.x) * tokens(work.tokens, z)
        let forward = passes(work.kind, z) * work.bytes * elements / memoryBandwidth
        cost.forward.elementwise += forward
        cost.backward.elementwise += 2 * forward
        if !work.repeatModule.isDisjoint(with: modules) {
            cost.selectiveRecompute += passes(work.repeatKind, z) * work.repeatedBytes * elements / memoryBandwidth
        }
        return forward
    }

    /// Passes over its least traffic that a kernel of a kind takes, for sorting with the bytes an element that the dispatcher leaves to it.
    ///
    /// An all-to-all sorts a rank's own rows by expert, 8 B an element there and back, and after the exchange sorts those that came, gathered over
    /// expert tensor ranks, by local expert where it has several (Megatron-Core, token_dispatcher.py); other dispatchers do the first themselves.
    private func passes(_ kind: Elementwise.Kind, _ z: Sizes) -> Double {
        switch kind {
        case .norm: normPasses
        case .activation: activationPasses
        case .permutation: inputs.constants.permutationPasses
        case .sorting:
            inputs.constants.permutationPasses * (inputs.choices.dispatcher == .allToAll ? 8 / z.x + (z.localExperts > 1 ? 8 : 0) : 8)
        }
    }

    private func tokens(_ place: Tokens, _ z: Sizes) -> Double {
        switch place {
        case .whole: z.tokens
        case .outer, .gathered: z.outerTokens
        case .routed: routedRows(perToken: z.perToken, z)
        }
    }
}
