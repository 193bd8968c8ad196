public import Parallelism
import Workload

extension StepModel {
    /// Layers of each virtual stage where some train and others run forward only, or without a gradient of their weights: dealt by what they take,
    /// each stage at least one. Nil where all train alike.
    public func unequalLayers(pipeline: Int, virtualStages: Int) -> [Int]? {
        guard let first = layers.classes.classes.first, layers.classes.classes.contains(where: { $0.training != first.training }) else {
            return nil
        }
        var s = ParallelStrategy()
        (s.pipeline, s.virtualStages) = (pipeline, virtualStages)
        return balancedLayers(s).flatMap { $0.contains(0) ? nil : $0 }
    }

    /// Layers of each virtual stage that make the slowest stage as fast as can be, embedding, head and prediction blocks counted.
    ///
    /// The layers keep their order, so the optimum is a partition of a line: a binary search over the slowest stage's time, each trial dealt
    /// greedily. The last stage may hold no layer when head and prediction blocks fill it. Returns nil where stages outnumber layers by more
    /// than the ends can explain.
    public func balancedLayers(_ s: ParallelStrategy) -> [Int]? {
        let stages = s.stages
        let model = inputs.model
        guard stages > 1, model.layers >= stages - 2 else { return nil }
        let table = table(for: s)
        let recomputes = s.recompute == .full ? 1.0 : 0
        let times = (0..<model.layers).map { layer in
            let time = table.times[layers.classes.ofLayer[layer]]
            return time.forward * (1 + recomputes) + time.backward
        }
        let block = times.last ?? 0
        let tail = table.ends.headForward + table.ends.headBackward + Double(model.predictionBlocks) * block
        let head = 3 * table.ends.embedding
        var low = max(times.max() ?? 0, tail)
        var high = times.reduce(0, +) + tail + head
        guard Self.deal(times, stages: stages, head: head, tail: tail, limit: high) != nil else { return nil }
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if Self.deal(times, stages: stages, head: head, tail: tail, limit: middle) != nil { high = middle } else { low = middle }
        }
        return Self.deal(times, stages: stages, head: head, tail: tail, limit: high)
    }

    /// Deals layers front to back without exceeding `limit` on any stage, leaving at least one for each stage but the last; nil if that
    /// is impossible.
    private static func deal(_ times: [Double], stages: Int, head: Double, tail: Double, limit: Double) -> [Int]? {
        var counts = [Int](repeating: 0, count: stages)
        var next = 0
        for stage in 0..<stages {
            let isLast = stage == stages - 1
            var time = stage == 0 ? head : 0
            if isLast { time += tail }
            // Later stages but the last need a layer each.
            let reserved = max(0, stages - 2 - stage)
            while next < times.count - reserved, time + times[next] <= limit {
                time += times[next]
                counts[stage] += 1
                next += 1
            }
            if time > limit || (counts[stage] == 0 && !isLast && stage > 0) { return nil }
        }
        return next == times.count ? counts : nil
    }
}
