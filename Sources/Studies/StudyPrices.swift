public import Documents

/// What a GPU-hour costs on each cluster of a study, all in one currency.
public struct StudyPrices: Hashable, Sendable {
    /// How GPUs are paid for.
    public enum Terms: String, CaseIterable, Hashable, Sendable {
        /// For the whole time, ahead.
        case reserved
        /// As they become free.
        case spot
    }

    /// The currency's letters; nil where nobody stated one.
    public var currency: String?
    /// Which of two prices is meant.
    public var terms = Terms.reserved
    /// Prices of a GPU-hour, by the cluster's name as the study has it.
    public var hours: [String: Double] = [:]
    /// Where the currency was first stated.
    public var location: SourceLocation?

    /// No prices.
    public init() {}

    /// The price of a GPU-hour: the study's, or the one that the cluster's profile states.
    public func hour(of cluster: String, profile: Double?) -> Double? { hours[cluster] ?? profile }

    /// Takes an amount's currency for that of all; throws where another was stated before.
    mutating func take(_ money: Money, at place: SourceLocation) throws(DocumentError) -> Double {
        guard let stated = money.currency else { return money.amount }
        if let currency, currency != stated, let location {
            throw DocumentError(
                place,
                .invalid("\(stated) beside \(currency) in line \(location.line)", remedy: "state all prices and the budget in one currency")
            )
        }
        if currency == nil { (currency, location) = (stated, place) }
        return money.amount
    }
}
