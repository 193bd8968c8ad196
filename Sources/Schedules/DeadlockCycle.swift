/// Finds the circle in which ranks wait for each other after a run that could not end.
struct DeadlockCycle {
    private let order: ScheduleOrder
    private let operations: [PipelineOperation]
    /// The operation at which each rank stands.
    private let position: [Int]
    private let places: [Key: Int]

    private struct Key: Hashable {
        let isForward: Bool
        let stage: Int
        let microBatch: Int
    }

    init(_ order: ScheduleOrder, _ position: [Int]) {
        self.order = order
        operations = order.operations
        self.position = position
        var places: [Key: Int] = [:]
        for (index, operation) in operations.enumerated() where operation.kind != .backwardWeight {
            places[Key(isForward: operation.kind == .forward, stage: operation.stage, microBatch: operation.microBatch)] = index
            if operation.isPair {
                places[Key(isForward: false, stage: operation.pairedStage, microBatch: operation.pairedMicroBatch)] = index
            }
        }
        self.places = places
    }

    /// The names along the circle reached from a rank that stands still: each waits for the next, the last for the first.
    ///
    /// An operation waits either for the one that produces its input, or for the one at which the producer's own rank stands.
    func names(from rank: Int) -> [String] {
        var visited: [Int: Int] = [:]
        var path: [String] = []
        var current = rank
        while visited[current] == nil {
            visited[current] = path.count
            let blocked = position[current]
            path.append(operations[blocked].description)
            guard let producer = unfinishedProducer(of: operations[blocked]) else { return path }
            let holder = rankHolding(producer)
            if position[holder] != producer { path.append(operations[producer].description) }
            current = holder
        }
        return Array(path[(visited[current] ?? 0)...])
    }

    private func unfinishedProducer(of operation: PipelineOperation) -> Int? {
        var keys = [inputKey(operation.kind == .forward, operation.stage, operation.microBatch)]
        if operation.isPair { keys.append(inputKey(false, operation.pairedStage, operation.pairedMicroBatch)) }
        return keys.compactMap { $0.flatMap { places[$0] } }.first { $0 >= position[rankHolding($0)] }
    }

    /// The operation whose output another one takes in; nil at the ends of a chain.
    private func inputKey(_ isForward: Bool, _ stage: Int, _ microBatch: Int) -> Key? {
        let place = stage % order.chainLength
        if place == (isForward ? 0 : order.chainLength - 1) { return nil }
        return Key(isForward: isForward, stage: isForward ? stage - 1 : stage + 1, microBatch: microBatch)
    }

    private func rankHolding(_ index: Int) -> Int {
        (order.rankStarts.firstIndex { $0 > index } ?? order.rankCount + 1) - 1
    }
}
