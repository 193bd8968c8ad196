import Foundation
import Hardware
import Parallelism
import Quantities
public import Workload

/// Prices a layer of each class once per shape: the first of the two levels of evaluation.
///
/// A layer is what its operators are (`Workload.Block`); `LayerCostModel+Operators` says what each takes.
public struct LayerCostModel: Sendable {
    let inputs: CostInputs
    let product: MatrixProduct
    let grouped: GroupedProduct
    let core: AttentionCore
    let recurrent: RecurrentCore
    let sparse: SparseCore
    let tensor: TensorExchange
    let context: ContextExchange
    let expert: ExpertExchange
    let memoryBandwidth: Double
    /// What is learned from; nil without distillation.
    let teacher: Teacher?
    /// Whether linear layers run below 16 bits.
    let runsLow: Bool
    /// The classes of layers that the model has; a class is named by its place among them.
    public let classes: LayerClasses
    /// Parameters that stand beside the embedding: a learned table of positions, embeddings of every layer, and those named one by one.
    let besideEmbedding: Double
    /// What hides tensor-parallel collectives, and for what the stack's share of them that shows was fitted.
    let technique, fittedTechnique: OverlapTechnique
    /// What a layer of each class runs, in the order of `classes`.
    let layers: [PricedLayer]

    /// A layer's operators without what only people read.
    struct PricedLayer: Sendable {
        /// What runs, in order.
        var operators: [PricedOperator] = []
        /// Blocks whose activations tensor-parallel ranks gather and scatter.
        var halves = 0.0
        /// Parts with a residual connection around them; a transformer's layer has two.
        var parts = 0.0
        /// Kernels that its forward issues without adapters, and those of adapters.
        var launches = 0.0
        var adapterLaunches = 0.0
        /// What the job's method does with it.
        var training = LayerTraining.trained
        /// What it holds of weights where they are perturbed in place; nil with gradients.
        var perturbed: HeldWeights?
        /// Experts of its mixture, and those that a token visits; 0 and 1 without one.
        var experts = 0.0
        var perToken = 1
        /// The group of a routing's layers that its mixture is of.
        var routing: Int?

        /// Whether a block is a mixture.
        var isMixture: Bool { experts > 0 }
    }

    /// An operator that copies as plain bytes.
    struct PricedOperator: Sendable {
        let work: Work
        let modules: RecomputeModules
        let alternateShare: Double
        let training: PricedTraining
    }

    /// The layer prices of a model on a cluster with a stack.
    public init(_ inputs: CostInputs) {
        self.inputs = inputs
        let gpu = inputs.gpu
        let constants = inputs.constants
        let rates = ClusterRates(inputs.cluster)
        let collectives = CollectiveTime(rates: rates, curves: inputs.cluster.curves)
        let speed = inputs.releaseSpeed
        memoryBandwidth = gpu.memoryBandwidth.value * speed
        runsLow = inputs.runsLow
        teacher = Teacher(inputs)
        classes = inputs.layerClasses
        let method = inputs.job.method
        fittedTechnique = inputs.choices.asyncTensorParallel ? .asynchronous : inputs.stack.launches.tensorOverlap.first ?? .none
        technique = inputs.model.residual == .ladder ? .ladder : inputs.choices.tensorOverlap ?? fittedTechnique
        layers = classes.classes.map { layerClass in
            let blocks = inputs.model.blocks(of: layerClass)
            let mixture = layerClass.mixture
            let trainings = TrainedOperator.all(blocks.flatMap(\.operators), in: layerClass.training, method).map {
                PricedTraining($0, method)
            }
            return PricedLayer(
                operators: zip(blocks.flatMap(\.operators), trainings).map { one, training in
                    PricedOperator(work: one.work, modules: one.modules, alternateShare: one.alternateShare, training: training)
                },
                halves: Double(blocks.filter(\.exchangesActivations).count), parts: Double(blocks.count),
                launches: blocks.flatMap(\.operators).reduce(0) { $0 + HostLaunches.forward($1.work) },
                adapterLaunches: trainings.reduce(0) { $0 + $1.launches }, training: layerClass.training,
                perturbed: method.hasGradients ? nil : HeldWeights(layerClass, of: inputs.model, method),
                experts: Double(mixture?.count ?? 0), perToken: mixture?.perToken ?? 1, routing: layerClass.routing)
        }
        let count = inputs.model.parameters
        besideEmbedding = Double(count.positions + count.layerEmbedding + count.extras)
        product = MatrixProduct(
            gpu: gpu, precision: inputs.format, derate: gpu.kernels.sustainedDerate, speed: speed, constants: constants)
        grouped = GroupedProduct(product: product, isLow: runsLow, memoryBandwidth: memoryBandwidth, constants: constants)
        recurrent = RecurrentCore(gpu: gpu, constants: constants.recurrence)
        sparse = SparseCore(gpu: gpu, constants: constants.recurrence)
        core = AttentionCore(
            gpu: gpu, kernel: inputs.choices.attentionKernel, stackFactor: inputs.stack.costs.attentionFactor, speed: speed,
            constants: constants)
        tensor = TensorExchange(collectives: collectives, constants: constants)
        context = ContextExchange(rates: rates, constants: constants, memoryBandwidth: memoryBandwidth)
        var exchange = ExpertExchange(rates: rates, constants: constants)
        if let routing = inputs.job.routing {
            let perToken = Set(classes.classes.compactMap { $0.mixture?.perToken })
            exchange.routed = perToken.sorted().map { RoutedRows(routing, perToken: Double($0), domainSize: rates.domainSize) }
        }
        expert = exchange
    }

