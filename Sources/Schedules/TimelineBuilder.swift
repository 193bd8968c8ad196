extension PipelineSimulator {
    /// Simulates one step and keeps all of it: operations, messages, what each waited for, the critical path and memory over time.
    ///
    /// Slower than `run` and allocates; for pictures, not for searching. Throws as `run` does.
    public mutating func timeline(
        _ order: ScheduleOrder, _ times: StageTimes, perturbation: Perturbation? = nil, title: String? = nil
    ) throws(ScheduleError) -> (timeline: Timeline, result: Result) {
        let (result, around) = try runKept(order, times, perturbation: perturbation)
        var builder = TimelineBuilder(order, table, details, arrival)
        builder.addSends()
        if let copies = times.copies { builder.add(copies) }
        if let around { builder.add(around) }
        builder.findCauses()
        builder.markCriticalPath()
        if let lanes = times.lanes { builder.add(lanes) }
        let name = title ?? "\(order.name), p = \(order.rankCount), m = \(order.microBatches)"
        let timeline = Timeline(
            title: name, rankCount: order.rankCount, chunksPerRank: order.chunksPerRank, spans: builder.spans,
            memory: MemoryCurves(order, details.starts, details.ends, times.memory).curves,
            memoryUnit: times.memory == nil ? .chunks : .bytes, makespan: result.makespan)
        return (timeline, result)
    }
}

/// Turns a detailed run into spans: first every operation in the order's own order, then messages, then what surrounds the pipeline.
private struct TimelineBuilder {
    private let order: ScheduleOrder
    private let operations: [PipelineOperation]
    private let table: StageTable
    private let arrival: [Double]
    /// The span whose end put an input where it is needed, by place in `arrival`; −1 where it was always there.
    private var provider: [Int32]
    private(set) var spans: [Timeline.Span] = []

    init(_ order: ScheduleOrder, _ table: StageTable, _ details: Worklist.Details, _ arrival: [Double]) {
        self.order = order
        operations = order.operations
        self.table = table
        self.arrival = arrival
        provider = Array(repeating: -1, count: arrival.count)
        spans.reserveCapacity(operations.count * 2)
        for rank in 0..<order.rankCount {
            for index in order.rankStarts[rank]..<order.rankStarts[rank + 1] {
                let operation = operations[index]
                var span = Timeline.Span(
                    kind: operation.timelineKind, rank: Int32(rank), stage: Int32(operation.stage), microBatch: Int32(operation.microBatch),
                    start: details.starts[index], end: details.ends[index])
                if operation.isPair {
                    span.pairedStage = Int32(operation.pairedStage)
                    span.pairedMicroBatch = Int32(operation.pairedMicroBatch)
                }
                spans.append(span)
            }
        }
    }

    /// Messages that take time, each from the operation that feeds it to the rank that reads it.
    mutating func addSends() {
        var lastOnLink = [Int32](repeating: -1, count: table.linkCount)
        for index in operations.indices {
            let operation = operations[index]
            addSend(index, table.row(operation), operation.stage, operation.microBatch, &lastOnLink)
            if operation.isPair {
                let row = table.row(operation, ofPairedHalf: true)
                addSend(index, row, operation.pairedStage, operation.pairedMicroBatch, &lastOnLink)
            }
        }
    }

    private mutating func addSend(_ index: Int, _ row: StageTable.Row, _ stage: Int, _ microBatch: Int, _ lastOnLink: inout [Int32]) {
        guard row.feeds >= 0 else { return }
        let fed = table.place(row.feeds, microBatch)
        provider[fed] = Int32(index)
        let time = row.latency + row.transfer
        guard row.link >= 0, time > 0 else { return }
        let producer = spans[index]
        // With no transfer time links are never taken, and a plain message leaves at once.
        let start = row.transfer > 0 ? arrival[fed] - time : producer.end
        var send = Timeline.Span(
            kind: .send, rank: producer.rank, stage: Int32(stage), microBatch: Int32(microBatch), start: start, end: arrival[fed])
        send.peer = row.consumer
        let previous = lastOnLink[Int(row.link)]
        send.waitsFor = start > producer.end + 1e-12 * start && previous >= 0 ? previous : Int32(index)
        provider[fed] = Int32(spans.count)
        lastOnLink[Int(row.link)] = Int32(spans.count)
        spans.append(send)
    }

    /// Copies beside the passes that make and use what moves; parameters come before activations do.
    mutating func add(_ copies: StageCopies) {
        for index in operations.indices {
            let span = spans[index]
            let stage = Int(span.stage) % copies.down.count
            func add(_ kind: Timeline.Kind, _ start: Double, _ seconds: Double) {
                guard seconds > 0 else { return }
                var copy = Timeline.Span(
                    kind: kind, rank: span.rank, stage: span.stage, microBatch: span.microBatch, start: start, end: start + seconds)
                copy.waitsFor = Int32(index)
                spans.append(copy)
            }
            switch span.kind {
            case .forward:
                add(.copyUp, span.start, copies.loads[stage])
                add(.copyDown, span.start + copies.lead[stage], copies.down[stage] + copies.returns[stage])
            case .backward, .backwardInput:
                add(.copyUp, span.start, copies.loads[stage] + copies.up[stage])
                add(.copyDown, span.start, copies.gradients[stage])
            default: continue
            }
        }
    }

