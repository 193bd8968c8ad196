import ArgumentParser
import Workload

extension ModelLimits {
    /// Throws where a length of sequences given as `--seq-len` cannot be.
    static func check(sequenceLength length: Int?) throws {
        guard let length, !sequenceLength.contains(length) else { return }
        throw ValidationError("--seq-len \(length): between \(sequenceLength.lowerBound) and \(sequenceLength.upperBound)")
    }
}
