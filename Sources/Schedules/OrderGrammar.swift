extension PipelineOperation {
    /// Reads an operation in the grammar of PyTorch's schedules: stage, letter, micro-batch (`3I0`), or an overlapped forward and backward
    /// (`(5F3;2B1)OVERLAP_F_B`). Nil where the text is neither, or names a stage or micro-batch beyond the limits.
    public init?(parsing text: some StringProtocol) {
        if let single = Self.half(text) {
            self.init(single.kind, stage: single.stage, microBatch: single.microBatch)
            return
        }
        guard text.hasPrefix("("), text.hasSuffix(")OVERLAP_F_B") else { return nil }
        let halves = text.dropFirst().dropLast(")OVERLAP_F_B".count).split(separator: ";", omittingEmptySubsequences: false)
        guard halves.count == 2, let forward = Self.half(halves[0]), let backward = Self.half(halves[1]),
            forward.kind == .forward, backward.kind == .backward
        else { return nil }
        self.init(forward: forward.stage, forward.microBatch, overlapping: backward.stage, backward.microBatch)
    }

    private static func half(_ text: some StringProtocol) -> (kind: Kind, stage: Int, microBatch: Int)? {
        guard let middle = text.firstIndex(where: { !$0.isNumber }), let kind = Kind(letter: text[middle]),
            let stage = number(text[..<middle], below: stageLimit),
            let microBatch = number(text[text.index(after: middle)...], below: microBatchLimit)
        else { return nil }
        return (kind, stage, microBatch)
    }

    private static func number(_ text: some StringProtocol, below limit: Int) -> Int? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(text), value < limit else { return nil }
        return value
    }
}

extension ScheduleOrder {
    /// An order from each rank's list of operations in the grammar of PyTorch's schedules.
    ///
    /// Without `stageRanks` a stage lives where its operations stand. Throws what is wrong with the first operation that does not fit, and
    /// `missingOperations` where a stage lacks a forward or a backward of a micro-batch.
    public init(name: String, ranks: [[String]], stageRanks: [Int]? = nil, microBatches: Int? = nil) throws(ScheduleError) {
        var program = OrderProgram()
        for (rank, list) in ranks.enumerated() {
            for (position, text) in list.enumerated() {
                guard let operation = PipelineOperation(parsing: text) else {
                    throw .unreadableOperation(text: text, rank: rank, position: position)
                }
                program.append(operation)
            }
            program.endRank()
        }
        let validation = try OrderValidation(program, stageRanks: stageRanks, microBatches: microBatches)
        self.init(
            name: name, microBatches: validation.microBatches, chainCount: 1, stageRanks: validation.stageRanks,
            program: program, passesInTurn: false)
    }
}
