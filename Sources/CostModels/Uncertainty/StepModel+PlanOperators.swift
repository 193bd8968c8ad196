import Foundation
import Hardware
public import Parallelism
import Workload

/// Which operators of a plan can be timed by themselves, what they take by the models, and how much of the step is theirs.
extension StepModel {
    /// Bytes of a gradient bucket that is measured for all: larger ones take in proportion.
    private static let bucket = 256 << 20

    /// The largest operator of each kind of a strategy whose exact price is `estimate`, with its share of the step.
    public func operators(of s: ParallelStrategy, _ estimate: StepEstimate) -> [(operator: PlanOperator, share: Double)] {
        guard estimate.stepTime > 0 else { return [] }
        let shape = LayerShape(s)
        var found: [(PlanOperator, Double)] = []
        func add(_ work: PlanOperator.Work, isLow: Bool = false, _ part: Double, of terms: [StepBreakdown.Term]) {
            let seconds = terms.reduce(0) { $0 + estimate.breakdown[$1] }
            if seconds > 0, part > 0 { found.append((PlanOperator(work, isLow: isLow), part * seconds / estimate.stepTime)) }
        }
        var products = Largest(), grouped = Largest(), attentions = Largest()
        for (place, layer) in layers.layers.enumerated() where layers.classes.counts[place] > 0 {
            let z = layers.sizes(shape, layer)
            let count = Double(layers.classes.counts[place])
            for one in layer.operators {
                switch one.work {
                case .product(let work):
                    let n = work.outputs.onRank(tensor: z.t, expertTensor: z.x) + work.keyValues.onRank(tensor: z.t, expertTensor: z.x)
                    let k = work.inputs.onRank(tensor: z.t, expertTensor: z.x)
                    products.take(count * z.tokens * n * k, .product(m: Int(z.tokens), n: Int(n), k: Int(k)))
                case .experts(let work):
                    let local = max(1, Double(work.experts) / Double(shape.expert))
                    let rows = max(1, layers.routedRows(perToken: work.perToken, z) / local)
                    let n = work.outputs.onRank(tensor: z.t, expertTensor: z.x)
                    let k = work.inputs.onRank(tensor: z.t, expertTensor: z.x)
                    grouped.take(
                        count * local * rows * n * k, .grouped(experts: Int(local), rows: Int(rows.rounded()), n: Int(n), k: Int(k)))
                case .attention(let work):
                    if case .selected = work.sight { continue }
                    let heads = max(1, work.heads / s.tensor)
                    let sight = layers.sight(work)
                    let seen = Double(sight.limit ?? inputs.job.sequenceLength)
                    attentions.take(
                        count * Double(heads * work.queryKeyWidth) * seen,
                        .attention(
                            batch: s.microBatch, sequence: inputs.job.sequenceLength / s.context, heads: heads, width: work.queryKeyWidth,
                            window: sight.limit))
                default: break
                }
            }
        }
        if let work = products.work { add(work, isLow: layers.runsLow, products.share, of: [.matrixProducts]) }
        if let work = grouped.work { add(work, isLow: layers.runsLow, grouped.share, of: [.experts]) }
        if let work = attentions.work { add(work, attentions.share, of: [.attention]) }
        let tokens = inputs.job.sequenceLength * s.microBatch / s.context
        if s.tensor > 1 {
            let bytes = 2 * tokens * inputs.model.hidden
            add(
                .collective(s.sequenceParallel ? .allGather : .allReduce, ranks: s.tensor, stride: 1, bytes: bytes), 1,
                of: [.tensorCommunication])
        }
        let replicas = s.data * s.context
        if replicas > 1 {
            add(
                .collective(.reduceScatter, ranks: replicas, stride: s.tensor, bytes: Self.bucket), 1,
                of: [.dataParallel, .shardCommunication])
        }
        if s.expert > 1, let perToken = layers.classes.classes.compactMap(\.mixture?.perToken).max() {
            add(
                .exchange(
                    ranks: s.expert * s.expertTensor, tokens: max(1, tokens / s.tensor), perToken: perToken, width: inputs.model.hidden), 1,
                of: [.expertCommunication])
        }
        return found
    }

    /// The largest work of a kind and its share of that kind's.
    private struct Largest {
        var work: PlanOperator.Work?
        private var largest = 0.0
        private var all = 0.0

        mutating func take(_ size: Double, _ work: PlanOperator.Work) {
            all += size
            if size > largest { (self.work, largest) = (work, size) }
        }

        var share: Double { all > 0 ? largest / all : 0 }
    }

    /// What an operator takes by the models of its kind, in s.
    func seconds(of one: PlanOperator) -> Double {
        switch one.work {
        case .product(let m, let n, let k): return layers.product.seconds(Double(m), Double(n), Double(k), low: one.isLow)
        case .grouped(let experts, let rows, let n, let k):
            return layers.grouped.seconds(experts: Double(experts), rows: Double(rows), Double(n), Double(k))
        case .attention(let batch, let sequence, let heads, let width, let window):
            let times = layers.core.seconds(
                AttentionCore.Shape(
                    batch: Double(batch), sequence: Double(sequence), localSequence: Double(sequence), heads: Double(heads),
                    queryKeyWidth: Double(width), valueWidth: Double(width), window: window.map { Double($0) }, isLatent: false))
            return times.forward + times.backward
        case .collective(let collective, let ranks, let stride, let bytes):
            guard stride > 1 || collective == .reduceScatter else {
                return layers.tensor.collectives.seconds(collective, bytes: Double(bytes), ranks: ranks)
            }
            let rate = exchange.rate(collective, ranks: ranks, stride: stride)
            return rate.seconds(Double(bytes)) + rate.latency
        case .exchange(let ranks, let tokens, let perToken, let width):
            return layers.expert.seconds(
                tokens: Double(tokens), rowBytes: 2 * Double(width), expertsPerToken: Double(perToken), expert: ranks, expertTensor: 1,
                dispatcher: inputs.choices.dispatcher, imbalance: 1, nodeLimit: inputs.choices.routedNodes)
        }
    }
}

extension TimeSensitivity {
    /// Rows of the same causes for the times of operators: how much of what is not known of plans the timing of one tells.
    public static func causes(of operators: [PlanOperator], _ uncertainty: FittedUncertainty, _ inputs: CostInputs) -> [[Double]] {
        causes(uncertainty, inputs, count: operators.count) { inputs in
            let model = StepModel(inputs)
            return operators.map { model.seconds(of: $0) }
        }.rows
    }
}
