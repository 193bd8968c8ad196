import Schedules

/// Turns slots into characters and explains them.
struct GanttPainter {
    private let timeline: Timeline
    private let colour: TerminalColour
    private let showsSingles: Bool
    private let showsNumbers: Bool
    private let chunks: ChunkNumbers

    /// - Parameters:
    ///   - showsSingles: whether a slot stands for one operation, which then has a shade and a mark of its own.
    ///   - showsNumbers: whether operations carry their micro-batches where they fit.
    init(_ timeline: Timeline, colour: TerminalColour, showsSingles: Bool, showsNumbers: Bool) {
        self.timeline = timeline
        self.colour = colour
        self.showsSingles = showsSingles
        self.showsNumbers = showsNumbers
        chunks = ChunkNumbers(timeline)
    }

    /// A row's characters: one per slot without colours, one per two slots with them.
    func paint(_ row: GanttRow) -> StyledText { colour == .none ? plain(row.slots) : coloured(row.slots) }

    /// What the characters mean, in lines of at most `width` columns; kinds that do not occur are left out.
    func legend(width: Int) -> [StyledText] {
        var present = Set<Timeline.Kind>()
        for span in timeline.spans { present.insert(span.kind) }
        var entries = Self.entries(present, colour)
        if timeline.chunksPerRank > 1, colour != .none { entries.append(StyledText("paler: later chunks", .dim)) }
        if colour == .none {
            entries.append(". idle")
            entries.append("capitals and = critical path")
        } else {
            entries.append(StyledText("0", TextStyle(isBold: true, isUnderlined: true)) + " critical path")
        }
        return Self.lines(entries, width: width)
    }

    /// What the characters or colours of kinds mean.
    static func entries(_ present: Set<Timeline.Kind>, _ colour: TerminalColour) -> [StyledText] {
        Timeline.Kind.allCases.filter(present.contains).map { kind in
            let words = kind == .send ? "waits for a transfer" : "\(kind.words)"
            if colour == .none { return StyledText("\(letter(kind)) \(words)") }
            return StyledText("  ", TextStyle(background: TimelinePalette.colour(kind))) + StyledText(" \(words)")
        }
    }

    /// Entries in lines of at most `width` columns.
    static func lines(_ entries: [StyledText], width: Int) -> [StyledText] {
        var lines: [StyledText] = []
        for entry in entries {
            if let last = lines.last, last.width + 3 + entry.width <= width {
                lines[lines.count - 1] = last + "   " + entry
            } else {
                lines.append(entry)
            }
        }
        return lines
    }

    /// The letter of a kind.
    static func letter(_ kind: Timeline.Kind) -> Character {
        switch kind {
        case .forward: "F"
        case .backwardInput: "I"
        case .backwardWeight: "W"
        case .backward: "B"
        case .overlappedPair: "X"
        case .send: "~"
        case .gradientReduce: "%"
        case .parameterGather: "^"
        case .optimizer: "O"
        case .copyDown: "v"
        case .copyUp: "n"
        case .hostUpdate: "h"
        case .tensorExchange: "t"
        case .contextExchange: "c"
        case .expertExchange: "e"
        }
    }

    private func plain(_ slots: [GanttRow.Slot]) -> StyledText {
        var text = ""
        var index = 0
        while index < slots.count {
            var end = index + 1
            while end < slots.count, slots[end] == slots[index] { end += 1 }
            switch slots[index] {
            case .idle: text += String(repeating: ".", count: end - index)
            case .waiting(let kind): text += String(repeating: Self.letter(kind), count: end - index)
            case .operation(let number):
                let span = timeline.spans[number]
                let letter = String(Self.letter(span.kind))
                var word = span.isCritical ? letter : letter.lowercased()
                if showsNumbers, word.count + label(span).count <= end - index { word += label(span) }
                text += word + String(repeating: span.isCritical ? "=" : "-", count: end - index - word.count)
            }
            index = end
        }
        return StyledText(text)
    }

    private func coloured(_ slots: [GanttRow.Slot]) -> StyledText {
        var text = StyledText("")
        var label: [Character] = []
        for cell in 0..<slots.count / 2 {
            let (left, right) = (slots[2 * cell], slots[2 * cell + 1])
            // A number stands in the whole cells of its operation, from the first one on.
            let begins = cell == 0 || slots[2 * cell - 1] != left || slots[2 * cell - 2] != left
            if begins, left == right { label = fitting(left, in: slots, from: 2 * cell) }
            if left != right {
                label = []
                text.append(halves(left, right).text, halves(left, right).style)
                continue
            }
            let number = label.isEmpty ? " " : String(label.removeFirst())
            text.append(number, style(left))
        }
        return text
    }

    private func fitting(_ slot: GanttRow.Slot, in slots: [GanttRow.Slot], from start: Int) -> [Character] {
        guard showsNumbers, case .operation(let number) = slot else { return [] }
        var cells = 0
        while start + 2 * cells + 1 < slots.count, slots[start + 2 * cells] == slot, slots[start + 2 * cells + 1] == slot { cells += 1 }
        let label = label(timeline.spans[number])
        return label.count <= cells ? Array(label) : []
    }

    private func label(_ span: Timeline.Span) -> String {
        guard span.microBatch >= 0 else { return "" }
        return span.pairedMicroBatch >= 0 ? "\(span.microBatch)/\(span.pairedMicroBatch)" : "\(span.microBatch)"
    }

    private func style(_ slot: GanttRow.Slot) -> TextStyle {
        guard let paint = paint(slot) else { return .plain }
        var style = TextStyle(foreground: TimelinePalette.ink(on: paint), background: paint)
        if case .operation(let number) = slot, timeline.spans[number].isCritical, showsSingles {
            style.isBold = true
            style.isUnderlined = true
        }
        return style
    }

    private func halves(_ left: GanttRow.Slot, _ right: GanttRow.Slot) -> (text: String, style: TextStyle) {
        Self.halves(paint(left), paint(right))
    }

    /// A cell whose halves differ in colour; nil for none.
    static func halves(_ left: Colour?, _ right: Colour?) -> (text: String, style: TextStyle) {
        switch (left, right) {
        case (nil, nil): (" ", .plain)
        case (nil, let right): ("▐", TextStyle(foreground: right))
        case (let left, let right): ("▌", TextStyle(foreground: left, background: right))
        }
    }

    /// The colour of waiting for a transfer or a collective.
    static func waiting(_ kind: Timeline.Kind) -> Colour { TimelinePalette.colour(kind).mixed(with: Colour(0x808080), 0.25) }

    private func paint(_ slot: GanttRow.Slot) -> Colour? {
        switch slot {
        case .idle: return nil
        case .waiting(let kind): return Self.waiting(kind)
        case .operation(let number):
            let span = timeline.spans[number]
            let paint = TimelinePalette.colour(span.kind, chunk: chunks[span.stage])
            // Neighbours of the same kind are told apart by their micro-batches.
            return span.microBatch % 2 == 1 && showsSingles ? paint.mixed(with: Colour(0), 0.14) : paint
        }
    }
}
