import CostModels
import Parallelism
import Schedules
import Workload

/// Every way of running a pipeline of p ranks that the request allows, with its stages dealt out: built once, read by all work items.
///
/// Flat arrays of plain numbers, so that scanning them counts no references.
struct PipelineCatalog: Sendable {
    /// A schedule, its virtual stages and a layout.
    struct Entry: Sendable {
        let schedule: PipelineSchedule
        let virtualStages: Int
        /// Where a schedule puts stages: in two directions, or not.
        let isBidirectional: Bool
        /// Slowness of the first rank.
        let firstSlowness: Double
        /// Its layout among `layouts`.
        let layout: Int
        /// Its stages among `stages`, by the number of recomputed layers a virtual stage, from 0 to all.
        let stages: Range<Int>
        /// The numbers of recomputed layers that full recomputation is to try among `recomputed`, ascending.
        let recomputed: Range<Int>
        /// The numbers of layers whose activations may move that are to be tried, among `recomputed` too, ascending.
        let offloaded: Range<Int>
        /// Peaks of schedules without a closed form among `peaks`, for 4p micro-batches.
        let peaks: Range<Int>

        /// Layers of the fullest virtual stage.
        var mostLayers: Int { stages.count - 1 }
        /// Whether it exists to hide expert exchange.
        var isCombined: Bool { schedule == .combined1F1B }
    }

    /// The distinct ranks of a pipeline among `ranks`: for time, and for memory.
    struct Stages: Sendable {
        let time, memory: Range<Int>
    }

    /// The entries of one pipeline-parallel size.
    struct Size: Sendable {
        let entries: Range<Int>
        /// What its ranks compute together, in ranks of the first node group.
        let speed: Double
        /// Entries, choices of full recomputation and of moved layers among them: those of every schedule, and of those that hide expert exchange.
        let counts: (all: SIMD4<Int>, combined: SIMD4<Int>)
        /// The share of a rank's layers whose activations every schedule holds at once at least.
        let leastShare: Double
    }

    private(set) var entries: [Entry] = []
    private(set) var stages: [Stages] = []
    private(set) var ranks: [StageAssignment.Rank] = []
    private(set) var shares: [LayerShare] = []
    private(set) var layouts: [LayerLayout] = []
    private(set) var recomputed: [Int] = []
    private(set) var peaks: [Int] = []
    /// By pipeline-parallel size.
    private(set) var sizes: [Int: Size] = [:]

    /// The entries for the pipeline sizes of a space.
    init(_ space: StrategySpace, model: StepModel, isCancelled: () -> Bool = { false }) {
        for pipeline in Set(space.grids.map(\.pipeline)).sorted().map(Int.init) {
            if isCancelled() { break }
            let found = Self.entries(
                pipeline, space.request, space.legality, classes: model.layers.classes, slowness: model.stageSlowness(pipeline),
                balanced: { model.unequalLayers(pipeline: pipeline, virtualStages: $0) })
            let first = entries.count
            var counts = (all: SIMD4<Int>.zero, combined: SIMD4<Int>.zero)
            var share = 1.0
            for entry in found {
                let most = entry.stages.count - 1
                let flat = add(
                    entry, recomputing: space.request.recomputedLayers(ofMost: most),
                    moving: most > 1 ? (1..<most).filter(space.request.constraints.offloadLayers.contains) : [])
                let choices = SIMD4(1, flat.recomputed.count, flat.offloaded.count, 0)
                counts.all &+= choices
                if flat.isCombined { counts.combined &+= choices }
                if let least = entry.peaks.min() { share = min(share, Double(least) / Double(entry.virtualStages)) }
            }
            sizes[pipeline] = Size(
                entries: first..<entries.count, speed: model.pipelineSpeed(pipeline), counts: counts, leastShare: share)
        }
    }

    private mutating func add(_ dealt: Dealt, recomputing numbers: [Int], moving moved: [Int]) -> Entry {
        let firstStages = stages.count
        for assignment in dealt.stages {
            let first = ranks.count
            ranks += assignment.timeRanks.lazy.map { $0.offset(by: shares.count) }
            let middle = ranks.count
            ranks += assignment.memoryRanks.lazy.map { $0.offset(by: shares.count) }
            shares += assignment.shares
            stages.append(Stages(time: first..<middle, memory: middle..<ranks.count))
        }
        let firstPeak = peaks.count
        peaks += dealt.peaks
        let firstNumber = recomputed.count
        recomputed += numbers + moved
        let firstMoved = firstNumber + numbers.count
        layouts.append(dealt.layout)
        let entry = Entry(
            schedule: dealt.schedule, virtualStages: dealt.virtualStages, isBidirectional: dealt.stages[0].placement == .bidirectional,
            firstSlowness: dealt.stages[0].slowness.first ?? 1, layout: layouts.count - 1, stages: firstStages..<stages.count,
            recomputed: firstNumber..<firstMoved, offloaded: firstMoved..<recomputed.count, peaks: firstPeak..<peaks.count)
        entries.append(entry)
        return entry
    }

    /// An entry as it is dealt, its stages for every number of recomputed layers.
    private struct Dealt {
        let schedule: PipelineSchedule
        let virtualStages: Int
        let layout: LayerLayout
        let stages: [StageAssignment]
        let peaks: [Int]
    }

