import CostModels
import Parallelism

/// A candidate that survived the scan: its bound and where to find the rest.
struct Finding: Sendable {
    /// A lower bound of its step time, in s.
    var bound: Double
    /// Bytes that it must fit, under the usual and the unlucky allocator.
    var memoryHigh: Double
    /// The strategy in full.
    var strategy: ParallelStrategy
}

/// What a scan counted and found; merging in work-item order makes it the same for any number of threads.
struct ScanResult: Sendable {
    var evaluated = 0
    var pruned = 0
    var illegal: [LegalityRule: Int] = [:]
    /// The first strategy that broke each rule, to explain the rule with.
    var examples: [LegalityRule: ParallelStrategy] = [:]
    var feasible = 0
    var overMemory: [String: Int] = [:]
    var findings: [Finding] = []
    /// The candidate with the lowest memory need, for advice when nothing fits.
    var leanest: Finding?

    /// Counts strategies that a rule forbids.
    mutating func reject(_ s: ParallelStrategy, by rule: LegalityRule) {
        illegal[rule, default: 0] += 1
        if examples[rule] == nil { examples[rule] = s }
    }

    mutating func merge(_ other: ScanResult) {
        evaluated += other.evaluated
        pruned += other.pruned
        feasible += other.feasible
        illegal.merge(other.illegal, uniquingKeysWith: +)
        examples.merge(other.examples) { first, _ in first }
        overMemory.merge(other.overMemory, uniquingKeysWith: +)
        findings += other.findings
        if let lean = other.leanest, lean.memoryHigh < leanest?.memoryHigh ?? .infinity { leanest = lean }
    }
}

extension StepModel.MemoryParts {
    /// The largest part, which is what a rejection is blamed on.
    var dominant: String {
        let parts = [("states", states), ("activations", activations), ("transient", transient), ("buffers", buffers), ("fixed", fixed)]
        return parts.max { $0.1 < $1.1 }?.0 ?? "states"
    }
}
