public import Parallelism
import Workload

/// What a micro-batch takes on the busiest rank of a pipeline, apart by how it grows with documents.
public struct MicroBatchParts: Hashable, Sendable {
    /// All of it, forward and backward, in s.
    public var seconds: Double
    /// Attention.
    public var attention: Double
    /// What shows of exchanges between context ranks.
    public var shown: Double
    /// What of those exchanges runs beside attention takes where nothing hides it, and what nothing ever hides.
    public var transfer: Double
    /// See `transfer`.
    public var exposed = 0.0
    /// Attention beside which transfers run.
    public var beside = 0.0
}

/// Exchanges of keys and values, apart by what hides them, in s.
struct ExchangeParts {
    /// Transfers beside attention.
    var transfer = 0.0
    /// Collectives and transfers that nothing hides.
    var exposed = 0.0
    /// Attention beside which transfers run.
    var beside = 0.0

    /// Takes in equal steps.
    mutating func take(_ step: ContextStep) {
        transfer += step.count * step.transfer
        exposed += step.count * step.exchange.seconds
        if step.transfer > 0 { beside += step.count * step.attention }
    }

    static func * (parts: ExchangeParts, times: Double) -> ExchangeParts {
        ExchangeParts(transfer: parts.transfer * times, exposed: parts.exposed * times, beside: parts.beside * times)
    }

    static func + (a: ExchangeParts, b: ExchangeParts) -> ExchangeParts {
        ExchangeParts(transfer: a.transfer + b.transfer, exposed: a.exposed + b.exposed, beside: a.beside + b.beside)
    }
}

extension StepModel {
    /// The parts of a micro-batch of a strategy on its busiest rank; nil where its layout does not fit.
    public func microBatchParts(_ s: ParallelStrategy) -> MicroBatchParts? {
        guard let stages = stages(for: s) else { return nil }
        let table = table(for: s)
        let times = gatheredTimes(table, s)
        let shape = LayerShape(s)
        let again = ReleasedLayers(s, host).again
        var most: MicroBatchParts?
        for rank in stages.timeRanks {
            let shares = stages.held(rank)
            var parts = MicroBatchParts(seconds: busy(rank, shares, table, times, s), attention: 0, shown: 0, transfer: 0)
            guard parts.seconds > most?.seconds ?? 0 else { continue }
            for share in shares where share.layerClass < layers.layers.count {
                let cost = table.costs[share.layerClass]
                let released = share.released * again
                let exchanges = layers.exchangeParts(share.layerClass, shape)
                let passes = exchanges.forward * (share.layers + released) + exchanges.backward * share.layers
                parts.attention +=
                    rank.slowness
                    * (share.layers * (cost.forward.attention + cost.teacher.attention + cost.backward.attention) + released
                        * cost.forward.attention)
                parts.shown +=
                    rank.slowness
                    * (share.layers
                        * (cost.forward.contextCommunication + cost.teacher.contextCommunication
                            + cost.backward.contextCommunication)
                        + released * cost.forward.contextCommunication)
                parts.transfer += rank.slowness * passes.transfer
                parts.exposed += rank.slowness * passes.exposed
                parts.beside += rank.slowness * passes.beside
            }
            most = parts
        }
        return most
    }
}

extension LayerCostModel {
    /// The exchanges of keys and values of a layer, forward and backward, in s.
    func exchangeParts(_ layerClass: Int, _ shape: LayerShape) -> (forward: ExchangeParts, backward: ExchangeParts) {
        var sum = (forward: ExchangeParts(), backward: ExchangeParts())
        guard shape.context > 1 else { return sum }
        for one in layers[layerClass].operators {
            guard case .attention(let work) = one.work else { continue }
            if case .selected = work.sight { continue }
            let exchanged = contextWork(work, shape, beside: coreSeconds(work, shape))
            context.forEachStep(exchanged, .forward) { sum.forward.take($0) }
            context.forEachStep(exchanged, .backward) { sum.backward.take($0) }
        }
        return sum
    }
}