    /// What a scan reads of the catalog, through buffers that it does not own.
    struct View {
        let entries: UnsafeBufferPointer<Entry>
        let stages: UnsafeBufferPointer<Stages>
        let ranks: UnsafeBufferPointer<StageAssignment.Rank>
        let shares: UnsafeBufferPointer<LayerShare>
        let recomputed: UnsafeBufferPointer<Int>
        let peaks: UnsafeBufferPointer<Int>

        /// The ranks of some stages that decide their time.
        @inline(__always)
        func timeRanks(_ index: Int) -> StageAssignment.Ranks {
            StageAssignment.Ranks(UnsafeBufferPointer(rebasing: ranks[stages[index].time]), shares: shares)
        }

        /// The ranks of some stages that decide their memory.
        @inline(__always)
        func memoryRanks(_ index: Int) -> StageAssignment.Ranks {
            StageAssignment.Ranks(UnsafeBufferPointer(rebasing: ranks[stages[index].memory]), shares: shares)
        }
    }

    /// Reads the catalog through buffers.
    func withView<Result>(_ body: (View) -> Result) -> Result {
        entries.withUnsafeBufferPointer { entries in
            stages.withUnsafeBufferPointer { stages in
                ranks.withUnsafeBufferPointer { ranks in
                    shares.withUnsafeBufferPointer { shares in
                        recomputed.withUnsafeBufferPointer { recomputed in
                            peaks.withUnsafeBufferPointer { peaks in
                                body(
                                    View(
                                        entries: entries, stages: stages, ranks: ranks, shares: shares, recomputed: recomputed, peaks: peaks
                                    ))
                            }
                        }
                    }
                }
            }
        }
    }

    private static func entries(
        _ p: Int, _ request: SearchRequest, _ legality: Legality, classes: LayerClasses, slowness: [Double], balanced: (Int) -> [Int]?
    ) -> [Dealt] {
        let model = request.inputs.model
        let constraints = request.constraints
        let launches = legality.stack?.launches
        var result: [Dealt] = []
        for schedule in PipelineSchedule.allCases {
            guard constraints.schedules?.contains(schedule) ?? true else { continue }
            // Without a pipeline every schedule is the same; the plainest stands for all.
            guard p > 1 ? launches?.schedules.contains(schedule) ?? true : schedule == .oneForwardOneBackward else { continue }
            if schedule == .combined1F1B, !request.inputs.divisions.hasExperts, constraints.schedules == nil { continue }
            let chunks = chunkCounts(schedule, p, model.layers, constraints.virtualStages)
            // Chunks that differ in size stall each other, so they are tried only where nothing better divides the layers (61 of them, say).
            let takesUneven =
                constraints.virtualStages.isPinned || constraints.layout != nil
                || !chunks.contains { $0 > 1 && dealsWell(model.layers, stages: p * $0) }
            for v in chunks {
                let own = p * v > 1 ? balanced(v) : nil
                for layout in layouts(constraints, launches, layers: model.layers, slowness: slowness, chunks: v, own) {
                    if v > 1, layout == .even, !takesUneven, model.layers % (p * v) != 0 { continue }
                    guard let entry = entry(schedule, p, v, layout, model, classes, launches, slowness) else { continue }
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
        _ schedule: PipelineSchedule, _ p: Int, _ v: Int, _ layout: LayerLayout, _ model: TransformerModel,
        _ classes: LayerClasses, _ launches: Launchable?, _ slowness: [Double]
    ) -> Dealt? {
        guard let dealt = StageLayers(layers: model.layers, pipeline: p, virtualStages: v, layout: layout) else { return nil }
        let isEven = Set(dealt.counts).count == 1
        guard isEven || launches?.unevenLayers ?? true else { return nil }
        let most = dealt.counts.max() ?? 0
        let placement = StageAssignment.Placement(schedule)
        let stages = (0...most).compactMap {
            StageAssignment(
                classes, predictionBlocks: model.predictionBlocks, pipeline: p, virtualStages: v, layout: layout, placement: placement,
                releasing: $0,
                slowness: slowness)
        }
        guard stages.count == most + 1 else { return nil }
        let peaks =
            InFlight.needsTable(schedule)
            ? InFlight.peaks(schedule, ScheduleShape(ranks: p, microBatches: 4 * p, chunksPerRank: v, groupRule: .megatron)) : []
        return Dealt(schedule: schedule, virtualStages: v, layout: layout, stages: stages, peaks: peaks)
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

    /// Layouts worth trying; where stages differ in speed also layers in proportion to it, embedding and loss counted as one each, and where frozen
    /// layers run forward only, `balanced` ones, which give those stages more of them.
    private static func layouts(
        _ constraints: StrategyConstraints, _ launches: Launchable?, layers: Int, slowness: [Double], chunks: Int, _ balanced: [Int]?
    ) -> [LayerLayout] {
        if let layout = constraints.layout { return [layout] }
        guard launches?.unevenLayers ?? true else { return [.even] }
        var layouts: [LayerLayout] = [.even, .embeddingAware]
        if let balanced { layouts.append(.explicit(balanced)) }
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

extension SearchRequest {
    /// The numbers of layers that full recomputation is to try in virtual stages of at most `most` layers: all of them, where the stack cannot
    /// leave any out only the whole, of those the ones that are pinned.
    fileprivate func recomputedLayers(ofMost most: Int) -> [Int] {
        guard most >= 1 else { return [] }
        let first = legality.stack?.launches.partialRecompute ?? true ? 1 : most
        return (first...most).filter(constraints.recomputeLayers.contains)
    }
}
