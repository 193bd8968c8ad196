import Foundation
import Hardware
public import Parallelism
import Quantities
public import Workload

/// Prices a layer of each class once per shape: the first of the two levels of evaluation.
public struct LayerCostModel: Sendable {
    let inputs: CostInputs
    let product: MatrixProduct
    let grouped: GroupedProduct
    let core: AttentionCore
    let tensor: TensorExchange
    let context: ContextExchange
    let expert: ExpertExchange
    let memoryBandwidth: Double
    /// Whether linear layers run below 16 bits.
    let runsLow: Bool
    /// The classes of layers that the model has.
    let classes: Set<LayerClass>
    /// Parameters of a learned table of positions; 0 without one.
    let positionParameters: Double

    /// The layer prices of a model on a cluster with a stack.
    public init(_ inputs: CostInputs) {
        self.inputs = inputs
        let gpu = inputs.gpu
        let constants = inputs.constants
        let rates = ClusterRates(inputs.cluster)
        let collectives = CollectiveTime(rates: rates, curves: inputs.cluster.curves)
        memoryBandwidth = gpu.memoryBandwidth.value
        runsLow = inputs.runsLow
        classes = Set((0..<inputs.model.layers).map { inputs.model.layerClass(at: $0) })
        positionParameters = Double(inputs.model.parameters.positions)
        product = MatrixProduct(
            gpu: gpu, precision: inputs.format, derate: gpu.kernels.sustainedDerate, constants: constants)
        grouped = GroupedProduct(product: product, isLow: runsLow, memoryBandwidth: memoryBandwidth, constants: constants)
        core = AttentionCore(
            gpu: gpu, kernel: inputs.choices.attentionKernel, stackFactor: inputs.stack.costs.attentionFactor, constants: constants)
        tensor = TensorExchange(collectives: collectives, constants: constants)
        context = ContextExchange(rates: rates, constants: constants)
        expert = ExpertExchange(rates: rates, constants: constants)
    }

    /// Sizes of a shape that several parts of a layer use.
    struct Sizes {
        let t: Double
        /// Tokens of a micro-batch on a context rank, s·b/c.
        let tokens: Double
        /// Tokens outside tensor-parallel blocks: ÷t with sequence parallelism.
        let outerTokens: Double
        let hidden: Double
        let heads: Double
        /// Key/value heads of a tensor rank: whole heads, repeated where t exceeds them.
        let localKeyValueHeads: Double
    }

    func sizes(_ shape: LayerShape) -> Sizes {
        let t = Double(shape.tensor)
        let tokens = Double(inputs.job.sequenceLength) * Double(shape.microBatch) / Double(shape.context)
        return Sizes(
            t: t, tokens: tokens, outerTokens: shape.sequenceParallel ? tokens / t : tokens, hidden: Double(inputs.model.hidden),
            heads: Double(inputs.model.attention.heads), localKeyValueHeads: max(Double(inputs.model.attention.keyValueHeads) / t, 1))
    }

    /// The cost of a layer of `layerClass`, with the time of recomputing `modules` in its backward pass.
    ///
    /// `overlapsExperts` says whether expert exchange runs beside another micro-batch's compute.
    public func cost(_ layerClass: LayerClass, _ shape: LayerShape, recomputing modules: RecomputeModules, overlapsExperts: Bool)
        -> LayerCost
    {
        var cost = deviceCost(layerClass, shape, recomputing: modules, overlapsExperts: overlapsExperts)
        addHost(to: &cost, shape, isMixture: layerClass.isMixture)
        return cost
    }

