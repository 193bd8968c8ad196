import Schedules

/// What the HTML page knows of a timeline: facts as JSON and operations as columns, lane after lane.
///
/// Times become whole ticks, 2³² − 1 to the step, which is finer than a ten-billionth of it; a column is little-endian and in base 64, a
/// tenth of what the same numbers take as JSON objects.
struct TimelinePageData {
    private let timeline: Timeline
    private let lanes: TimelineLanes
    private let makespan: Double

    init(_ timeline: Timeline) {
        self.timeline = timeline
        lanes = TimelineLanes(timeline)
        // A step without length still has to be divided into ticks.
        makespan = timeline.makespan.isFinite && timeline.makespan > 0 ? timeline.makespan : 1e-9
    }

    /// Appends the facts and columns as `script` elements that the page reads.
    func append(to page: inout ByteWriter) {
        appendFacts(to: &page)
        var order: [Int32] = []
        order.reserveCapacity(timeline.spans.count)
        for lane in lanes.lanes { order += lane.spans }
        var place = [Int32](repeating: -1, count: timeline.spans.count)
        for (position, index) in order.enumerated() { place[Int(index)] = Int32(position) }

        func column<Value: FixedWidthInteger>(_ name: StaticString, _ type: StaticString, _ value: (Timeline.Span) -> Value) {
            appendColumn(name, type, order.map { value(timeline.spans[Int($0)]) }, to: &page)
        }
        column("start", "Uint32Array") { ticks($0.start) }
        column("length", "Uint32Array") { max(ticks($0.end), ticks($0.start)) - ticks($0.start) }
        column("kind", "Uint8Array") { $0.kind.rawValue | ($0.isCritical ? 128 : 0) }
        column("stage", "Int16Array") { Int16(clamping: $0.stage) }
        column("microBatch", "Int32Array") { $0.microBatch }
        column("waitsFor", "Int32Array") { place.indices.contains(Int($0.waitsFor)) ? place[Int($0.waitsFor)] : -1 }
        if timeline.spans.contains(where: { $0.kind == .overlappedPair }) {
            column("pairedStage", "Int16Array") { Int16(clamping: $0.pairedStage) }
            column("pairedMicroBatch", "Int32Array") { $0.pairedMicroBatch }
        }
        if timeline.spans.contains(where: { $0.peer >= 0 }) { column("peer", "Int16Array") { Int16(clamping: $0.peer) } }
        let points = timeline.memory.prefix(max(timeline.rankCount, 0)).joined()
        appendColumn("memoryTime", "Uint32Array", points.map { ticks($0.time) }, to: &page)
        let amounts = points.map { Float($0.amount.isFinite ? $0.amount : 0).bitPattern }
        appendColumn("memoryAmount", "Float32Array", amounts, to: &page)
    }

    private func ticks(_ seconds: Double) -> UInt32 {
        let scaled = (seconds / makespan * Double(UInt32.max)).rounded()
        return scaled.isFinite ? UInt32(min(max(scaled, 0), Double(UInt32.max))) : 0
    }

    private func appendColumn<Value: FixedWidthInteger>(
        _ name: StaticString, _ type: StaticString, _ values: [Value], to page: inout ByteWriter
    ) {
        page.append("<script type=\"text/plain\" data-column=\"")
        page.append(name)
        page.append("\" data-type=\"")
        page.append(type)
        page.append("\">")
        values.map(\.littleEndian).withUnsafeBytes { page.append(base64: $0) }
        page.append("</script>\n")
    }

    private func appendFacts(to page: inout ByteWriter) {
        page.append("<script type=\"application/json\" id=\"facts-data\">{\"makespan\":")
        page.append(text: "\(makespan)")
        page.append(",\"rankCount\":")
        page.append(timeline.rankCount)
        page.append(",\"chunksPerRank\":")
        page.append(timeline.chunksPerRank)
        page.append(",\"memoryUnit\":\"")
        page.append(timeline.memoryUnit == .chunks ? "chunks" : "bytes")
        page.append("\"")
        if let limit = timeline.memoryLimit, limit.isFinite { page.append(text: ",\"memoryLimit\":\(limit)") }
        if let limit = MemoryScale(timeline).limit { page.append(text: ",\"drawnLimit\":\(limit)") }
        page.append(",\"memoryCounts\":[")
        let counts = timeline.memory.prefix(max(timeline.rankCount, 0)).map { "\($0.count)" }
        page.append(text: counts.joined(separator: ","))
        page.append("],\n\"kinds\":[")
        for (index, kind) in Timeline.Kind.allCases.enumerated() {
            let colour = TimelinePalette.colour(kind).hex
            page.append(text: "\(index > 0 ? "," : ""){\"letter\":\"\(kind.letter)\",\"words\":\"\(kind.words)\",\"colour\":\"\(colour)\"}")
        }
        page.append("],\n\"lanes\":[")
        for (index, lane) in lanes.lanes.enumerated() {
            page.append(
                text: "\(index > 0 ? "," : ""){\"rank\":\(lane.rank),\"role\":\"\(lane.role)\",\"count\":\(lane.spans.count)}")
        }
        page.append("]}</script>\n")
    }
}

extension Colour {
    /// The colour as web pages write it: `#0072b2`.
    var hex: String {
        let value = Int(red) << 16 | Int(green) << 8 | Int(blue)
        let digits = String(value, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
