import Documents

/// Slurm's way of writing many names: `n[001-003,010],login1`, with ranges that keep their zeros and several brackets in a name.
public enum Hostlist {
    /// Names that one list may stand for.
    public static let largest = 65_536

    /// What is wrong with a list.
    public enum Problem: Error, Hashable, Sendable {
        /// A bracket is not closed, closed without being opened, or nested.
        case brackets
        /// A range that is not `3` or `3-7`.
        case range(String)
        /// A name with characters that no host's name has.
        case name(String)
        /// The list stands for more names than are read.
        case tooLong
    }

    /// The names of a list in its order.
    public static func names(_ text: String) throws(Problem) -> [String] {
        var names: [String] = []
        for item in try items(text[...]) {
            names += try expanded(item, room: largest - names.count)
        }
        return names
    }

    /// Items between commas that are not in brackets.
    private static func items(_ text: Substring) throws(Problem) -> [Substring] {
        var items: [Substring] = []
        var start = text.startIndex
        var isInside = false
        for place in text.indices {
            switch text[place] {
            case "[":
                guard !isInside else { throw .brackets }
                isInside = true
            case "]":
                guard isInside else { throw .brackets }
                isInside = false
            case "," where !isInside:
                items.append(text[start..<place])
                start = text.index(after: place)
            default: break
            }
        }
        guard !isInside else { throw .brackets }
        items.append(text[start...])
        return items.filter { !$0.isEmpty }
    }

    /// A name with its first bracket replaced by all that it stands for, and so on.
    private static func expanded(_ item: Substring, room: Int) throws(Problem) -> [String] {
        var names = [""]
        var rest = item
        while let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
            let numbers = try numbers(rest[rest.index(after: open)..<close])
            guard numbers.count <= room, names.count <= room / max(numbers.count, 1) else { throw .tooLong }
            names = names.flatMap { name in numbers.map { name + rest[..<open] + $0 } }
            rest = rest[rest.index(after: close)...]
        }
        guard names.count <= room else { throw .tooLong }
        names = names.map { $0 + rest }
        guard let first = names.first, first[...].isHostName else { throw .name(String(item.prefix(60))) }
        return names
    }

    private static func numbers(_ list: Substring) throws(Problem) -> [String] {
        var numbers: [String] = []
        for range in list.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = range.split(separator: "-", omittingEmptySubsequences: false)
            guard let low = ends.first, let from = number(low), let high = ends.last, let to = number(high), ends.count <= 2, from <= to
            else {
                throw .range(String(range.prefix(60)))
            }
            guard to - from < largest, numbers.count + to - from < largest else { throw .tooLong }
            for value in from...to {
                let digits = String(value)
                numbers.append(String(repeating: "0", count: max(0, low.utf8.count - digits.utf8.count)) + digits)
            }
        }
        return numbers
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }
}

extension Hostlist.Problem {
    /// What is wrong, and what would be right.
    var explanation: (what: String, remedy: String) {
        switch self {
        case .brackets: ("the brackets of the host list do not match", "write it as n[001-003,010]")
        case .range(let text): ("'\(text)' is no range of numbers", "write it as 3 or 001-003")
        case .name(let text): ("'\(text)' is no host name", "use letters, digits, '.', '-' and '_'")
        case .tooLong: ("the host list stands for more than \(Hostlist.largest) names", "shorten it")
        }
    }
}

extension DocumentError {
    /// A host list that cannot be read, at its place.
    init(_ location: SourceLocation, _ problem: Hostlist.Problem) {
        let explanation = problem.explanation
        self.init(location, .invalid(explanation.what, remedy: explanation.remedy))
    }
}

extension Hostlist {
    /// The names of a list in a file.
    static func names(_ text: String, at location: SourceLocation) throws(DocumentError) -> [String] {
        do throws(Problem) { return try names(text) } catch { throw DocumentError(location, error) }
    }
}