    /// The cost of a layer that recomputes nothing, with its expert exchange as it is and hidden behind another micro-batch: what both share
    /// is computed once.
    func costs(_ layerClass: LayerClass, _ shape: LayerShape) -> (exposed: LayerCost, hidden: LayerCost) {
        var exposed = deviceCost(layerClass, shape, recomputing: [], overlapsExperts: false)
        var hidden = exposed
        hidden.forward.expertCommunication *= 1 - inputs.constants.hiddenExchangeShare
        hidden.backward.expertCommunication *= 1 - inputs.constants.hiddenExchangeShare
        addHost(to: &exposed, shape, isMixture: layerClass.isMixture)
        addHost(to: &hidden, shape, isMixture: layerClass.isMixture)
        return (exposed, hidden)
    }

    /// The cost on the device alone.
    private func deviceCost(
        _ layerClass: LayerClass, _ shape: LayerShape, recomputing modules: RecomputeModules, overlapsExperts: Bool
    ) -> LayerCost {
        let z = sizes(shape)
        var cost = LayerCost()
        addAttention(to: &cost, shape, z, isWindowed: layerClass.isWindowed, modules)
        if layerClass.isMixture, let experts = inputs.model.experts {
            addExperts(experts, to: &cost, shape, z, modules, overlapsExperts: overlapsExperts)
        } else {
            addFeedForward(to: &cost, shape, z, modules)
        }
        addTensorExchange(to: &cost, shape, z)
        return cost
    }

    // MARK: Attention

    /// Weight matrices of the attention block as (outputs, inputs) on a tensor rank.
    func attentionMatrices(_ z: Sizes) -> [(Double, Double)] {
        let attention = inputs.model.attention
        let h = z.hidden
        let a = z.heads
        guard let latent = attention.latent else {
            let d = Double(attention.headDimension)
            return [((a / z.t + 2 * z.localKeyValueHeads) * d, h), (h, a * d / z.t)]
        }
        let queryKey = Double(attention.queryKeyWidth)
        let value = Double(latent.valueDimension)
        let rank = Double(latent.keyValueRank)
        let queries: [(Double, Double)] =
            latent.queryRank.map { [(Double($0), h), (a * queryKey / z.t, Double($0))] } ?? [(a * queryKey / z.t, h)]
        return queries + [
            (rank + Double(latent.ropeDimension), h), (a * (Double(latent.nopeDimension) + value) / z.t, rank), (h, a * value / z.t),
        ]
    }

