import Schedules

/// Builds the JSON text of trace events in a buffer that is handed on whenever it is full.
struct TraceEvents: ~Copyable {
    private var text = ByteWriter(capacity: (1 << 20) + 4096)
    private var isFirst = true

    init(title: String) {
        text.append("{\"displayTimeUnit\":\"ms\",\"otherData\":{\"title\":")
        text.append(json: title)
        text.append("},\"traceEvents\":[\n")
    }

    mutating func close() { text.append("\n]}\n") }

    mutating func flush<Failure: Error>(
        ifBeyond limit: Int, _ sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        guard text.count > limit else { return }
        try text.withBytes(sink)
        text.removeAll()
    }

    /// Names a lane's thread and, with the first lane of a rank, its process.
    mutating func appendThread(_ thread: Int, of lane: TimelineLanes.Lane) {
        if lane.role == .compute, lane.number == 0 {
            begin("M", rank: lane.rank, thread: thread)
            text.append(",\"name\":\"process_name\",\"args\":{\"name\":\"rank ")
            text.append(lane.rank)
            text.append("\"}}")
            begin("M", rank: lane.rank, thread: thread)
            text.append(",\"name\":\"process_sort_index\",\"args\":{\"sort_index\":")
            text.append(lane.rank)
            text.append("}}")
        }
        begin("M", rank: lane.rank, thread: thread)
        text.append(",\"name\":\"thread_name\",\"args\":{\"name\":\"")
        switch lane.role {
        case .compute: text.append("compute")
        case .tensor: text.append("tensor parallel")
        case .context: text.append("context parallel")
        case .expert: text.append("exchange of tokens")
        case .send: text.append("send")
        case .collective: text.append("data parallel")
        case .copy: text.append("copies to and from the host")
        case .host: text.append("host")
        }
        if lane.number > 0 {
            text.append(" ")
            text.append(lane.number + 1)
        }
        text.append("\"}}")
        begin("M", rank: lane.rank, thread: thread)
        text.append(",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":")
        text.append(thread)
        text.append("}}")
    }

    mutating func appendSlice(_ span: Timeline.Span, thread: Int32, waitsFor blocker: Timeline.Span?) {
        let start = nanoseconds(span.start)
        begin("X", rank: Int(span.rank), thread: Int(thread))
        append(time: start)
        text.append(",\"dur\":")
        text.append(thousandths: max(nanoseconds(span.end) - start, 0))
        text.append(",\"name\":\"")
        text.append(nameOf: span)
        text.append("\",\"cat\":\"")
        text.append(span.kind.words)
        text.append("\",\"args\":{\"critical path\":")
        text.append(span.isCritical ? "true" : "false")
        append(argument: "stage", span.stage)
        append(argument: "micro-batch", span.microBatch)
        append(argument: "backward stage", span.pairedStage)
        append(argument: "backward micro-batch", span.pairedMicroBatch)
        append(argument: "to rank", span.peer)
        if let blocker {
            text.append(",\"waits for\":\"")
            text.append(nameOf: blocker)
            text.append(" on rank ")
            text.append(Int(blocker.rank))
            text.append("\"")
        }
        text.append("}}")
    }

    /// Ties a send to its two ends.
    mutating func appendFlow(
        id: Int, send: Int, partners: SendPartners, spans: UnsafeBufferPointer<Timeline.Span>, thread: [Int32]
    ) {
        let (producer, consumer) = partners.ends(of: spans[send], in: spans)
        guard consumer >= 0 else { return }
        // A slice without length has no inside in which a flow could begin.
        let steps = [Int(producer), send, Int(consumer)].filter { $0 >= 0 && thread[$0] > 0 && length(spans[$0]) > 0 }
        guard steps.count > 1 else { return }
        for (position, step) in steps.enumerated() {
            let span = spans[step]
            let isLast = position == steps.count - 1
            let inside = isLast ? nanoseconds(span.start) : nanoseconds(span.end) - 1
            begin(position == 0 ? "s" : isLast ? "f" : "t", rank: Int(span.rank), thread: Int(thread[step]))
            append(time: max(inside, nanoseconds(span.start)))
            text.append(",\"bp\":\"e\",\"cat\":\"send\",\"name\":\"send\",\"id\":")
            text.append(id + 1)
            text.append("}")
        }
    }

    mutating func appendMemory(_ point: Timeline.MemoryPoint, unit: Timeline.MemoryUnit, rank: Int) {
        begin("C", rank: rank, thread: 0)
        append(time: nanoseconds(point.time))
        switch unit {
        case .chunks: text.append(",\"name\":\"activations in flight\",\"args\":{\"chunks\":")
        case .bytes: text.append(",\"name\":\"memory\",\"args\":{\"MiB\":")
        }
        let amount = unit == .bytes ? point.amount / 1_048_576 : point.amount
        text.append(thousandths: Int(exactly: (amount * 1000).rounded()) ?? 0)
        text.append("}}")
    }

    private func length(_ span: Timeline.Span) -> Int { nanoseconds(span.end) - nanoseconds(span.start) }

    /// Opens an event; process and thread 0 mean something else to the viewers, so ranks count from 1.
    private mutating func begin(_ phase: StaticString, rank: Int, thread: Int) {
        if !isFirst { text.append(",\n") }
        isFirst = false
        text.append("{\"ph\":\"")
        text.append(phase)
        text.append("\",\"pid\":")
        text.append(rank + 1)
        guard thread > 0 else { return }
        text.append(",\"tid\":")
        text.append(thread)
    }

    private mutating func append(time: Int) {
        text.append(",\"ts\":")
        text.append(thousandths: time)
    }

    private mutating func append(argument name: StaticString, _ value: Int32) {
        guard value >= 0 else { return }
        text.append(",\"")
        text.append(name)
        text.append("\":")
        text.append(Int(value))
    }
}
