import Foundation
import Hardware
import Parallelism
import Quantities
import Workload

/// The cost of what sits before the first and after the last layer, for one micro-batch on one rank.
public struct EndCost: Hashable, Sendable {
    /// Embedding, forward and backward alike, in s.
    public var embedding = 0.0
    /// Head and loss forward, in s.
    public var headForward = 0.0
    /// Head and loss backward, in s.
    public var headBackward = 0.0
    /// The part of `headBackward` that computes weight gradients, in s.
    public var headWeightGradient = 0.0
    /// One transfer of activations to the next pipeline rank, in s.
    public var transfer = 0.0
    /// Bytes of such a transfer.
    public var transferBytes = 0.0
    /// Parameters of embedding and head on a rank.
    public var parameters = EndParameters()

    /// Ends that cost nothing.
    public init() {}
}

extension LayerCostModel {
    /// The cost of embedding, head, loss and pipeline transfer for a shape; `replicas` are the data-parallel ranks of a stage.
    public func ends(_ shape: LayerShape, data: Int) -> EndCost {
        let z = sizes(shape)
        let model = inputs.model
        let vocabulary = Self.paddedVocabulary(model.vocabulary, tensor: shape.tensor) / z.t
        let h = z.hidden
        var ends = EndCost()
        // Each multi-token-prediction block runs the head once more.
        let heads = 1 + Double(model.predictionBlocks)
        let passes = inputs.stack.costs.lossPasses * (inputs.choices.fusedLoss ? 1 : inputs.constants.unfusedLossFactor)
        let loss = passes * 4 * z.tokens * vocabulary / memoryBandwidth
        ends.headForward = heads * (product.seconds(z.tokens, vocabulary, h, low: false) + loss)
        ends.headWeightGradient = inputs.job.method.trainsHead ? heads * product.seconds(vocabulary, h, z.tokens, low: false) : 0
        ends.headBackward = heads * (product.seconds(z.tokens, h, vocabulary, low: false) + loss) + ends.headWeightGradient
        if !inputs.job.method.hasGradients {
            (ends.headForward, ends.headBackward) = (2 * ends.headForward, 0)
        }
        ends.embedding = 6 * z.tokens * h / memoryBandwidth
        ends.parameters = endParameters(tensor: shape.tensor)
        // The next stage is t·c·d ranks away; with sequence parallelism or scatter–gather each tensor rank sends its share.
        let scattered = shape.sequenceParallel || inputs.stack.costs.scattersTransfers
        ends.transferBytes = 2 * z.tokens * h / (scattered ? z.t : 1)
        teacher?.add(to: &ends, shape, loss: loss, tokens: z.tokens, vocabulary: vocabulary)
        ends.transfer = transferSeconds(bytes: ends.transferBytes, stride: shape.tensor * shape.context * data)
        return ends
    }

    /// Parameters of embedding and head on a rank of a tensor group.
    public func endParameters(tensor: Int) -> EndParameters {
        let matrix = Self.paddedVocabulary(inputs.model.vocabulary, tensor: tensor) / Double(tensor) * Double(inputs.model.hidden)
        var parameters = EndParameters()
        let method = inputs.job.method
        // Tied weights are one matrix, which is trained where either of its uses is.
        let isTied = inputs.model.hasTiedEmbeddings
        let trainsHead = method.trainsHead || (isTied && method.trainsEmbedding)
        let trainsEmbedding = method.trainsEmbedding || (isTied && method.trainsHead)
        parameters.embedding = trainsEmbedding ? matrix + besideEmbedding : 0
        parameters.frozenEmbedding = trainsEmbedding ? 0 : 2 * (matrix + besideEmbedding)
        parameters.head = trainsHead ? matrix : 0
        parameters.frozenHead = trainsHead ? 0 : 2 * matrix
        teacher?.add(to: &parameters, tensor: tensor)
        return parameters
    }

    /// Time in s to send `bytes` to a rank `stride` GPUs away.
    ///
    /// Stages smaller than a domain share it. Where their pipeline leaves it, the rank at its edge sends one way to the network and the other way
    /// inside, and a transfer is the mean of both.
    public func transferSeconds(bytes: Double, stride: Int) -> Double {
        let rates = tensor.collectives.rates
        let nodes = max(stride, rates.domainSize) / rates.gpusPerNode + 1
        // Across nodes a transfer reaches the same share of the network as the stack's data-parallel collectives.
        let network = rates.networkRate(
            .sendReceive, nodes: nodes, bytes: bytes, share: inputs.stack.costs.dataParallelEfficiency, constants: inputs.constants)
        let (inside, outside) = (bytes / rates.gatherRate, bytes / min(rates.gatherRate, network))
        if stride >= rates.domainSize { return inputs.constants.transferLatency + outside }
        let leaves = inputs.cluster.gpus > rates.domainSize
        return inputs.constants.transferLatency + (leaves ? 0.5 * (inside + outside) : inside)
    }

    /// The vocabulary padded to a multiple of 128·t, as Megatron pads it.
    public static func paddedVocabulary(_ vocabulary: Int, tensor: Int) -> Double {
        let multiple = 128 * tensor
        return Double((vocabulary + multiple - 1) / multiple * multiple)
    }
}