    private func addAttention(to cost: inout LayerCost, _ shape: LayerShape, _ z: Sizes, isWindowed: Bool, _ modules: RecomputeModules) {
        let attention = inputs.model.attention
        let matrices = attentionMatrices(z)
        addMatrices(matrices, rows: z.tokens, to: &cost)
        let queryKey = Double(attention.queryKeyWidth)
        let value = Double(attention.valueWidth)
        let coreTime = core.seconds(
            AttentionCore.Shape(
                batch: Double(shape.microBatch), sequence: Double(inputs.job.sequenceLength),
                localSequence: Double(inputs.job.sequenceLength) / Double(shape.context), heads: z.heads / z.t, queryKeyWidth: queryKey,
                valueWidth: value, window: isWindowed ? attention.window.map { Double($0.size) } : nil, isLatent: attention.latent != nil))
        cost.forward.attention = coreTime.forward
        cost.backward.attention = coreTime.backward
        // Norms and rotary embedding.
        let rotary: Double
        if let latent = attention.latent {
            rotary = MemoryBound.latent(
                tokens: z.tokens, heads: z.heads / z.t, queryKey: queryKey, value: value, nope: Double(latent.nopeDimension))
        } else {
            let d = Double(attention.headDimension)
            rotary = MemoryBound.rotary(
                tokens: z.tokens / z.t, queryWidth: z.heads * d, keyWidth: Double(attention.keyValueHeads) * d)
        }
        let norms = MemoryBound.norms(tokens: z.outerTokens, hidden: z.hidden) * Double(inputs.model.normsPerLayer) / 2
        let elementwise = (normPasses * norms + activationPasses * rotary) / memoryBandwidth
        cost.forward.elementwise += elementwise
        cost.backward.elementwise += 2 * elementwise
        // Casts of the projections' inputs and of their outputs' gradients.
        let queryValue = z.heads * value / z.t
        addCasts(
            forward: z.tokens * (z.hidden + queryValue),
            backward: z.tokens * ((z.heads + 2 * Double(attention.keyValueHeads)) * queryKey / z.t + z.hidden), to: &cost)
        // Context parallelism.
        let sequenceBytes = 2 * Double(shape.microBatch) * Double(inputs.job.sequenceLength)
        let exchange = context.seconds(
            kind: shape.contextKind, keyValueBytes: sequenceBytes * z.localKeyValueHeads * (queryKey + value),
            queryBytes: sequenceBytes * z.heads / z.t * queryKey, context: shape.context, tensor: shape.tensor)
        cost.forward.contextCommunication = exchange.forward
        cost.backward.contextCommunication = exchange.backward
        // Each step of the ring merges its fp32 output into what came before.
        if shape.context > 1, shape.contextKind == .ring {
            let merge = inputs.constants.ringMergePasses * Double(shape.context - 1) * 4 * z.tokens * queryValue / memoryBandwidth
            cost.forward.elementwise += merge
            cost.backward.elementwise += 2 * merge
        }
        // What selective recomputation repeats.
        if modules.contains(.coreAttention) { cost.selectiveRecompute += coreTime.forward }
        if modules.contains(.latentUpProjection), let latent = attention.latent {
            if let rank = latent.queryRank { cost.selectiveRecompute += product.seconds(z.tokens, z.heads * queryKey / z.t, Double(rank)) }
            cost.selectiveRecompute += product.seconds(
                z.tokens, z.heads * (Double(latent.nopeDimension) + value) / z.t, Double(latent.keyValueRank))
        }
        // The two norms move 8 of the 20 bytes an element that norms and residuals move together.
        if modules.contains(.norms) { cost.selectiveRecompute += normPasses * norms * 8 / 20 / memoryBandwidth }
        if modules.contains(.alternateMatrixProducts) {
            cost.selectiveRecompute += product.seconds(z.tokens, matrices[0].0, matrices[0].1) + 0.7 * elementwise
        }
    }

    // MARK: Feed-forward

    private func addFeedForward(to cost: inout LayerCost, _ shape: LayerShape, _ z: Sizes, _ modules: RecomputeModules) {
        let block = inputs.model.feedForward
        let f = Double(block.width) / z.t
        let first = (block.isGated ? 2 : 1) * f
        let before = cost.forward.total
        addMatrices([(first, z.hidden), (z.hidden, f)], rows: z.tokens, to: &cost)
        let activation =
            activationPasses * MemoryBound.activation(tokens: z.tokens, width: f, isGated: block.isGated) / memoryBandwidth
        cost.forward.elementwise += activation
        cost.backward.elementwise += 2 * activation
        addCasts(forward: z.tokens * (z.hidden + f), backward: z.tokens * (first + z.hidden), to: &cost)
        if modules.contains(.feedForward) { cost.selectiveRecompute += cost.forward.total - before }
        if modules.contains(.alternateMatrixProducts) {
            cost.selectiveRecompute += product.seconds(z.tokens, first, z.hidden) + 0.7 * activation
        }
    }

    // MARK: Experts