    /// Sizes of a shape that operators share.
    struct Sizes {
        let t: Double
        let x: Double
        /// Tokens of a micro-batch on a context rank, s·b/c.
        let tokens: Double
        /// Tokens outside tensor-parallel blocks: ÷t with sequence parallelism.
        let outerTokens: Double
        let hidden: Double
        /// Experts that a token visits.
        let perToken: Int
        /// Experts of a rank; 0 without a mixture.
        let localExperts: Double
        /// Busiest over mean load of expert ranks.
        let busiest: Double
        /// The layer's group in the routing.
        let routing: Int?
    }

    func sizes(_ shape: LayerShape, _ layer: PricedLayer? = nil) -> Sizes {
        let t = Double(shape.tensor)
        let tokens = Double(inputs.job.sequenceLength) * Double(shape.microBatch) / Double(shape.context)
        return Sizes(
            t: t, x: Double(shape.expertTensor), tokens: tokens, outerTokens: shape.sequenceParallel ? tokens / t : tokens,
            hidden: Double(inputs.model.hidden), perToken: layer?.perToken ?? 1, localExperts: (layer?.experts ?? 0) / Double(shape.expert),
            busiest: inputs.job.busiestExperts(ranks: shape.expert, group: layer?.routing), routing: layer?.routing)
    }

    /// The cost of a layer of the class at place `layerClass`, with the time of recomputing `modules` in its backward pass.
    ///
    /// `overlapsExperts` says whether expert exchange runs beside another micro-batch's compute.
    public func cost(_ layerClass: Int, _ shape: LayerShape, recomputing modules: RecomputeModules, overlapsExperts: Bool)
        -> LayerCost
    {
        var cost = deviceCost(layerClass, shape, recomputing: modules, overlapsExperts: overlapsExperts)
        if overlapsExperts { hideExpertExchange(of: &cost) }
        addHost(to: &cost, shape, layers[layerClass])
        if let teacher { cost.teacher = teacher.forward(shape) }
        return cost
    }

    /// The cost of a layer that recomputes nothing, with its expert exchange as it is and hidden behind another micro-batch: what both share
    /// is computed once.
    func costs(_ layerClass: Int, _ shape: LayerShape) -> (exposed: LayerCost, hidden: LayerCost) {
        var exposed = deviceCost(layerClass, shape, recomputing: [], overlapsExperts: false)
        // Beside another micro-batch nothing else hides the exchange.
        var hidden =
            inputs.choices.expertOverlap == nil ? exposed : deviceCost(layerClass, shape, recomputing: [], overlapsExperts: true)
        hideExpertExchange(of: &hidden)
        addHost(to: &exposed, shape, layers[layerClass])
        addHost(to: &hidden, shape, layers[layerClass])
        if let teacher {
            exposed.teacher = teacher.forward(shape)
            hidden.teacher = exposed.teacher
        }
        return (exposed, hidden)
    }

    /// The cost on the device alone.
    func deviceCost(
        _ layerClass: Int, _ shape: LayerShape, recomputing modules: RecomputeModules, overlapsExperts: Bool
    ) -> LayerCost {
        let layer = layers[layerClass]
        let z = sizes(shape, layer)
        var cost = LayerCost()
        for one in layer.operators { add(one, to: &cost, shape, z, recomputing: modules, overlapsExperts: overlapsExperts) }
        addTensorExchange(to: &cost, shape, z, halves: layer.halves)
        hideExchanges(of: &cost, layerClass, shape, overlapsExperts: overlapsExperts)
        if layer.training == .still {
            (cost.backward, cost.weightGradient, cost.selectiveRecompute, cost.recomputedLaunches) = (LayerParts(), 0, 0, 0)
        }
        if let weights = layer.perturbed { perturb(&cost, weights, shape) }
        return cost
    }

