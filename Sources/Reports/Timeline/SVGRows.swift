import Schedules

/// The rows of an SVG timeline: operations or their shares, numbers, memory, and the critical path over all of them.
struct SVGRows {
    let timeline: Timeline
    let layout: SVGLayout
    let highest: Double
    private let chunks: ChunkNumbers
    private let longestNumber: Int
    /// Whether an operation says its name and times to a pointer.
    private let namesOperations: Bool

    init(_ timeline: Timeline, _ layout: SVGLayout, namesOperations: Bool = true) {
        self.namesOperations = namesOperations
        self.timeline = timeline
        self.layout = layout
        chunks = ChunkNumbers(timeline)
        longestNumber = "\(max(timeline.spans.reduce(0) { max($0, $1.microBatch) }, 0))".count
        highest = MemoryScale(timeline).highest
    }

    func append(to text: inout ByteWriter) {
        // One look for all ranks: a picture that mixes operations and shares is hard to read.
        let isCrowded = layout.ranks.contains { rank in
            rank.rows.contains { $0.lane.role == .compute && Double($0.lane.spans.count) * 1.5 > SVGLayout.plotWidth }
        }
        for (rank, place) in layout.ranks.enumerated() {
            let first = place.rows[0]
            text.append(text: "<text class=\"rank right\" x=\"\(SVGLayout.left - 12)\" y=\"")
            text.append(coordinate: first.top + first.height / 2 + 4)
            text.append(text: "\">rank \(rank)</text>\n")
            for row in place.rows {
                text.append("<rect class=\"row\"")
                append(x: SVGLayout.left, row.top, SVGLayout.plotWidth, row.height, to: &text)
                text.append("/>\n")
                if isCrowded {
                    appendShares(row, to: &text)
                } else {
                    for index in row.lane.spans { appendOperation(timeline.spans[Int(index)], row, to: &text) }
                }
            }
            if rank < timeline.memory.count { appendMemory(timeline.memory[rank], top: place.memoryTop, to: &text) }
        }
        appendPath(to: &text)
    }

    private func append(x: Double, _ y: Double, _ width: Double, _ height: Double, to text: inout ByteWriter) {
        text.append(" x=\"")
        text.append(coordinate: x)
        text.append("\" y=\"")
        text.append(coordinate: y)
        text.append("\" width=\"")
        text.append(coordinate: width)
        text.append("\" height=\"")
        text.append(coordinate: height)
        text.append("\"")
    }

    private func appendOperation(_ span: Timeline.Span, _ row: SVGLayout.Row, to text: inout ByteWriter) {
        let left = layout.x(span.start)
        let wide = layout.x(span.end) - left
        let shown = max(wide - (wide > 3 ? 0.8 : 0), 0.5)
        let chunk = min(chunks[span.stage], 3)
        let isPair = span.kind == .overlappedPair
        text.append("<rect class=\"operation k")
        text.append(isPair ? Int(Timeline.Kind.forward.rawValue) : Int(span.kind.rawValue))
        text.append("c")
        text.append(chunk)
        text.append("\"")
        append(x: left, row.top, shown, row.height, to: &text)
        if shown > 6 { text.append(" rx=\"2\"") }
        if namesOperations {
            text.append("><title>")
            appendTitle(span, to: &text)
            text.append("</title></rect>")
        } else {
            text.append("/>")
        }
        if isPair {
            // The upper half is the forward, the lower half the backward that runs with it.
            text.append(
                text: "<rect class=\"k\(Timeline.Kind.backward.rawValue)c\(min(chunks[span.pairedStage], 3))\" pointer-events=\"none\"")
            append(x: left, row.top + row.height / 2, shown, row.height / 2, to: &text)
            text.append("/>")
        }
        appendNumber(span, left: left, wide: shown, row, chunk: chunk, to: &text)
        text.append("\n")
    }

    private func appendNumber(
        _ span: Timeline.Span, left: Double, wide: Double, _ row: SVGLayout.Row, chunk: Int, to text: inout ByteWriter
    ) {
        guard span.kind.isCompute, span.microBatch >= 0 else { return }
        let isPair = span.pairedMicroBatch >= 0
        let number = isPair ? "\(span.microBatch)/\(span.pairedMicroBatch)" : "\(span.microBatch)"
        let size = min(row.height * 0.5, 12)
        // By the longest number, so that a row does not lose its numbers half-way.
        guard wide > Double(isPair ? 2 * longestNumber + 1 : longestNumber) * size * 0.62 + 2 else { return }
        let paint = TimelinePalette.colour(span.kind, chunk: chunk)
        let isDark = !isPair && TimelinePalette.ink(on: paint) == TimelinePalette.ink(on: Colour(0xFFFFFF))
        text.append(isDark ? "<text class=\"dark\" x=\"" : "<text class=\"light\" x=\"")
        text.append(coordinate: left + wide / 2)
        text.append("\" y=\"")
        text.append(coordinate: row.top + row.height / 2 + size * 0.36)
        if size < 12 { text.append(text: "\" font-size=\"\(DurationText.decimal(size, 1))") }
        text.append("\">")
        text.append(text: number)
        text.append("</text>")
    }

    private func appendTitle(_ span: Timeline.Span, to text: inout ByteWriter) {
        text.append(span.kind.words)
        if span.microBatch >= 0 { text.append(text: ", micro-batch \(span.microBatch)") }
        if span.stage >= 0 { text.append(text: ", stage \(span.stage)") }
        text.append(text: " on rank \(span.rank)")
        if span.peer >= 0 { text.append(text: " to rank \(span.peer)") }
        text.append(text: "\nstart \(DurationText.text(span.start)), length \(DurationText.text(span.end - span.start))\n")
        if timeline.spans.indices.contains(Int(span.waitsFor)) {
            let blocker = timeline.spans[Int(span.waitsFor)]
            text.append("waits for ")
            // The only character of a name that XML minds is the ampersand of a pair.
            text.append(xml: blocker.shortName)
            text.append(text: " on rank \(blocker.rank)")
        } else {
            text.append("waits for nothing")
        }
        if span.isCritical { text.append("\non the critical path") }
    }
}

extension Timeline.Span {
    /// The short name of the operation: `F3`, `send 3`.
    var shortName: String {
        var name = ByteWriter(capacity: 64)
        name.append(nameOf: self)
        return name.withBytes { String(decoding: $0, as: UTF8.self) }
    }
}