    private func addExperts(
        _ experts: Experts, to cost: inout LayerCost, _ shape: LayerShape, _ z: Sizes, _ modules: RecomputeModules, overlapsExperts: Bool
    ) {
        let constants = inputs.constants
        let x = Double(shape.expertTensor)
        let count = Double(experts.count)
        let local = count / Double(shape.expert)
        let width = Double(experts.width) / x
        let gated = inputs.model.feedForward.isGated ? 2.0 : 1.0
        let h = z.hidden
        let routedTokens = z.tokens / z.t
        let rows = routedTokens * Double(experts.perToken) * x * inputs.job.expertImbalance
        let rowsPerExpert = max(rows / local, 1)
        let before = cost.forward.total
        // Routed experts.
        let up = grouped.seconds(experts: local, rows: rowsPerExpert, gated * width, h)
        let down = grouped.seconds(experts: local, rows: rowsPerExpert, h, width)
        let weights =
            grouped.weightGradientSeconds(experts: local, rows: rowsPerExpert, gated * width, h)
            + grouped.weightGradientSeconds(experts: local, rows: rowsPerExpert, h, width)
        cost.forward.experts = up + down
        cost.backward.experts = up + down + weights
        cost.weightGradient += weights
        cost.expertParameters = local * (gated + 1) * h * width
        // Shared experts and router.
        if experts.sharedWidth > 0 {
            let shared = Double(experts.sharedWidth) / z.t
            addMatrices([(gated * shared, h), (h, shared)], rows: z.tokens, to: &cost)
            let activation =
                activationPasses * MemoryBound.activation(tokens: z.tokens, width: shared, isGated: gated == 2) / memoryBandwidth
            cost.forward.elementwise += activation
            cost.backward.elementwise += 2 * activation
        }
        let router = product.seconds(z.outerTokens, count, h, low: false)
        cost.forward.matrixProducts += router
        cost.backward.matrixProducts += 2 * router
        cost.denseParameters += h * count
        // Permutation and activation.
        var moved = MemoryBound.permutation(
            rows: rows, hidden: h, expertWidth: width, sortsTwice: inputs.choices.dispatcher == .allToAll, routedTokens: z.outerTokens,
            experts: count)
        if experts.hasBias { moved += MemoryBound.expertBias(rows: rows, hidden: h, expertWidth: width) }
        let permutation = constants.permutationPasses * moved / memoryBandwidth
        cost.forward.elementwise += permutation
        cost.backward.elementwise += 2 * permutation
        addCasts(
            forward: rows * (h + width) * constants.expertCastShare,
            backward: rows * (gated * width + h) * constants.expertCastShare, to: &cost)
        // Dispatch and combine.
        let exchange = expert.seconds(
            tokens: routedTokens, rowBytes: 2 * h, expertsPerToken: Double(experts.perToken), expert: shape.expert,
            expertTensor: shape.expertTensor, dispatcher: inputs.choices.dispatcher, imbalance: inputs.job.expertImbalance)
        let visible = 2 * exchange * (overlapsExperts ? 1 - constants.hiddenExchangeShare : 1)
        cost.forward.expertCommunication = visible
        cost.backward.expertCommunication = visible
        if modules.contains(.expertActivation) { cost.selectiveRecompute += activationPasses * 6 * rows * width / memoryBandwidth }
        if modules.contains(.experts) { cost.selectiveRecompute += cost.forward.total - before }
    }

    // MARK: Shared steps

    /// Adds forward, input-gradient and weight-gradient products of matrices given as (outputs, inputs), and gradient accumulation.
    private func addMatrices(_ matrices: [(Double, Double)], rows: Double, to cost: inout LayerCost) {
        let constants = inputs.constants
        var parameters = 0.0
        for (n, k) in matrices {
            let weight = product.seconds(n, k, rows) * constants.weightGradientFactor
            cost.forward.matrixProducts += product.seconds(rows, n, k)
            cost.backward.matrixProducts += product.seconds(rows, k, n) + weight
            cost.weightGradient += weight
            parameters += n * k
        }
        let accumulation = constants.accumulationPasses * accumulationBytes * parameters / memoryBandwidth
        cost.backward.matrixProducts += accumulation
        cost.weightGradient += accumulation
        cost.denseParameters += parameters
    }

