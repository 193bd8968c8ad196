import Hardware
import Parallelism
import Workload

/// What training does with an operator's weights, as plain bytes for pricing.
struct PricedTraining: Sendable {
    /// Whether the weights have gradients.
    var trainsWeights = true
    /// Rank of the adapters; 0 without any.
    var rank = 0.0
    /// Matrices with an adapter.
    var pairs = 0.0
    /// Rows of each of them.
    var inputs = Width(0)
    /// Columns of all of them, by what divides them.
    var outputs = Width(0)
    var keyValues = Width(0)
    /// Whether the norm of the matrix with its adapter is computed anew each time.
    var isDecomposed = false
    /// Bytes that widening a weight reads and writes each time it is used; 0 where it is held in 16 bits.
    var widening = 0.0

    /// Kernels that adapters add to a forward pass: two products and a sum for each.
    var launches: Double { 3 * pairs }

    /// What a method does with an operator of a layer.
    init(_ one: TrainedOperator, _ method: TrainingMethod) {
        trainsWeights = one.training == .trained
        if !trainsWeights, one.isMatrix, method.baseFormat.isQuantised { widening = method.baseFormat.bytes + 2 }
        guard case .adapted(let list) = one.training, let adapters = method.adapters, let first = list.first else { return }
        rank = Double(adapters.rank)
        pairs = Double(list.count)
        inputs = first.inputs
        isDecomposed = adapters.isDecomposed
        outputs = first.outputs
        keyValues = first.keyValues
        for pair in list.dropFirst() {
            // Keys and values beside queries have a division of their own.
            if pair.outputs.division == outputs.division, pair.outputs.count == outputs.count {
                outputs.each += pair.outputs.each
            } else if keyValues.elements == 0 {
                keyValues = pair.outputs
            } else {
                keyValues.each += pair.outputs.each
            }
        }
    }
}

extension LayerCostModel {
    /// Adds the products of an operator's adapters, x·A, (x·A)·B and the sum with the frozen product, with their gradients; returns the forward's
    /// time. `weights` are those of the frozen matrix on the rank.
    ///
    /// Rows of few numbers and columns of few are bound by memory: the price of a product holds its traffic. Adapters run in 16 bits whatever the
    /// job's precision.
    func addAdapters(_ training: PricedTraining, tokens: Double, weights: Double, copies: Double, to cost: inout LayerCost, _ z: Sizes)
        -> Double
    {
        guard training.pairs > 0 else { return 0 }
        let (r, pairs) = (training.rank, training.pairs * copies)
        let k = training.inputs.onRank(tensor: z.t, expertTensor: z.x)
        let columns = training.outputs.onRank(tensor: z.t, expertTensor: z.x) + training.keyValues.onRank(tensor: z.t, expertTensor: z.x)
        let n = columns / training.pairs
        func seconds(_ m: Double, _ n: Double, _ k: Double) -> Double { product.seconds(m, n, k, low: false) }
        // Reading two tensors and writing one, in 16 bits.
        let sum = 6 * tokens / memoryBandwidth
        var forward = pairs * (seconds(tokens, r, k) + seconds(tokens, n, r) + sum * n)
        // B·A, its sum with the matrix, and the norm of its rows.
        if training.isDecomposed { forward += copies * (seconds(n, k, r) + 6 * weights / memoryBandwidth) }
        let weight = pairs * (seconds(r, n, tokens) + seconds(k, r, tokens))
        cost.forward.matrixProducts += forward
        cost.backward.matrixProducts += pairs * (seconds(tokens, r, n) + seconds(tokens, k, r) + sum * k) + weight
        cost.weightGradient += weight
        return forward
    }

    /// Adds the widening of weights that are held in fewer bits, before the forward product and again before the backward one; returns the
    /// forward's time.
    func addWidening(_ training: PricedTraining, weights: Double, to part: WritableKeyPath<LayerParts, Double>, of cost: inout LayerCost)
        -> Double
    {
        guard training.widening > 0 else { return 0 }
        let seconds = inputs.constants.wideningPasses * training.widening * weights / memoryBandwidth
        cost.forward[keyPath: part] += seconds
        cost.backward[keyPath: part] += seconds
        return seconds
    }
}
