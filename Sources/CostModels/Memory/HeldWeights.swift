import Parallelism
import Workload

/// What a rank holds of a layer's weights: those that are trained, in parameters, and those that are only read, in bytes.
struct HeldWeights: Hashable, Sendable {
    /// Trained parameters outside routed experts.
    var dense = 0.0
    /// Trained parameters in routed experts.
    var expert = 0.0
    /// Trained parameters in linear layers, one expert counted.
    var buffered = 0.0
    /// Frozen weights outside routed experts, in bytes.
    var frozenDense = 0.0
    /// Frozen weights in routed experts, in bytes.
    var frozenExpert = 0.0
    /// Frozen weights, one expert counted, in bytes.
    var frozenBuffered = 0.0
    /// The largest matrix that has to be widened before a product, in bytes of its 16-bit copy.
    var widened = 0.0
    /// What adapters keep of a token, in bytes: r numbers a matrix, and with dropout its own copy of the input and a mask of a byte an element.
    var adapterBytes = 0.0

    /// Nothing.
    init() {}

    /// What a rank of a shape holds of a layer's operators under a training method; `experts` of them are in the layer's mixture, 0 without one.
    init(_ operators: [TrainedOperator], _ method: TrainingMethod, _ shape: LayerShape, experts: Double) {
        let (t, x) = (Double(shape.tensor), Double(shape.expertTensor))
        let local = experts / Double(shape.expert)
        for one in operators {
            var count = LayerParameters()
            count.add(one.work)
            let dense = Double(count.tensorSharded) / t + Double(count.replicated)
            let expert = Double(count.routedExperts) / (Double(shape.expert) * x)
            let isRouter = count.router > 0
            if one.training == .trained {
                self.dense += dense
                self.expert += expert
                buffered += (isRouter ? 0 : dense) + (local > 0 ? expert / local : 0)
                continue
            }
            let matrixBytes = one.isMatrix ? method.baseFormat.bytes : 2
            frozenDense += matrixBytes * dense
            frozenExpert += matrixBytes * expert
            frozenBuffered += matrixBytes * (dense + (local > 0 ? expert / local : 0))
            if one.isMatrix, method.baseFormat.isQuantised { widened = max(widened, 2 * (dense + (local > 0 ? expert / local : 0))) }
            guard case .adapted(let pairs) = one.training, let adapters = method.adapters else { continue }
            for pair in pairs {
                // What is divided in the matrix is divided in the adapter's matrix on that side.
                let columns = pair.outputs.onRank(tensor: t, expertTensor: x) + pair.keyValues.onRank(tensor: t, expertTensor: x)
                let rows = pair.inputs.onRank(tensor: t, expertTensor: x)
                let parameters = Double(adapters.rank) * (rows + columns) + (adapters.isDecomposed ? columns : 0)
                if expert > 0 {
                    self.expert += parameters * local
                    buffered += parameters
                } else {
                    self.dense += parameters
                    buffered += parameters
                }
                adapterBytes += 2 * Double(adapters.rank) + (adapters.dropout > 0 ? 3 * rows : 0)
            }
        }
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
                // The output of a norm is read by every product of the block that is as wide.
                return self.contains { reader in
                    if case .product(let product) = reader.work.work {
                        return product.inputs.elements == tensor.width.elements && reader.training.isTrained
                    }
                    return false
                }
            }
        }
    }
}
