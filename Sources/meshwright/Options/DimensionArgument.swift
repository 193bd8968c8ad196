import ArgumentParser
import Documents
import Search

/// Values of a dimension as people pin them: `8`, `4...16` or `1,2,4`.
enum DimensionArgument {
    /// The largest size that any dimension can have.
    static let largest = 16_777_216

    /// The values that a text allows.
    static func parse(_ text: String) throws -> Allowed {
        if let dots = text.firstRange(of: "...") {
            let low = try number(text[..<dots.lowerBound], in: text)
            let high = try number(text[dots.upperBound...], in: text)
            guard low <= high else { throw ValidationError("the range '\(text)' runs backwards; write \(high)...\(low)") }
            return .range(low...high)
        }
        let values = try text.split(separator: ",", omittingEmptySubsequences: false).map { try number($0, in: text) }
        return .values(Array(Set(values)).sorted())
    }

    private static func number(_ digits: Substring, in text: String) throws -> Int {
        guard let value = Int(digits), (1...largest).contains(value) else {
            throw ValidationError(
                "'\(text)' is not a size; write a number from 1 to \(largest), a list such as 1,2,4 or a range such as 4...16")
        }
        return value
    }
}

/// One or several words out of a fixed set, such as `none,zero1`.
enum ChoiceArgument {
    /// The choices that a text names.
    static func parse<Choice: RawRepresentable<String> & CaseIterable & Hashable>(_ text: String) throws -> Set<Choice> {
        Set(try text.split(separator: ",", omittingEmptySubsequences: false).map { try one(String($0)) })
    }

    /// The one choice that a word names.
    static func one<Choice: RawRepresentable<String> & CaseIterable>(_ word: String) throws -> Choice {
        guard let choice = Choice(rawValue: word) else {
            throw ValidationError(unknown(word, among: Choice.allCases.map(\.rawValue)))
        }
        return choice
    }

    /// What to say about a word that is none of the legal ones.
    static func unknown(_ word: String, among names: [String]) -> String {
        let advice = NearestName.best(for: word, among: names).map { "did you mean '\($0)'?" }
        return "'\(word)' is unknown; \(advice ?? "use one of \(names.joined(separator: ", "))")"
    }
}
