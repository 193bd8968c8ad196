import CostModels
import Parallelism
import Schedules
import Workload

/// Every way of running a pipeline of p ranks that the request allows, with its stages dealt out: built once, read by all work items.
struct PipelineCatalog: Sendable {
    /// A schedule, its virtual stages and a layout, with the stages for every number of recomputed layers.
    struct Entry: Sendable {
        let schedule: PipelineSchedule
        let virtualStages: Int
        let layout: LayerLayout
        /// Stages by number of recomputed layers a virtual stage, from 0 to all.
        let stages: [StageAssignment]
        /// Peaks of schedules without a closed form, for 4p micro-batches.
        let peaks: [Int]

        /// Layers of the fullest virtual stage.
        var mostLayers: Int { stages.count - 1 }
    }

    /// Entries by pipeline-parallel size.
    let entries: [Int: [Entry]]

    /// The entries for the pipeline sizes of a space.
    init(_ space: StrategySpace, model: StepModel, isCancelled: () -> Bool = { false }) {
        var entries: [Int: [Entry]] = [:]
        for pipeline in Set(space.grids.map(\.strategy.pipeline)).sorted() {
            if isCancelled() { break }
            entries[pipeline] = Self.entries(pipeline, space.request, space.legality, slowness: model.stageSlowness(pipeline))
        }
        self.entries = entries
    }

    private static func entries(_ p: Int, _ request: SearchRequest, _ legality: Legality, slowness: [Double]) -> [Entry] {
        let model = request.inputs.model
        let constraints = request.constraints
        let launches = legality.stack?.launches
        var result: [Entry] = []
        for schedule in PipelineSchedule.allCases {
            guard constraints.schedules?.contains(schedule) ?? true else { continue }
            // Without a pipeline every schedule is the same; the plainest stands for all.
            guard p > 1 ? launches?.schedules.contains(schedule) ?? true : schedule == .oneForwardOneBackward else { continue }
            if schedule == .combined1F1B, model.experts == nil, constraints.schedules == nil { continue }
            let chunks = chunkCounts(schedule, p, model.layers, constraints.virtualStages)
            // Chunks that differ in size stall each other, so they are tried only where nothing better divides the layers (61 of them, say).
            let takesUneven =
                constraints.virtualStages.isPinned || constraints.layout != nil
                || !chunks.contains { $0 > 1 && dealsWell(model.layers, stages: p * $0) }
            for v in chunks {
                for layout in layouts(constraints, launches, layers: model.layers, slowness: slowness, chunks: v) {
                    if v > 1, layout == .even, !takesUneven, model.layers % (p * v) != 0 { continue }
                    guard let entry = entry(schedule, p, v, layout, model, launches, slowness) else { continue }
                    // Both layouts can deal the same stages, as with one stage.
                    if result.contains(where: {
                        $0.schedule == schedule && $0.virtualStages == v && $0.stages[0].stageLayers == entry.stages[0].stageLayers
                    }) {
                        continue
                    }
                    result.append(entry)
                }
            }
        }
        return result
    }

    /// Whether the layers, alone or with embedding and loss counted as one each, divide evenly.
    private static func dealsWell(_ layers: Int, stages: Int) -> Bool { layers % stages == 0 || (layers + 2) % stages == 0 }

    private static func entry(
        _ schedule: PipelineSchedule, _ p: Int, _ v: Int, _ layout: LayerLayout, _ model: TransformerModel, _ launches: Launchable?,
        _ slowness: [Double]
    ) -> Entry? {
        guard let dealt = StageLayers(layers: model.layers, pipeline: p, virtualStages: v, layout: layout) else { return nil }
        let isEven = Set(dealt.counts).count == 1
        guard isEven || launches?.unevenLayers ?? true else { return nil }
        let most = dealt.counts.max() ?? 0
        let placement = StageAssignment.Placement(schedule)
        let stages = (0...most).compactMap {
            StageAssignment(
                model: model, pipeline: p, virtualStages: v, layout: layout, placement: placement, recomputing: $0,
                slowness: slowness)
        }
        guard stages.count == most + 1 else { return nil }
        let peaks =
            InFlight.needsTable(schedule)
            ? InFlight.peaks(schedule, ScheduleShape(ranks: p, microBatches: 4 * p, chunksPerRank: v, groupRule: .megatron)) : []
        return Entry(schedule: schedule, virtualStages: v, layout: layout, stages: stages, peaks: peaks)
    }

    /// Numbers of virtual stages worth trying: 1 or 2 where the schedule says so, otherwise all that the layers can fill.
    private static func chunkCounts(_ schedule: PipelineSchedule, _ p: Int, _ layers: Int, _ allowed: Allowed) -> [Int] {
        let most = max(1, (layers + 2) / p)
        let candidates: [Int] =
            switch schedule {
            case .gpipe, .oneForwardOneBackward, .zbH1, .zbH2, .dualPipe, .chimera, .seq1F1B: [1]
            case .zbV, .vHalf, .vMin, .dualPipeV: [2]
            case .interleaved, .combined1F1B: Array(2..<max(3, most + 1))
            case .interleavedZeroBubble: Array(2..<max(3, most + 1))
            case .loopedBFS: Array(2..<max(3, most + 1))
            case .wave: Array(stride(from: 2, through: max(2, most), by: 2))
            }
        return candidates.filter { allowed.contains($0) && $0 <= most }
    }

    /// Layouts worth trying; where stages differ in speed also layers in proportion to it, embedding and loss counted as one each.
    private static func layouts(
        _ constraints: StrategyConstraints, _ launches: Launchable?, layers: Int, slowness: [Double], chunks: Int
    ) -> [LayerLayout] {
        if let layout = constraints.layout { return [layout] }
        guard launches?.unevenLayers ?? true else { return [.even] }
        var layouts: [LayerLayout] = [.even, .embeddingAware]
        let speeds = (0..<chunks).flatMap { _ in slowness.map { 1 / $0 } }
        if speeds.count > 1, layers >= speeds.count, Set(slowness).count > 1 {
            layouts.append(.explicit(proportionalLayers(total: layers, speeds: speeds)))
            var counted = proportionalLayers(total: layers + 2, speeds: speeds)
            counted[0] -= 1
            counted[counted.count - 1] -= 1
            layouts.append(.explicit(counted))
        }
        return layouts
    }
}