    /// Makes a forward pass two, of weights that are perturbed one way, then the other, then restored and updated in place: three passes over
    /// them, read and written, whose random numbers are drawn again from a seed (Malladi et al., MeZO, arXiv:2305.17333, algorithm 1).
    private func perturb(_ cost: inout LayerCost, _ weights: HeldWeights, _ shape: LayerShape) {
        cost.forward = cost.forward * 2
        cost.forward.elementwise += 3 * 2 * weights.frozenBytes(shape) / memoryBandwidth
    }

    /// Share of a layer's expert exchange that shows beside another micro-batch's compute: a share of it is hidden, and no longer than that
    /// compute.
    func shownExchange(of cost: LayerCost) -> Double {
        let exchange = cost.forward.expertCommunication + cost.backward.expertCommunication
        guard exchange > 0 else { return 1 }
        let compute = cost.forward.total + cost.backward.total - exchange
        return 1 - inputs.constants.hiddenExchangeShare * min(1, compute / exchange)
    }

    /// Takes off the expert exchange what runs beside another micro-batch's compute.
    private func hideExpertExchange(of cost: inout LayerCost) {
        let shown = shownExchange(of: cost)
        cost.forward.expertCommunication *= shown
        cost.backward.expertCommunication *= shown
    }

    func addTensorExchange(to cost: inout LayerCost, _ shape: LayerShape, _ z: Sizes, halves: Double) {
        var visible = inputs.stack.costs.visibleTensorShare
        if inputs.choices.asyncTensorParallel { visible *= inputs.constants.asyncTensorShare }
        let bytes = 2 * z.tokens * z.hidden
        let half = tensor.seconds(bytes: bytes, tensor: shape.tensor, sequenceParallel: shape.sequenceParallel)
        cost.extrapolatesCollectives = tensor.isExtrapolated(
            bytes: bytes, tensor: shape.tensor, sequenceParallel: shape.sequenceParallel)
        cost.forward.tensorCommunication = halves * half.forward * visible
        cost.backward.tensorCommunication = halves * half.backward * visible
    }

    /// A layer cannot run faster than the host issues it: time = (device^q + host^q)^(1/q).
    ///
    /// Host times were measured on layers of two parts; every other part takes as long as half a dense layer.
    private func addHost(to cost: inout LayerCost, _ shape: LayerShape, _ layer: PricedLayer) {
        let constants = inputs.constants
        let graphs = inputs.choices.graphs
        let share = graphs == .full ? constants.fullGraphShare : graphs == .partial ? constants.partialGraphShare : 1
        // Every collective waits for the slowest of the hosts that feed its ranks.
        let waiting = 1 + constants.hostTensorShare * Double(shape.tensor - 1)
        let dense = inputs.stack.costs.hostLayerTime.value * waiting * share
        var forwardHost = dense * layer.parts / 2
        if layer.isMixture {
            let isGrace = inputs.cluster.first.host.processor == .grace
            // Experts that are padded have as many rows each time.
            let waits = inputs.choices.waitsForTokenCounts && inputs.job.routing?.treatment.isStatic != true
            // Each expert of a rank is issued apart, and at 8 bits its casts too.
            let experts =
                constants.hostExpertTime * (runsLow ? constants.hostLowPrecisionFactor : 1) * layer.experts / Double(shape.expert)
            var host =
                switch graphs {
                case .full: constants.hostMixtureTimeFullGraphs
                // Captured are the router and what prepares the dispatch, so that the host has no counts to wait for before them.
                // Where the counts stay on the device or are fixed, one kernel takes all experts.
                case .partial: constants.hostMixtureTimePartialGraphs + (waits ? experts : 0)
                case .none: (isGrace ? constants.hostMixtureTimeGrace : constants.hostMixtureTime) + experts
                }
            if waits, graphs == .none { host += constants.hostCountWait }
            forwardHost = max(0, host / 3 + dense * (layer.parts - 2) / 2)
        }
        if layer.perturbed != nil { forwardHost *= 2 }
        if layer.adapterLaunches > 0 { forwardHost *= 1 + layer.adapterLaunches / max(1, layer.launches) }
        cost.forward.launch = softMaximum(cost.forward.total, forwardHost) - cost.forward.total
        guard layer.training != .still else { return }
        // What is recomputed is issued once more.
        let again = layer.launches > 0 ? forwardHost * min(1, cost.recomputedLaunches / layer.launches) : 0
        let backward = cost.backward.total + cost.selectiveRecompute
        cost.backward.launch = softMaximum(backward, 2 * forwardHost + again) - backward
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
