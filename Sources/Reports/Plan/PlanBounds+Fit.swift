import CostModels
import Foundation
import Quantities
import Search

extension PlanBounds {
    /// What makes a plan fit, in a sentence: each thing that saves memory and without which it would not; nil where it would fit without any.
    static func fit(_ changes: [PlanChange]) -> String? {
        func least(_ dimension: String, to words: (String) -> Bool = { _ in true }) -> PlanChange? {
            changes.filter { $0.dimension == dimension && words($0.after) }.min { $0.estimate.memoryHigh < $1.estimate.memoryHigh }
        }
        func without(_ change: PlanChange?, _ words: (PlanChange) -> String) -> String? {
            guard let change, !change.fits else { return nil }
            return words(change) + String(format: " (%.0f GiB without)", Bytes(change.estimate.memoryHigh).inGibibytes)
        }
        let lighter = ["full": ["none", "selective"], "selective": ["none"]]
        let weaker = ["zero3": ["zero2", "zero1", "none"], "zero2": ["zero1", "none"], "zero1": ["none"]]
        let recompute = least("recompute") { after in changes.contains { lighter[$0.before]?.contains(after) ?? false } }
        let sharding = least("optimizer-sharding") { after in
            changes.contains { $0.dimension == "optimizer-sharding" && weaker[$0.before]?.contains(after) ?? false }
        }
        let reasons = [
            without(least("offload")) { "offload of \($0.before.replacing("+", with: ", "))" },
            without(recompute) { "\($0.before) recomputation" }, without(sharding) { $0.before },
        ].compactMap { $0 }
        guard let last = reasons.last else { return nil }
        return "it fits by " + (reasons.count > 1 ? reasons.dropLast().joined(separator: ", ") + " and " + last : last)
    }
}
