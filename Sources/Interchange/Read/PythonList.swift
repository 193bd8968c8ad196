/// A list of whole numbers as Python writes it, such as `([0]*3+[1]*45)` or `[0,1]*24`.
struct PythonList {
    /// What an expression is worth.
    private enum Value {
        case number(Int)
        case list([Int])
    }

    private var rest: Substring
    private static let limit = 65_536

    /// The numbers of an expression of lists, sums and products; a number alone is no list. Nil where it is none, or longer than 65536.
    static func numbers(_ text: String) -> [Int]? {
        var reader = PythonList(rest: text.filter { !$0.isWhitespace && $0 != "'" && $0 != "\"" }[...])
        guard case .list(let numbers)? = reader.sum(depth: 0), reader.rest.isEmpty else { return nil }
        return numbers
    }

    private mutating func take(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func sum(depth: Int) -> Value? {
        guard depth < 32, var result = product(depth: depth) else { return nil }
        while take("+") {
            switch (result, product(depth: depth)) {
            case (.number(let left), .number(let right)?): result = .number(left + right)
            case (.list(let left), .list(let right)?): result = .list(left + right)
            default: return nil
            }
            if !Self.isSmall(result) { return nil }
        }
        return result
    }

    private mutating func product(depth: Int) -> Value? {
        guard var result = factor(depth: depth) else { return nil }
        while take("*") {
            switch (result, factor(depth: depth)) {
            case (.number(let left), .number(let right)?): result = .number(left * right)
            case (.list(let list), .number(let count)?), (.number(let count), .list(let list)?):
                guard list.count * count <= Self.limit else { return nil }
                result = .list((0..<count).flatMap { _ in list })
            default: return nil
            }
            if !Self.isSmall(result) { return nil }
        }
        return result
    }

    private mutating func factor(depth: Int) -> Value? {
        if take("(") {
            let inner = sum(depth: depth + 1)
            return take(")") ? inner : nil
        }
        if take("[") {
            var items: [Int] = []
            while !take("]") {
                guard case .number(let item)? = sum(depth: depth + 1) else { return nil }
                items.append(item)
                guard take(",") || rest.first == "]" else { return nil }
            }
            return .list(items)
        }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), number <= Self.limit else { return nil }
        rest = rest.dropFirst(digits.count)
        return .number(number)
    }

    private static func isSmall(_ value: Value) -> Bool {
        switch value {
        case .number(let number): number <= limit
        case .list(let list): list.count <= limit
        }
    }
}
