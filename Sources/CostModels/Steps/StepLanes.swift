import Foundation
public import Parallelism
public import Schedules
import Workload

/// Exchanges inside the passes of a strategy's stages, where the lanes of its layers have them.
extension StepModel {
    /// What moves beside the passes of every stage, for pictures; nil where nothing does.
    ///
    /// Layers run on two lanes as what hides their collectives allows, and the picture of them is as long as the price of the pass, which may show more or
    /// less of them than the lanes do. `seconds` is about how long the step takes: gaps that a picture cannot show are left out.
    public func stageLanes(_ s: ParallelStrategy, _ times: StageTimes, seconds: Double) -> StageLanes? {
        guard s.tensor > 1 || s.context > 1 || s.expert > 1, let stages = stages(for: s) else { return nil }
        let shape = LayerShape(s)
        let ends = layers.ends(shape, data: s.data)
        let counts = stages.stageLayers.counts
        var blocks: [LayerCostModel.OverlapPass: [[OverlapBlock]]] = [:]
        let costs = table(for: s).costs
        for pass in LayerCostModel.OverlapPass.allCases {
            blocks[pass] = layers.classes.classes.indices.map { place in
                let cost = costs[place]
                // What the host takes to issue kernels and what is recomputed lengthen compute, not exchanges.
                let beside = pass == .forward ? cost.forward.launch : cost.backward.launch + cost.selectiveRecompute
                var blocks = layers.overlapBlocks(place, shape, pass, pieces: s.tensor, inside: true)
                for index in blocks.indices { blocks[index].wait(beside / Double(blocks.count)) }
                return blocks
            }
        }
        // So many lines beside each other as there are ranks are no finer than this.
        let shortest = seconds * Double(s.pipeline) / 4000
        var known: [Key: [StageLanes.Piece]] = [:]
        var lanes = StageLanes(forward: [], backward: [])
        var first = 0
        for (stage, count) in counts.enumerated() {
            let classes = Array(layers.classes.ofLayer.dropFirst(first).prefix(count))
            first += count
            let (isFirst, isLast) = (stage == 0, stage == counts.count - 1)
            for pass in LayerCostModel.OverlapPass.allCases {
                let whole = pass == .forward ? times.forward[stage] : times.backward[stage]
                let before = pass == .forward ? (isFirst ? ends.embedding : 0) : (isLast ? ends.headBackward : 0)
                let after = pass == .forward ? (isLast ? ends.headForward : 0) : (isFirst ? 2 * ends.embedding : 0)
                let key = Key(classes: classes, pass: pass, before: before, after: after, whole: whole)
                let pieces = known[key] ?? self.pieces(classes, blocks[pass] ?? [], s.tensor, key, shortest: shortest)
                known[key] = pieces
                if pass == .forward { lanes.forward.append(pieces) } else { lanes.backward.append(pieces) }
            }
        }
        return lanes
    }

    /// What makes the pieces of two stages the same.
    private struct Key: Hashable {
        let classes: [Int]
        let pass: LayerCostModel.OverlapPass
        /// Seconds of the pass before and after its layers, and in all.
        let before, after, whole: Double
    }

    private func pieces(_ classes: [Int], _ ofClass: [[OverlapBlock]], _ tensor: Int, _ key: Key, shortest: Double) -> [StageLanes.Piece] {
        let order = key.pass == .forward ? classes : classes.reversed()
        let blocks = order.flatMap { ofClass[$0] }
        let technique = layers.technique
        let run = technique.lanes(blocks, pieces: tensor)
        let spans = run.run(technique.contention)
        let end = spans.reduce(0) { max($0, $1.end) }
        let room = key.whole - key.before - key.after
        guard end > 0, key.whole > 0, room > 0 else { return [] }
        func share(_ seconds: Double) -> Double { (key.before + seconds / end * room) / key.whole }
        var pieces: [StageLanes.Piece] = []
        for span in spans {
            let task = run.tasks[span.task]
            if task.lane == .exchange {
                pieces.append(.init(.tensorExchange, start: share(span.start), end: share(span.end)))
            } else if let part = task.part, part.to > part.from {
                let pace = (span.end - span.start) / (part.to - part.from)
                for inner in blocks[part.block].inner {
                    let (from, to) = (max(inner.start, part.from), min(inner.end, part.to))
                    guard to > from else { continue }
                    pieces.append(
                        .init(
                            inner.group == .context ? .contextExchange : .expertExchange,
                            start: share(span.start + (from - part.from) * pace), end: share(span.start + (to - part.from) * pace)))
                }
            }
        }
        return StageLanes.joined(pieces, gap: shortest / key.whole)
    }
}