    /// Bytes a parameter and micro-batch that adding to the accumulated gradient moves beyond the product's own output: read and write of the
    /// buffer, less the 16-bit output where the product adds by itself (stacks with dummy gradient buffers), more where another kernel reads it.
    private var accumulationBytes: Double {
        2 * inputs.gradientFormat.bytes + (inputs.stack.memory.buffersWeightGradients ? -2 : 2)
    }

    /// Casts of linear layers' inputs (forward) and output gradients (backward), given as elements; nothing at 16 bits.
    private func addCasts(forward: Double, backward: Double, to cost: inout LayerCost) {
        guard runsLow else { return }
        let perElement = inputs.constants.castPasses * 4 / memoryBandwidth
        cost.forward.matrixProducts += perElement * forward
        cost.backward.matrixProducts += perElement * backward
    }

    private func addTensorExchange(to cost: inout LayerCost, _ shape: LayerShape, _ z: Sizes) {
        var visible = inputs.stack.costs.visibleTensorShare
        if inputs.choices.asyncTensorParallel { visible *= inputs.constants.asyncTensorShare }
        let bytes = 2 * z.tokens * z.hidden
        let half = tensor.seconds(bytes: bytes, tensor: shape.tensor, sequenceParallel: shape.sequenceParallel)
        cost.extrapolatesCollectives = tensor.isExtrapolated(
            bytes: bytes, tensor: shape.tensor, sequenceParallel: shape.sequenceParallel)
        // Routed experts exchange tokens instead of tensor-parallel halves.
        let halves = cost.expertParameters > 0 ? 1.0 : 2.0
        cost.forward.tensorCommunication = halves * half.forward * visible
        cost.backward.tensorCommunication = halves * half.backward * visible
    }

    /// A layer cannot run faster than the host issues it: time = (device^q + host^q)^(1/q).
    private func addHost(to cost: inout LayerCost, _ shape: LayerShape, isMixture: Bool) {
        let constants = inputs.constants
        let graphs = inputs.choices.graphs
        let forwardHost: Double
        if isMixture {
            let isGrace = inputs.cluster.first.host == .grace
            let local = Double(inputs.model.experts?.count ?? 0) / Double(shape.expert)
            var host =
                switch graphs {
                case .full: constants.hostMixtureTimeFullGraphs
                case .partial: constants.hostMixtureTimePartialGraphs
                case .none: (isGrace ? constants.hostMixtureTimeGrace : constants.hostMixtureTime) + constants.hostExpertTime * local
                }
            if inputs.choices.waitsForTokenCounts, graphs != .full { host += constants.hostCountWait }
            forwardHost = host / 3
        } else {
            let share = graphs == .full ? constants.fullGraphShare : graphs == .partial ? constants.partialGraphShare : 1
            // Every collective waits for the slowest of the hosts that feed its ranks.
            let waiting = 1 + constants.hostTensorShare * Double(shape.tensor - 1)
            forwardHost = inputs.stack.costs.hostLayerTime.value * waiting * share
        }
        cost.forward.launch = softMaximum(cost.forward.total, forwardHost) - cost.forward.total
        cost.backward.launch = softMaximum(cost.backward.total, 2 * forwardHost) - cost.backward.total
    }

    private func softMaximum(_ a: Double, _ b: Double) -> Double {
        let high = max(a, b)
        guard high > 0 else { return 0 }
        return high * pow(1 + pow(min(a, b) / high, inputs.constants.hostSharpness), 1 / inputs.constants.hostSharpness)
    }

    /// Passes count against the memory's peak bandwidth, so the fitted counts hold the kernels' efficiency.
    var normPasses: Double {
        inputs.stack.costs.normPasses * (inputs.choices.fusedNorm ? inputs.constants.fusedNormShare : 1) * eager
    }
    var activationPasses: Double { inputs.constants.activationPasses * eager }
    /// Stacks that compile run element-wise operators slower without the compiler.
    private var eager: Double { inputs.stack.defaults.compiled && !inputs.choices.compiled ? inputs.constants.eagerFactor : 1 }
}
