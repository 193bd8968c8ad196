import Documents
import Workload

extension StudyDocument {
    /// The prices, which may be stated as `2.50 USD` or as `{reserved: 2.50 USD, spot: 1.20 USD}`, and the budget.
    static func readPrices(_ reader: MappingReader, _ study: inout Study) throws(DocumentError) {
        var prices = StudyPrices()
        if let currency = try reader.optional("currency", .string) {
            guard currency.count == 3, currency.allSatisfy({ $0.isASCII && $0.isUppercase }) else {
                throw DocumentError(
                    reader.location(of: "currency"), .wrongType(found: currency.quoted, expected: "three capital letters such as USD"))
            }
            (prices.currency, prices.location) = (currency, reader.location(of: "currency"))
        }
        prices.terms = try reader.optional("pay", .choice()) ?? .reserved
        let names = study.clusters.map(\.value.name)
        let stated = try reader.optionalObject("prices", as: "prices by cluster") { inner throws(DocumentError) -> StudyPrices in
            var prices = prices
            for name in names {
                if inner.hasMapping(name) {
                    prices.hours[name] = try inner.object(name, as: "prices of a GPU-hour") { both throws(DocumentError) -> Double in
                        var amounts: [StudyPrices.Terms: Double] = [:]
                        for terms in StudyPrices.Terms.allCases {
                            guard let money = try both.optional(terms.rawValue, .money("2.50 USD")) else { continue }
                            amounts[terms] = try prices.take(money, at: both.location(of: terms.rawValue))
                        }
                        guard let amount = amounts[prices.terms] else {
                            throw DocumentError(both.location, .missingKey(prices.terms.rawValue, of: "the price of \(name)"))
                        }
                        return amount
                    }
                } else if let money = try inner.optional(name, .money("2.50 USD")) {
                    prices.hours[name] = try prices.take(money, at: inner.location(of: name))
                }
            }
            return prices
        }
        if let stated { prices = stated }
        if let money = try reader.optional("budget", .money("5M USD")) {
            let place = reader.location(of: "budget")
            study.budget = Study.Entry(try prices.take(money, at: place), place)
        }
        study.prices = prices
    }

    /// One rule or a list of them.
    static func rules(_ reader: MappingReader, _ study: Study) throws(DocumentError) -> [StudyRule] {
        guard let node = try reader.optional("where", .node) else { return [] }
        var nodes = [node]
        if case .sequence(let items, _) = node { nodes = items }
        var rules: [StudyRule] = []
        for node in nodes {
            guard case .scalar(let scalar) = node, !scalar.isNull else {
                throw DocumentError(
                    node.location, .wrongType(found: node.kind, expected: "a rule such as gpus >= 128 or model != llama-3.1-405b"))
            }
            rules.append(try StudyRule(scalar, words: words(study), options: options(study)))
        }
        return rules
    }

    /// The values of each option of `plan` that the study states.
    private static func options(_ study: Study) -> [String: [String]] {
        Dictionary(study.options.map { ($0.name.value, $0.values.map(\.value)) }) { first, _ in first }
    }

    /// The words that a rule may compare each dimension with.
    private static func words(_ study: Study) -> [StudyRule.Dimension: [String]] {
        [
            .model: study.models.map(\.value), .cluster: study.clusters.map(\.value.name),
            .precision: study.precisions.compactMap { $0?.rawValue }, .method: study.methods.compactMap { $0?.rawValue },
            .stack: study.stacks.compactMap { $0?.value },
        ]
    }
}
