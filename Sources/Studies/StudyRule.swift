public import Documents
import Quantities

/// What a cell must obey: comparisons joined by `and`, `or` and `not`, such as `gpus >= 128 or model != llama-3.1-405b`.
public struct StudyRule: Hashable, Sendable {
    /// What a rule may ask of a cell.
    enum Dimension: String, CaseIterable, Hashable, Sendable {
        case model, cluster, gpus, nodes, precision, method, stack, ep, tp, cp, pp
        case globalBatch = "global_batch_size"
        case sequenceLength = "seq_len"

        /// Whether its values are numbers.
        var isNumber: Bool { [.gpus, .nodes, .globalBatch, .sequenceLength, .ep, .tp, .cp, .pp].contains(self) }
    }

    /// An ordering of two numbers, or whether two words are the same.
    enum Comparison: String, CaseIterable, Hashable, Sendable {
        case less = "<", atMost = "<=", more = ">", atLeast = ">=", equal = "==", other = "!="

        func holds(_ a: Double, _ b: Double) -> Bool {
            switch self {
            case .less: a < b
            case .atMost: a <= b
            case .more: a > b
            case .atLeast: a >= b
            case .equal: a == b
            case .other: a != b
            }
        }
    }

    /// A product of numbers and dimensions, each in the numerator or below it.
    struct Product: Hashable, Sendable {
        var number = 1.0
        var above: [Dimension] = []
        var below: [Dimension] = []
    }

    indirect enum Expression: Hashable, Sendable {
        case numbers(Product, Comparison, Product)
        case words(Dimension, String, isSame: Bool)
        /// An option of `plan` against a number, where its value is one, or a word.
        case option(String, Comparison, String)
        case not(Expression)
        case both(Expression, Expression)
        case either(Expression, Expression)
    }

    /// The rule as it was written.
    public let text: String
    /// Where it stands.
    public let location: SourceLocation
    let expression: Expression

    /// The rule that a text states; `words` are the values that the study has of each dimension, for those that are words, and `options` those of
    /// each option of `plan`.
    init(_ scalar: YAMLScalar, words: [Dimension: [String]], options: [String: [String]] = [:]) throws(DocumentError) {
        (text, location) = (scalar.text, scalar.location)
        var parser = StudyRuleParser(scalar, words: words, options: options)
        expression = try parser.rule()
    }

    /// Whether a cell obeys; a comparison with something that the cell leaves to `plan` holds.
    public func allows(_ cell: StudyCell) -> Bool { Self.holds(expression, cell) ?? true }

    /// The number that an option's value is, such as `16` or `8K`; nil for words.
    static func number(_ text: String) -> Double? { try? QuantityText.parse(text, QuantityText.countUnits) }

    /// Whether an expression holds, by three-valued logic: nil where a value that the cell leaves open decides.
    private static func holds(_ expression: Expression, _ cell: StudyCell) -> Bool? {
        switch expression {
        case .numbers(let a, let comparison, let b):
            guard let a = value(a, cell), let b = value(b, cell) else { return nil }
            return comparison.holds(a, b)
        case .words(let dimension, let word, let isSame):
            guard let found = cell.word(dimension) else { return nil }
            return (found == word) == isSame
        case .option(let name, let comparison, let value):
            guard let found = cell.choices.first(where: { $0.name == name })?.value else { return nil }
            if let a = number(found), let b = number(value) { return comparison.holds(a, b) }
            return (found == value) == (comparison == .equal)
        case .not(let inner): return holds(inner, cell).map { !$0 }
        case .both(let a, let b):
            let sides = [holds(a, cell), holds(b, cell)]
            return sides.contains(false) ? false : sides.contains(nil) ? nil : true
        case .either(let a, let b):
            let sides = [holds(a, cell), holds(b, cell)]
            return sides.contains(true) ? true : sides.contains(nil) ? nil : false
        }
    }

    private static func value(_ product: Product, _ cell: StudyCell) -> Double? {
        var value = product.number
        for dimension in product.above {
            guard let number = cell.number(dimension) else { return nil }
            value *= number
        }
        for dimension in product.below {
            guard let number = cell.number(dimension), number != 0 else { return nil }
            value /= number
        }
        return value
    }
}
