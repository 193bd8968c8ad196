/// A pattern of the shell: `*`, `?`, `[…]`, and characters that stand for themselves.
struct ShellPattern {
    private enum Item {
        case any, one
        case literal(Character)
        case set([ClosedRange<Character>], isNegated: Bool)
    }

    private let items: [Item]

    /// The pattern of a text; characters of quoted parts stand for themselves.
    init(_ parts: [(text: String, isQuoted: Bool)]) {
        let characters = parts.flatMap { part in part.text.map { (character: $0, isQuoted: part.isQuoted) } }
        var items: [Item] = []
        var index = 0
        while index < characters.count {
            let (character, isQuoted) = characters[index]
            index += 1
            if isQuoted {
                items.append(.literal(character))
            } else if character == "*" {
                items.append(.any)
            } else if character == "?" {
                items.append(.one)
            } else if character == "[", let set = Self.set(characters.map(\.character), &index) {
                items.append(set)
            } else {
                items.append(.literal(character))
            }
        }
        self.items = items
    }

    /// A pattern without quoted parts.
    init(_ text: String) { self.init([(text, false)]) }

    private static func set(_ characters: [Character], _ index: inout Int) -> Item? {
        var end = index
        let isNegated = end < characters.count && (characters[end] == "!" || characters[end] == "^")
        if isNegated { end += 1 }
        let start = end
        while end < characters.count, characters[end] != "]" || end == start { end += 1 }
        guard end < characters.count else { return nil }
        var ranges: [ClosedRange<Character>] = []
        var place = start
        while place < end {
            if place + 2 < end, characters[place + 1] == "-", characters[place] <= characters[place + 2] {
                ranges.append(characters[place]...characters[place + 2])
                place += 3
            } else {
                ranges.append(characters[place]...characters[place])
                place += 1
            }
        }
        index = end + 1
        return .set(ranges, isNegated: isNegated)
    }

    /// Whether the whole text matches.
    func matches(_ text: some Collection<Character>) -> Bool {
        // The set of items that may come next, moved along the text: linear in both, whatever the stars.
        var states = closure([0])
        for character in text {
            var next: Set<Int> = []
            for state in states where state < items.count {
                switch items[state] {
                case .any: next.insert(state)
                case .one: next.insert(state + 1)
                case .literal(let own): if own == character { next.insert(state + 1) }
                case .set(let ranges, let isNegated):
                    if ranges.contains(where: { $0.contains(character) }) != isNegated { next.insert(state + 1) }
                }
            }
            states = closure(next)
            if states.isEmpty { return false }
        }
        return states.contains(items.count)
    }

    private func closure(_ states: Set<Int>) -> Set<Int> {
        var result = states
        for state in states {
            var next = state
            while next < items.count, case .any = items[next] {
                next += 1
                result.insert(next)
            }
        }
        return result
    }
}
