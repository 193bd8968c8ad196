import CostModels
import Parallelism

/// A candidate that survived the scan: its bound, and numbers from which `GridScan` makes its strategy again.
struct Finding: Sendable {
    /// A lower bound of its step time, in s.
    var bound: Double
    /// Bytes that it must fit, under the usual and the unlucky allocator.
    var memoryHigh: Double
    /// Its grid in the space, and its entry in the catalog.
    var grid, entry: Int32
    /// Micro-batches of a group, and data-parallel ranks that share a shard.
    var groupSize, shardGroup: Int32
    /// Layers of a virtual stage that are recomputed.
    var recomputeLayers: Int32
    var sharding: OptimizerSharding
    var recompute: Recompute
    /// What lies beside the GPU.
    var offload = Offload.none
}

/// What a scan counted and found; merging in a fixed order makes it the same for any number of threads.
struct ScanResult: Sendable {
    var evaluated = 0
    var pruned = 0
    var illegal: [LegalityRule: Int] = [:]
    /// The first strategy that broke each rule, to explain the rule with.
    var examples: [LegalityRule: ParallelStrategy] = [:]
    var feasible = 0
    /// Candidates that need too much memory, by the part that needs most of it (`MemoryPart.rawValue`).
    var overMemory = SIMD8<Int>.zero
    var findings: [Finding] = []
    /// The candidate with the lowest memory need, for advice when nothing fits.
    var leanest: Finding?

    /// Counts strategies that a rule forbids.
    mutating func reject(_ s: ParallelStrategy, by rule: LegalityRule) {
        illegal[rule, default: 0] += 1
        if examples[rule] == nil { examples[rule] = s }
    }

    /// Counts candidates that a bound on their memory rules out.
    mutating func rejectMemory(_ candidates: Int, _ parts: StepModel.MemoryParts) {
        pruned += candidates
        overMemory[parts.dominant.rawValue] += candidates
    }

    mutating func merge(_ other: ScanResult) {
        evaluated += other.evaluated
        pruned += other.pruned
        feasible += other.feasible
        illegal.merge(other.illegal, uniquingKeysWith: +)
        examples.merge(other.examples) { first, _ in first }
        overMemory &+= other.overMemory
        findings += other.findings
        if let lean = other.leanest, lean.memoryHigh < leanest?.memoryHigh ?? .infinity { leanest = lean }
    }
}

/// The parts of memory that a rejection can be blamed on.
enum MemoryPart: Int, CaseIterable {
    case states, activations, transient, buffers, fixed, host
}

extension StepModel.MemoryParts {
    /// The largest part, which is what a rejection is blamed on; of equal ones the first.
    var dominant: MemoryPart {
        var part = MemoryPart.states
        var most = states
        if activations > most { (part, most) = (.activations, activations) }
        if transient > most { (part, most) = (.transient, transient) }
        if buffers > most { (part, most) = (.buffers, buffers) }
        return fixed > most ? .fixed : part
    }
}
