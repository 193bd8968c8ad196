import Parallelism
import Quantities
import Workload

/// A frozen teacher beside the student: its forward pass, its weights in 16 bits, and its logits (Hinton et al., arXiv:1503.02531).
///
/// Its layers run beside the student's in equal shares, as stages that hold both in order do. Tensor, context, expert and pipeline parallelism divide
/// it as the student; its weights are whole on every data-parallel rank (ModelOpt's `DistillationModel`, whose frozen weights no optimizer shards;
/// Accelerate's `prepare_model(evaluation_mode=True)`, which wraps in no FSDP).
final class Teacher: Sendable {
    /// Whether its embedding and head are one matrix.
    let isTied: Bool
    private let layers: LayerCostModel
    private let memory: LayerMemoryModel
    /// Its layers of each class, over the student's layers.
    private let shares: [Double]

    /// The teacher of a job; nil where it has none.
    init?(_ inputs: CostInputs) {
        guard let model = inputs.job.method.teacher else { return nil }
        isTied = model.hasTiedEmbeddings
        let students = Double(inputs.model.layerClasses.ofLayer.count + inputs.model.predictionBlocks)
        var own = inputs
        own.job.method = .watching(model)
        // How tokens are routed is said of the student.
        (own.job.routing, own.job.expertImbalance) = (nil, 1)
        own.model = model
        layers = LayerCostModel(own)
        memory = LayerMemoryModel(own)
        shares = layers.classes.counts.map { Double($0) / max(1, students) }
    }

    /// Its forward pass beside one of the student's layers.
    func forward(_ shape: LayerShape) -> LayerParts {
        shares.indices.reduce(LayerParts()) { sum, place in
            sum + layers.cost(place, shape, recomputing: [], overlapsExperts: false).forward * shares[place]
        }
    }

    /// Its weights beside one of the student's layers, and the most that one of its layers makes while it runs; both in bytes.
    func bytes(_ shape: LayerShape) -> (weights: Double, transient: Double) {
        shares.indices.reduce((0, 0)) { sum, place in
            let layer = memory.memory(place, shape, recomputing: [])
            return (sum.0 + shares[place] * (layer.frozenDense + layer.frozenExpert), max(sum.1, layer.transient))
        }
    }

    /// Adds the time of its embedding, its head and what it sends on to the student's, and puts the loss of distillation in place of the usual one of `loss` seconds.
    func add(to ends: inout EndCost, _ shape: LayerShape, loss: Double, tokens: Double, vocabulary: Double) {
        let hidden = Double(layers.inputs.model.hidden)
        let bandwidth = layers.memoryBandwidth
        let logits = tokens * vocabulary
        let distillation = layers.inputs.stack.distillation ?? .none
        ends.headForward +=
            layers.product.seconds(tokens, vocabulary, hidden, low: false) + logits * distillation.forwardBytes / bandwidth - loss
        ends.headBackward += logits * distillation.backwardBytes / bandwidth - loss
        // An embedding counts three times, forward and twice backward, and a transfer twice; the teacher's is there once.
        ends.embedding += 6 * tokens * hidden / bandwidth / 3
        let scattered = shape.sequenceParallel || layers.inputs.stack.costs.scattersTransfers
        ends.transferBytes += tokens * hidden / (scattered ? Double(shape.tensor) : 1)
    }

    /// Adds its embedding and head on a rank of a tensor group.
    func add(to parameters: inout EndParameters, tensor: Int) {
        let own = layers.endParameters(tensor: tensor)
        (parameters.teacherEmbedding, parameters.teacherHead) = (own.frozenEmbedding, own.frozenHead)
    }
}
