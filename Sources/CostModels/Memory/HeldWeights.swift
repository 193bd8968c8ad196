import Parallelism
import Workload

/// What a layer holds of weights, summed over its operators by how parallelism divides them: those that are trained, in parameters, and those that
/// are only read, in bytes.
struct HeldWeights: Hashable, Sendable {
    /// What is trained of the layer's own weights.
    private var trained = LayerParameters()
    /// Bytes of what is frozen: ÷ t, whole on every rank, and of all routed experts.
    private var frozenSharded = 0.0
    private var frozenReplicated = 0.0
    private var frozenExperts = 0.0
    /// Matrices that have to be widened before a product.
    private var quantised: [LayerParameters] = []
    /// The adapters outside experts and in them.
    private var adapters: [AdapterPair] = []
    private var expertAdapters: [AdapterPair] = []
    private let method: TrainingMethod
    /// Experts of the layer's mixture; 0 without one.
    private let experts: Double

    /// What operators hold under a training method.
    init(_ operators: [TrainedOperator], _ method: TrainingMethod, experts: Double) {
        self.method = method
        self.experts = experts
        for one in operators {
            if one.training == .trained {
                trained.add(one.work)
                continue
            }
            var count = LayerParameters()
            count.add(one.work)
            // What no product reads stays in 16 bits.
            let bytes = one.isMatrix ? method.baseFormat.bytes : 2
            frozenSharded += bytes * Double(count.tensorSharded)
            frozenReplicated += bytes * Double(count.replicated)
            frozenExperts += bytes * Double(count.routedExperts)
            if one.isMatrix, method.baseFormat.isQuantised { quantised.append(count) }
            guard case .adapted(let pairs) = one.training else { continue }
            if count.routedExperts > 0 { expertAdapters += pairs } else { adapters += pairs }
        }
    }

    /// What a layer of a class holds: the one place that counts it, for its memory and for passes over its weights.
    init(_ layer: LayerClass, of model: TransformerModel, _ method: TrainingMethod) {
        let operators = TrainedOperator.all(model.blocks(of: layer).flatMap(\.operators), in: layer.training, method)
        self.init(operators, method, experts: Double(layer.mixture?.count ?? 0))
    }

    /// Bytes of frozen weights on a rank of a shape.
    func frozenBytes(_ shape: LayerShape) -> Double {
        var memory = LayerMemory()
        add(to: &memory, shape, tokens: 0)
        return memory.frozenDense + memory.frozenExpert
    }

    /// Adds what a rank of a shape holds, the 16-bit copy of the largest widened matrix, and what adapters keep of a rank's `tokens`.
    func add(to memory: inout LayerMemory, _ shape: LayerShape, tokens: Double) {
        let (t, x) = (Double(shape.tensor), Double(shape.expertTensor))
        let expertRanks = Double(shape.expert) * x
        // Of a rank's experts one is counted where buffers hold a layer's weights.
        let local = experts / Double(shape.expert)
        memory.denseParameters = Double(trained.tensorSharded) / t + Double(trained.replicated)
        memory.expertParameters = Double(trained.routedExperts) / Double(shape.expert * shape.expertTensor)
        memory.bufferedParameters = memory.denseParameters - Double(trained.router)
        if experts > 0 { memory.bufferedParameters += memory.expertParameters / local }
        memory.frozenDense = frozenSharded / t + frozenReplicated
        memory.frozenExpert = frozenExperts / expertRanks
        memory.frozenBuffered = memory.frozenDense + (experts > 0 ? memory.frozenExpert / local : 0)
        memory.transient += 2 * (quantised.map { oneMatrix($0, t, expertRanks, local) }.max() ?? 0)

        guard let lora = method.adapters else { return }
        var kept = 0.0
        for (pairs, isExpert) in [(adapters, false), (expertAdapters, true)] {
            for pair in pairs {
                // What is divided in the matrix is divided in the adapter's matrix on that side.
                let columns = pair.outputs.onRank(tensor: t, expertTensor: x) + pair.keyValues.onRank(tensor: t, expertTensor: x)
                let rows = pair.inputs.onRank(tensor: t, expertTensor: x)
                let parameters = Double(lora.rank) * (rows + columns) + (lora.isDecomposed ? columns : 0)
                if isExpert { memory.expertParameters += parameters * local } else { memory.denseParameters += parameters }
                memory.bufferedParameters += parameters
                // In 16 bits; with dropout the input that is left, and a byte of mask an element.
                kept += 2 * Double(lora.rank) + (lora.dropout > 0 ? 3 * rows : 0)
            }
        }
        memory.saved += kept * tokens
        memory.savedSelective += kept * tokens
    }

    /// Weights of a matrix on a rank, one expert counted.
    private func oneMatrix(_ count: LayerParameters, _ t: Double, _ expertRanks: Double, _ local: Double) -> Double {
        Double(count.tensorSharded) / t + Double(count.replicated)
            + (experts > 0 ? Double(count.routedExperts) / expertRanks / local : 0)
    }
}

/// An operator with what training does to its weights.
struct TrainedOperator: Hashable, Sendable {
    let work: Operator
    let training: WeightTraining

    /// Whether its weights are matrices that a product reads, which may be held in fewer bits.
    var isMatrix: Bool {
        switch work.work {
        case .product, .experts: true
        default: false
        }
    }

    /// Elements of a token that its product reads; nil where it is none.
    fileprivate var width: Int? {
        switch work.work {
        case .product(let product): product.inputs.elements
        case .experts(let product): product.inputs.elements
        case .routing(let routing): routing.hidden
        default: nil
        }
    }

    /// The operators of a layer under a method.
    static func all(_ operators: [Operator], in layer: LayerTraining, _ method: TrainingMethod) -> [TrainedOperator] {
        operators.map { TrainedOperator(work: $0, training: method.training(of: $0, in: layer)) }
    }
}

extension [TrainedOperator] {
    /// What the operators of a block keep for the backward pass: inputs of products only where something that reads them is trained.
    ///
    /// A product with frozen weights needs no input for the gradient of its input; norms, activations and cores keep what they keep.
    func saved(in layer: LayerTraining) -> [SavedTensor] {
        guard layer != .still else { return [] }
        return indices.flatMap { place -> [SavedTensor] in
            let one = self[place]
            return one.work.saved.filter { tensor in
                guard tensor.format == .linearInput || tensor.format == .lowCopy else { return true }
                if one.isMatrix { return one.training.isTrained }
                // The output of a norm is read by every product of the block that is as wide, and by its router and experts.
                let readers = filter { $0.width == tensor.width.elements }
                return readers.isEmpty || readers.contains(where: \.training.isTrained)
            }
        }
    }
}
