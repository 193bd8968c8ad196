public import CostModels
import Hardware
public import Parallelism
import Quantities
import Schedules

/// What a measurement of memory counts.
public enum MemoryKind: String, CaseIterable, Hashable, Sendable {
    /// Bytes that tensors hold.
    case allocated
    /// Bytes that the allocator holds, fragments included.
    case reserved
    /// Bytes in use on the device, the context included.
    case device
}

extension StepModel {
    /// Predicted bytes of the heaviest rank, counted as a measurement of a kind counts them; those that a plan expects where it is nil.
    public func memory(ofKind kind: MemoryKind?, _ s: ParallelStrategy, _ estimate: StepEstimate) -> Double {
        guard let kind, let stages = stages(for: s) else { return estimate.memoryExpected }
        let table = table(for: s)
        let memory = inputs.stack.memory
        let inFlight = InFlight(s.schedule, scheduleShape(of: s))
        let ranks = stages.memoryRanks.filter {
            // Device memory is read on the nodes that hold the embedding: the first and the last stage.
            kind != .device || $0.embeddings > 0 || $0.heads > 0
        }
        return ranks.map { rank in
            let parts = memoryParts(s, table, rank, stages: stages, peak: inFlight.peak(onRank: rank.rank))
            switch kind {
            case .allocated: return parts.bytes(factor: 1) + memory.fixed.count
            case .reserved: return parts.bytes(factor: memory.allocatorFactors.expected)
            case .device: return parts.bytes(factor: memory.allocatorFactors.expected) + memory.context.count
            }
        }.max() ?? estimate.memoryExpected
    }
}
