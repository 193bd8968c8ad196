public import Schedules

/// A timeline as a trace for Perfetto and Chrome (`ui.perfetto.dev`, `chrome://tracing`).
///
/// Every rank is a process; compute, transfers and collectives have threads of their own. A send is tied by a flow to the operation
/// that produced its data and to the one that consumes it, and memory is a counter per rank. Times are in microseconds with three
/// decimals, so a trace is exact to the nanosecond.
///
/// The format is the Trace Event Format's JSON (Google, "Trace Event Format"); two rules of Perfetto's reader matter here: slices that
/// overlap on a thread are dropped, and the start of a flow binds to the slice that it lies strictly inside of.
public struct PerfettoTrace: Sendable {
    private let timeline: Timeline

    /// A trace of a timeline.
    public init(_ timeline: Timeline) { self.timeline = timeline }

    /// The whole trace in memory; `write(to:)` needs far less for a long one.
    public func bytes() -> [UInt8] {
        var whole: [UInt8] = []
        write { whole.append(contentsOf: $0) }
        return whole
    }

    /// Writes the trace to a file that appears when it is complete.
    ///
    /// - Throws: `ReportsError.unwritable`.
    public func write(to path: String) throws(ReportsError) {
        try AtomicFile.write(to: path) { (append) throws(ReportsError) in
            try write { (piece) throws(ReportsError) in try append(piece) }
        }
    }

    /// Hands the trace over in pieces of about a mebibyte, in order.
    public func write<Failure: Error>(_ sink: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        var events = TraceEvents(title: timeline.title)
        let lanes = TimelineLanes(timeline)
        // A thread's number is unique over the whole trace, as those of real threads are.
        var thread = [Int32](repeating: 0, count: timeline.spans.count)
        for (index, lane) in lanes.lanes.enumerated() {
            events.appendThread(index + 1, of: lane)
            for span in lane.spans { thread[Int(span)] = Int32(index + 1) }
        }
        let partners = SendPartners(timeline)
        try timeline.spans.withUnsafeBufferPointer { (spans) throws(Failure) in
            for index in spans.indices where thread[index] > 0 {
                events.appendSlice(spans[index], thread: thread[index], waitsFor: blocker(of: spans[index], in: spans))
                if spans[index].kind == .send {
                    events.appendFlow(id: index, send: index, partners: partners, spans: spans, thread: thread)
                }
                try events.flush(ifBeyond: 1 << 20, sink)
            }
        }
        for (rank, points) in timeline.memory.enumerated() where rank < timeline.rankCount {
            for point in points {
                events.appendMemory(point, unit: timeline.memoryUnit, rank: rank)
                try events.flush(ifBeyond: 1 << 20, sink)
            }
        }
        events.close()
        try events.flush(ifBeyond: 0, sink)
    }

    private func blocker(of span: Timeline.Span, in spans: UnsafeBufferPointer<Timeline.Span>) -> Timeline.Span? {
        let index = Int(span.waitsFor)
        return spans.indices.contains(index) ? spans[index] : nil
    }
}
