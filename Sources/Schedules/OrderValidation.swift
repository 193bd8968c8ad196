/// Checks that a user's order holds every operation once, where it belongs, and finds what the lists leave unsaid.
struct OrderValidation {
    private(set) var stageRanks: [Int32]
    private(set) var microBatches: Int
    private let present: Set<PipelineOperation>
    private var seen: Set<PipelineOperation> = []
    private var forwards = 0
    private var backwards = 0
    private var weights = 0
    private var splits = 0

    init(
        _ program: OrderProgram, stageRanks given: [Int]?, microBatches givenCount: Int?
    ) throws(ScheduleError) {
        let ranks = program.rankStarts.count - 1
        let lists = (0..<ranks).map(program.operations(ofRank:))
        guard lists.contains(where: { !$0.isEmpty }) else { throw .unreadableOrders(reason: "no operations") }
        let halves = lists.joined().flatMap(Self.halves)
        present = Set(halves)
        microBatches = givenCount ?? (halves.map(\.microBatch).max() ?? 0) + 1
        let stageCount = given?.count ?? (halves.map(\.stage).max() ?? 0) + 1
        stageRanks = Array(repeating: -1, count: stageCount)
        for (stage, rank) in (given ?? []).enumerated() {
            guard (0..<ranks).contains(rank) else {
                throw .unreadableOrders(reason: "stage \(stage) is on rank \(rank), but there are \(ranks) ranks")
            }
            stageRanks[stage] = Int32(rank)
        }
        for rank in 0..<ranks {
            for operation in lists[rank] {
                for half in Self.halves(operation) { try take(half, operation, rank) }
            }
        }
        try checkCompleteness()
    }

    private static func halves(_ operation: PipelineOperation) -> [PipelineOperation] {
        let first = PipelineOperation(operation.kind, stage: operation.stage, microBatch: operation.microBatch)
        guard operation.isPair else { return [first] }
        return [first, PipelineOperation(.backward, stage: operation.pairedStage, microBatch: operation.pairedMicroBatch)]
    }

    /// Notes one operation of a rank's list; what it needs of its own stage must stand before it.
    private mutating func take(_ half: PipelineOperation, _ operation: PipelineOperation, _ rank: Int) throws(ScheduleError) {
        guard half.stage < stageRanks.count else {
            throw .unknownOperation(name: half.description, rank: rank, reason: "there are \(stageRanks.count) stages")
        }
        guard half.microBatch < microBatches else {
            throw .unknownOperation(name: half.description, rank: rank, reason: "there are \(microBatches) micro-batches")
        }
        if stageRanks[half.stage] < 0 { stageRanks[half.stage] = Int32(rank) }
        guard stageRanks[half.stage] == Int32(rank) else {
            throw .misplacedOperation(name: half.description, rank: rank, holder: Int(stageRanks[half.stage]))
        }
        let isBackward = half.kind == .backward || half.kind == .backwardInput
        let twin = sibling(half, half.kind == .backward ? .backwardInput : .backward)
        guard seen.insert(half).inserted, half.kind == .forward || !seen.contains(twin) else {
            throw .repeatedOperation(name: half.description, rank: rank)
        }
        let needed: PipelineOperation? =
            switch half.kind {
            case .forward: nil
            case .backward, .backwardInput: sibling(half, .forward)
            case .backwardWeight: sibling(half, .backwardInput)
            }
        if let needed, !seen.contains(needed) {
            guard present.contains(needed) else { throw .missingOperations(names: [needed.description], count: 1) }
            throw .deadlock(cycle: [operation.description, needed.description])
        }
        forwards += half.kind == .forward ? 1 : 0
        backwards += isBackward ? 1 : 0
        splits += half.kind == .backwardInput ? 1 : 0
        weights += half.kind == .backwardWeight ? 1 : 0
    }

    private func sibling(_ operation: PipelineOperation, _ kind: PipelineOperation.Kind) -> PipelineOperation {
        PipelineOperation(kind, stage: operation.stage, microBatch: operation.microBatch)
    }

    private func checkCompleteness() throws(ScheduleError) {
        let chunks = stageRanks.count * microBatches
        let missing = chunks - forwards + chunks - backwards + splits - weights
        guard missing > 0 else { return }
        var names: [String] = []
        search: for stage in stageRanks.indices {
            for microBatch in 0..<microBatches {
                names += missingNames(stage, microBatch)
                if names.count >= 3 { break search }
            }
        }
        throw .missingOperations(names: Array(names.prefix(3)), count: missing)
    }

    private func missingNames(_ stage: Int, _ microBatch: Int) -> [String] {
        let all = PipelineOperation.Kind.allCases.map { PipelineOperation($0, stage: stage, microBatch: microBatch) }
        let has = all.map(seen.contains)
        var names: [String] = []
        if !has[0] { names.append(all[0].description) }
        if !has[1] && !has[3] { names.append(all[3].description) }
        if has[1] && !has[2] { names.append(all[2].description) }
        return names
    }
}
