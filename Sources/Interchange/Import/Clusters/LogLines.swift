import Documents

/// The lines of a log with their numbers, without the labels that launchers put before them.
///
/// `LineLabel` says which labels these are. Colours of terminals go with all labels.
struct LogLines: Sequence, IteratorProtocol {
    private var rest: Substring.UTF8View
    private var number = 0
    private var isDone = false
    private let labels: Labels

    /// Which labels are taken off.
    enum Labels {
        /// All that `LineLabel` knows.
        case all
        /// Open MPI's, Slurm's and time stamps, for formats whose own lines may begin with brackets.
        case launchers
    }

    /// The lines of a text, the first of which has the number `first`; `labels` says which are taken off.
    init(_ text: String, from first: Int = 1, labels: Labels = .all) {
        self.labels = labels
        rest = text[...].utf8
        number = first - 1
    }

    /// A line of a log.
    struct Line {
        var number: Int
        var text: Substring
        /// The label of the process or node that was before it; empty where there was none.
        var label: Substring

        /// Words between spaces and tabs.
        var words: [Substring] { text.utf8.split { $0 == 0x20 || $0 == 0x09 }.map { Substring($0) } }
    }

    mutating func next() -> Line? {
        guard !isDone else { return nil }
        number += 1
        var line: Substring.UTF8View
        if let end = Substring(rest).lineFeed {
            line = rest[..<end]
            rest = rest[rest.index(after: end)...]
        } else {
            line = rest
            isDone = true
            if line.isEmpty { return nil }
        }
        if line.last == 0x0D { line = line.dropLast() }
        guard labels == .all else { return Line(number: number, text: Substring(Self.unlabelled(line)), label: "") }
        let (label, text) = LineLabel.split(Substring(line).withoutColours)
        return Line(number: number, text: text, label: label)
    }

    private static func unlabelled(_ line: Substring.UTF8View) -> Substring.UTF8View {
        guard let first = line.first else { return line }
        if first == UInt8(ascii: "["), let close = line.prefix(40).firstIndex(of: UInt8(ascii: ">")) {
            let after = line[line.index(after: close)...]
            let label = line[..<close]
            if label.contains(UInt8(ascii: "<")), after.first == UInt8(ascii: ":") { return after.dropFirst() }
        }
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return line }
        let word = line.prefix(36).prefix { $0 != 0x20 && $0 != 0x09 }
        let digits = word.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let tail = line[word.endIndex...]
        if digits.count == word.count - 1, word.last == UInt8(ascii: ":") { return tail }
        let isStamp = digits.count == 4 && word.count >= 19 && word.contains(UInt8(ascii: "T")) && word.contains(UInt8(ascii: ":"))
        return isStamp ? tail : line
    }
}

extension Substring {
    /// The number that the text is, if it is nothing else; `nan` is a number here.
    var number: Double? { Double(self) }

    /// The number above zero that the text is; sizes, times and rates past `largest` are damage to the file.
    var positive: Double? {
        guard let value = Double(self), value > 0, value < Self.largest else { return nil }
        return value
    }

    /// More than any size in bytes, time in microseconds or rate in MB/s that is measured.
    static var largest: Double { 1e15 }

    /// Whether the text can be a host's name: letters, digits, dots, hyphens and underscores, at most 255 of them.
    ///
    /// What is not is never copied from a log, so that nothing secret gets through in the place of a name.
    var isHostName: Bool {
        guard !isEmpty, utf8.count <= 255, let first = utf8.first, first != UInt8(ascii: "-") else { return false }
        return utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

extension DocumentError {
    /// Contents of a log that make no sense, at a line.
    static func log(_ file: String, _ line: Int, _ what: String, _ remedy: String) -> DocumentError {
        DocumentError(SourceLocation(file: file, line: max(line, 1)), .invalid(what, remedy: remedy))
    }
}
