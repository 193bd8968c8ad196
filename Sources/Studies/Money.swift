import Documents
import Quantities

/// An amount of money, such as `2.50 USD` or `5M EUR`.
struct Money: Hashable {
    /// The amount.
    var amount: Double
    /// The currency's letters; nil where they were left out.
    var currency: String?

    /// The amount that a text states; nil where it states none.
    init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: true)
        guard let first = words.first, words.count <= 2 else { return nil }
        if words.count == 2 {
            guard words[1].count == 3, words[1].allSatisfy({ $0.isASCII && $0.isUppercase }) else { return nil }
            currency = String(words[1])
        }
        guard let amount = try? QuantityText.parse(String(first), QuantityText.countUnits), amount >= 0, amount.isFinite else { return nil }
        self.amount = amount
    }
}

extension YAMLType where Value == Money {
    /// An amount of money of at least 0, with or without its currency.
    static func money(_ example: String) -> YAMLType {
        let expected = "an amount of at least 0 such as \(example)"
        return YAMLType(expected) { node throws(DocumentError) in
            guard case .scalar(let scalar) = node, let money = Money(scalar.text) else {
                throw DocumentError(node.location, .wrongType(found: node.kind, expected: expected))
            }
            return money
        }
    }
}
