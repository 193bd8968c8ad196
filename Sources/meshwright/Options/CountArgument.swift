import ArgumentParser
import Documents
import Quantities
import Reports
import Synchronization

/// A count as people write it, such as `15T`, `4Mi` or `32K`; what a suffix was taken for is said.
struct CountArgument {
    /// What K, M, B and T multiply by, or K and M of sequence lengths, which everybody counts in powers of two.
    enum Kilo {
        case decimal, binary
    }

    private let option: String
    private let noun: String
    private let kilo: Kilo

    /// Counts of an option's things, named in the singular.
    init(_ option: String, of noun: String, kilo: Kilo = .decimal) {
        self.option = option
        self.noun = noun
        self.kilo = kilo
    }

    /// A whole count; which ones make sense is the option's to say.
    func whole(_ text: String) throws -> Int {
        if let plain = Int(text) { return plain }
        guard let value = value(text), let count = Int(exactly: value) else {
            let problem = value(text) == nil ? "is no count" : "is no whole number"
            throw ValidationError(
                "'\(text)' \(isTooLarge(text) ? "is too large" : problem); write one such as 512, 8K or 4Mi")
        }
        say(text, CountText.number(count, of: noun))
        return count
    }

    /// A positive count that may be too large for whole numbers.
    func number(_ text: String) throws -> Double {
        guard let count = value(text), count > 0, count.isFinite else {
            throw ValidationError("'\(text)' is not a positive count; write one such as 300B, 4Mi or 15T")
        }
        if Double(text) == nil {
            say(text, "\(Int(exactly: count).map(CountText.grouped) ?? String(count)) \(noun)s")
        }
        return count
    }

    private func value(_ text: String) -> Double? {
        try? QuantityText.parse(text, kilo == .binary ? QuantityText.sequenceUnits : QuantityText.countUnits)
    }

    private func isTooLarge(_ text: String) -> Bool { abs(value(text) ?? 0) >= 0x1p63 }

    /// What was said already: a command line that is refused is parsed again for the words of the refusal.
    private static let said = Mutex<Set<String>>([])

    private func say(_ text: String, _ meaning: String) {
        let line = "\(option) \(text): \(meaning)"
        if Self.said.withLock({ $0.insert(line).inserted }) { ErrorReporting.warn(line) }
    }
}
