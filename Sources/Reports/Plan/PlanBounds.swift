import CostModels
import Foundation
import Hardware
import Parallelism
import Quantities
import Search
import Workload

/// Says in words what bounds a plan's step and memory, and why it loses against another.
struct PlanBounds {
    private let entry: PlanReport.Entry
    private let request: SearchRequest

    init(_ entry: PlanReport.Entry, request: SearchRequest) {
        self.entry = entry
        self.request = request
    }

    /// What bounds the step, its largest losses with their reasons, and what fills the memory.
    var sentences: [String] {
        let terms = entry.breakdown.filter { $0.value > 0 }
        func sum(_ family: PlanTerms.Family) -> Double {
            terms.filter { PlanTerms.family(ofTime: $0.key) == family }.reduce(0) { $0 + $1.value } / entry.stepTime
        }
        let families: [(name: String, share: Double)] = [
            ("arithmetic", sum(.arithmetic)), ("communication that shows", sum(.communication)), ("waiting", sum(.waiting)),
            ("recomputation", sum(.again)),
        ]
        let sorted = families.enumerated().sorted {
            $0.element.share != $1.element.share ? $0.element.share > $1.element.share : $0.offset < $1.offset
        }.map(\.element)
        let rest = sorted.dropFirst().filter { $0.share >= 0.005 }.map { "\(percent($0.share)) \($0.name)" }
        var sentences = ["\(percent(sorted[0].share)) of the step is \(sorted[0].name)" + (rest.isEmpty ? "" : "; \(listed(rest))")]
        let losses = terms.filter { PlanTerms.family(ofTime: $0.key) != .arithmetic && $0.value >= 0.02 * entry.stepTime }
            .sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        for loss in losses.prefix(2) {
            sentences.append(
                "\(PlanTerms.words(loss.key)) takes \(percent(loss.value / entry.stepTime))\(reason(loss.key).map { ": \($0)" } ?? "")")
        }
        let limit = request.memoryLimit.inGibibytes
        if let largest = entry.memory.breakdown.max(by: { $0.value < $1.value }), limit > 0 {
            sentences.append(
                "memory is \(percent(entry.memory.high / limit)) of what is allowed, and \(percent(largest.value / entry.memory.high)) of it is "
                    + PlanTerms.words(largest.key))
        }
        return sentences
    }

    /// Why the plan loses, term by term.
    func losses(against best: PlanReport.Entry?, differences: [PlanReport.Term], fits: Bool) -> [String] {
        var sentences: [String] = []
        if !fits {
            let limit = request.memoryLimit.inGibibytes
            sentences.append(
                String(format: "it does not fit: it needs %.1f GiB of %.1f GiB", entry.memory.high, limit))
        }
        guard let best else { return sentences }
        let gap = entry.stepTime - best.stepTime
        if gap <= 0 {
            if fits {
                sentences.append(
                    gap == 0
                        ? "it takes as long as the best plan"
                        : "it is \(percent(-gap / best.stepTime)) faster than the plan ranked first, which has more memory to spare")
            }
            return sentences
        }
        sentences.append("its step takes \(DurationText.text(gap)) (\(percent(gap / best.stepTime))) longer")
        for term in differences.filter({ $0.value >= 0.1 * gap }).prefix(3) {
            sentences.append(
                "\(DurationText.text(term.value)) more for \(PlanTerms.words(term.key))\(reason(term.key).map { ": \($0)" } ?? "")")
        }
        if let gain = differences.last, gain.value < -0.1 * gap {
            sentences.append("\(DurationText.text(-gain.value)) less for \(PlanTerms.words(gain.key))")
        }
        return sentences
    }

    /// Why a part of the step is as long as it is.
    private func reason(_ key: String) -> String? {
        let s = entry.strategy
        switch StepBreakdown.Term(rawValue: key) {
        case .pipelineBubble:
            let chunks = s.vpp > 1 ? " of \(s.vpp) chunks each" : ""
            return "\(s.microBatches) micro-batches on \(s.pp) stages\(chunks)"
        case .tensorCommunication: return "collectives over tp \(s.tp) in every layer, \(place(s.tp))"
        case .contextCommunication: return "keys and values travel over cp \(s.cp) (\(s.contextWords))"
        case .expertCommunication: return "tokens travel to their experts over ep \(s.ep), \(place(s.ep * s.etp))"
        case .shardCommunication: return "parameters are gathered over \(s.dpShard) replicas for every micro-batch"
        case .pipelineCommunication: return "\(s.microBatches) micro-batches cross \(s.pp * s.vpp - 1) boundaries"
        case .dataParallel: return "gradients of \(s.dp * s.cp) replicas, beyond what the backward pass hides"
        case .recompute: return s.recompute == "full" ? "\(s.recomputeLayers) layers of each virtual stage run forward twice" : nil
        case .launch: return "kernels are too short for the host to keep ahead of"
        case .offload: return "beyond what the passes of layers hide"
        case .optimizer where s.offload.optimizerPercent > 0:
            return
                "the host updates \(s.offload.optimizerPercent) % of the optimizer's state\(s.offload.place == "storage" ? ", read from and written to drives" : "")"
        case .optimizer: return s.sharding == "none" ? "every replica updates every parameter; sharding would share the work" : nil
        case .unevenRows: return "ranks with shorter documents wait for those with longer ones; more rows a rank even out"
        case .overhead: return "grows with the number of GPUs"
        default: return nil
        }
    }

    private func place(_ size: Int) -> String {
        size <= request.inputs.cluster.first.fabric.domainSize ? "inside a node's fabric" : "across nodes"
    }

    private func percent(_ share: Double) -> String { PercentText.string(share) }

    private func listed(_ parts: [String]) -> String { parts.joined(separator: ", ") }
}

/// Shares for people.
enum PercentText {
    /// A share as a percentage, with a decimal below ten.
    static func string(_ share: Double) -> String { String(format: abs(share) < 0.0995 ? "%.1f %%" : "%.0f %%", 100 * share) }
}
