import ArgumentParser
import Workload

/// Lengths of sequences to compare: `8K...1M`, each twice the one before, or a list such as `8K,32K,100K`.
enum ContextLadder {
    /// Lengths at most.
    private static let most = 32

    /// The lengths that a text names, ascending.
    static func parse(_ text: String) throws -> [Int] {
        let count = CountArgument("--sweep-seq", of: "token", kilo: .binary)
        let legal = ModelLimits.sequenceLength
        func length(_ word: some StringProtocol) throws -> Int {
            let value = try count.whole(String(word))
            guard legal.contains(value) else {
                throw ValidationError("--sweep-seq \(word): lengths are between \(legal.lowerBound) and \(legal.upperBound)")
            }
            return value
        }
        if let dots = text.firstRange(of: "...") {
            let (low, high) = (try length(text[..<dots.lowerBound]), try length(text[dots.upperBound...]))
            guard low <= high else { throw ValidationError("--sweep-seq \(text) runs backwards") }
            var lengths: [Int] = []
            var next = low
            while next <= high, lengths.count < most {
                lengths.append(next)
                next *= 2
            }
            if let last = lengths.last, last < high { lengths.append(high) }
            return lengths
        }
        let lengths = try text.split(separator: ",", omittingEmptySubsequences: false).map { try length($0) }
        guard lengths.count <= most else { throw ValidationError("--sweep-seq names \(lengths.count) lengths; at most \(most)") }
        return Array(Set(lengths)).sorted()
    }
}
