/// Puts the rows of nccl-tests together, wherever in a line they begin and whatever comes between their columns.
///
/// A row is printed in three pieces: its size, then each half when it has been measured. What NCCL says meanwhile, of this process or of
/// others, and what launchers put before every piece, stands between them in the log.
struct NCCLTestsRowAssembler {
    /// What a line completes.
    enum Event {
        case row(NCCLTestsRow)
        /// A row that was begun at a line and never finished.
        case cut(Int)
    }

    /// A row whose end has not been seen; it is whole if its one half is all that was measured.
    private var open: (words: [Substring], line: Int, age: Int, whole: NCCLTestsRow?)?

    /// Lines of other programs that may stand between the pieces of a row.
    private static let patience = 512

    /// What a line completes, in the order of the log.
    mutating func read(_ line: LogLines.Line) -> [Event] {
        let words = Self.words(line.text)
        if let start = words.indices.first(where: { NCCLTestsRow.begins(words[$0...]) }) {
            return end() + add(Array(words[start...]), line.number)
        }
        guard var begun = open else { return [] }
        if !words.isEmpty, words.allSatisfy(NCCLTestsRow.isNumber), begun.words.count + words.count < 32 {
            return add(begun.words + words, begun.line)
        }
        if line.text.utf8.first(where: { $0 != 0x20 }) == UInt8(ascii: "#") { return end() }
        begun.age += 1
        open = begun
        return begun.age > Self.patience ? end() : []
    }

    /// Ends the row that was begun.
    mutating func end() -> [Event] {
        defer { open = nil }
        guard let open else { return [] }
        return [open.whole.map { .row($0) } ?? .cut(open.line)]
    }

    private mutating func add(_ words: [Substring], _ line: Int) -> [Event] {
        var kept = words
        if case .other = NCCLTestsRow.read(words[...]) {
            // Words of another program behind the numbers: the row ends where they begin.
            let end = words.indices.dropFirst(4).first { !NCCLTestsRow.isNumber(words[$0]) } ?? words.endIndex
            kept = Array(words[..<end])
        }
        open = nil
        switch NCCLTestsRow.read(kept[...]) {
        case .row(var row):
            row.line = line
            guard kept.count <= 9 else { return [.row(row)] }
            open = (kept, line, 0, row)
        case .cut: open = (kept, line, 0, nil)
        case .other: break
        }
        return []
    }

    /// The words of a line without labels and NCCL's messages in the middle of it.
    static func words(_ text: Substring) -> [Substring] {
        var body = text
        if let message = body.firstRange(of: " NCCL ") {
            // `host:pid:tid [device] NCCL INFO …`, its host glued to what was printed before.
            var before = body[..<message.lowerBound]
            if before.hasSuffix("]"), let open = before.lastIndex(of: "[") { before = before[..<open] }
            while before.last == " " { before = before.dropLast() }
            let start = before.lastIndex(of: " ").map { before.index(after: $0) } ?? before.startIndex
            let glued = before[start...]
            body = glued.contains(":") ? before[..<start] : before
            let number = glued.prefix { $0.isASCII && ($0.isNumber || $0 == "-" || $0 == ".") }
            if glued.contains(":"), !number.isEmpty, number.number != nil { body = before[..<number.endIndex] }
        }
        guard body.utf8.contains(UInt8(ascii: "[")) else { return LogLines.Line(number: 0, text: body, label: "").words }
        return Substring(withoutLabels(body)).utf8.split { $0 == 0x20 || $0 == 0x09 }.map { Substring($0) }
    }

    /// The text with `[0]` and `[1,0]<stdout>:` replaced by spaces.
    private static func withoutLabels(_ text: Substring) -> String {
        var kept = ""
        var rest = text
        while let open = rest.firstIndex(of: "[") {
            kept += rest[..<open]
            let after = rest[rest.index(after: open)...]
            guard let close = after.prefix(24).firstIndex(of: "]"), after[..<close].allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ",") })
            else {
                kept += "["
                rest = after
                continue
            }
            kept += " "
            rest = after[after.index(after: close)...]
            for stream in ["<stdout>:", "<stderr>:"] where rest.hasPrefix(stream) { rest = rest.dropFirst(stream.count) }
        }
        return kept + rest
    }
}