    /// Exchanges inside passes; of a pair those of both halves, each beside the other's compute.
    mutating func add(_ lanes: StageLanes) {
        guard operations.count <= StageLanes.mostOperations, !lanes.forward.isEmpty else { return }
        for index in operations.indices {
            let span = spans[index]
            func add(_ pieces: [StageLanes.Piece], stage: Int32, microBatch: Int32) {
                for piece in pieces {
                    var exchange = Timeline.Span(
                        kind: piece.kind, rank: span.rank, stage: stage, microBatch: microBatch,
                        start: span.start + piece.start * (span.end - span.start), end: span.start + piece.end * (span.end - span.start))
                    exchange.waitsFor = Int32(index)
                    spans.append(exchange)
                }
            }
            let stages = Int32(lanes.forward.count)
            switch span.kind {
            case .forward: add(lanes.forward[Int(span.stage % stages)], stage: span.stage, microBatch: span.microBatch)
            case .backward, .backwardInput:
                add(lanes.backward[Int(span.stage % stages)], stage: span.stage, microBatch: span.microBatch)
            case .overlappedPair:
                add(lanes.forward[Int(span.stage % stages)], stage: span.stage, microBatch: span.microBatch)
                add(lanes.backward[Int(span.pairedStage % stages)], stage: span.pairedStage, microBatch: span.pairedMicroBatch)
            default: continue
            }
        }
    }

    /// Reductions, updates and gathers.
    mutating func add(_ around: AroundPipeline) {
        for event in around.events {
            spans.append(
                Timeline.Span(
                    kind: event.kind, rank: Int32(event.rank), stage: Int32(event.stage), microBatch: -1, start: event.start, end: event.end
                ))
        }
    }

    /// For each span, the one whose end let it start.
    mutating func findCauses() {
        for rank in 0..<order.rankCount {
            for index in order.rankStarts[rank]..<order.rankStarts[rank + 1] {
                spans[index].waitsFor = cause(index, previous: index > order.rankStarts[rank] ? index - 1 : nil)
            }
        }
        let ends = spans.indices.sorted { spans[$0].end < spans[$1].end }
        for index in spans.indices where spans[index].microBatch < 0 {
            spans[index].waitsFor = latest(before: index, ends)
        }
    }

    /// The input or the rank's previous operation, whichever ended last; −1 where both were there from the start.
    private func cause(_ index: Int, previous: Int?) -> Int32 {
        let operation = operations[index]
        let row = table.row(operation)
        var best = provider(row, operation.microBatch)
        func end(_ span: Int32) -> Double { span < 0 ? 0 : spans[Int(span)].end }
        if operation.isPair {
            let other = provider(table.row(operation, ofPairedHalf: true), operation.pairedMicroBatch)
            if end(other) > end(best) { best = other }
        }
        if let previous, spans[previous].end >= end(best) { best = Int32(previous) }
        if row.earliest > end(best), spans[index].start >= row.earliest {
            best = spans.firstIndex { $0.kind == .parameterGather && $0.stage == operation.stage }.map(Int32.init) ?? best
        }
        return best
    }

    /// The span whose end put an operation's input where it is needed; −1 where it was always there.
    private func provider(_ row: StageTable.Row, _ microBatch: Int) -> Int32 {
        row.needs < 0 ? -1 : provider[table.place(row.needs, microBatch)]
    }

    /// The span with the latest end that is no later than another's start: on its rank, or on any for the optimizer.
    private func latest(before index: Int, _ ends: [Int]) -> Int32 {
        let span = spans[index]
        guard span.start > 0 else { return -1 }
        let tolerance = 1e-12 * span.start
        var (low, high) = (0, ends.count)
        while low < high {
            let middle = (low + high) / 2
            if spans[ends[middle]].end <= span.start + tolerance { low = middle + 1 } else { high = middle }
        }
        // Events that waited for nothing but their bucket have no end to point at; the operation under them does.
        for place in (0..<low).reversed() {
            let other = spans[ends[place]]
            if other.rank == span.rank || span.kind == .optimizer, ends[place] != index { return Int32(ends[place]) }
        }
        return -1
    }

    /// Marks the chain of causes that ends with the last span.
    mutating func markCriticalPath() {
        guard var index = spans.indices.max(by: { spans[$0].end < spans[$1].end }) else { return }
        while !spans[index].isCritical {
            spans[index].isCritical = true
            guard spans[index].waitsFor >= 0 else { return }
            index = Int(spans[index].waitsFor)
        }
    }
}

extension PipelineOperation {
    /// The kind a timeline shows.
    var timelineKind: Timeline.Kind {
        switch kind {
        case .forward: isPair ? .overlappedPair : .forward
        case .backwardInput: .backwardInput
        case .backwardWeight: .backwardWeight
        case .backward: .backward
        }
    }
}
