import ArgumentParser
import Workload

extension TransformerModel {
    /// Says which of some lengths, given as an option, have more tokens than the model has positions.
    func warn(of lengths: [Int], given option: String) {
        guard let most = maxSequenceLength else { return }
        let longer = lengths.filter { $0 > most }
        guard !longer.isEmpty else { return }
        ErrorReporting.warn("\(option) \(longer.map(String.init).joined(separator: ", ")): \(name) has \(most) positions")
    }
}

extension ModelLimits {
    /// Throws where a length of sequences given as `--seq-len` cannot be.
    static func check(sequenceLength length: Int?) throws {
        guard let length, !sequenceLength.contains(length) else { return }
        throw ValidationError("--seq-len \(length): between \(sequenceLength.lowerBound) and \(sequenceLength.upperBound)")
    }
}
