import CostModels
import Foundation
import Hardware
import Parallelism
import Quantities
import Search
import Workload

/// What a reader should know before running a plan.
struct PlanNotes {
    let request: SearchRequest

    /// One sentence each.
    func notes(_ plan: Plan) -> [String] {
        let s = plan.strategy
        let inputs = request.inputs
        var notes: [String] = []
        let limit = request.memoryLimit.count
        if plan.estimate.memoryHigh > limit {
            notes.append("does not fit in memory")
        } else if plan.estimate.memoryHigh > 0.97 * limit {
            notes.append("uses more than 97 % of the memory allowed")
        }
        if let beside = beside(plan) { notes.append(beside) }
        if let vain = inVain(plan.strategy.offload) { notes.append(vain) }
        let domain = inputs.cluster.first.fabric.domainSize
        if s.tensor > domain { notes.append("tensor groups of \(s.tensor) leave the fabric that joins \(domain) GPUs") }
        if s.expert * s.expertTensor > domain, inputs.divisions.hasExperts {
            notes.append("expert groups of \(s.expert * s.expertTensor) leave the fabric that joins \(domain) GPUs")
        }
        if s.pipeline > 1, s.microBatches < s.pipeline {
            notes.append("\(s.microBatches) micro-batches cannot fill \(s.pipeline) pipeline stages; a larger batch would")
        }
        if let longest = inputs.model.maxSequenceLength, inputs.job.sequenceLength > longest {
            notes.append("sequences are longer than the \(longest) tokens the model is made for")
        }
        if let moved = plan.moved {
            notes.append("number \(moved.after) by time; on links of mean speed it would be number \(moved.before)")
        }
        if let before = plan.experts?.rankBefore {
            notes.append("experts have their places after its ranks; with experts placed as for links alike it would be number \(before)")
        }
        if let problem = plan.placementProblem { notes.append("ranks take GPUs in order: \(PlacementProblemText.words(problem))") }
        if let beyond = plan.estimate.beyondCurves {
            let reach =
                beyond.measured == 0
                ? "the cluster's curves over nodes are of other collectives, which stand for it"
                : "the cluster's curves end at \(beyond.measured), whose rate is taken to hold"
            notes.append("\(beyond.collective.rawValue) over \(beyond.nodes) nodes is extrapolated: \(reach)")
        }
        if plan.estimate.extrapolatesCollectives {
            notes.append("tensor-parallel collectives are extrapolated: the cluster's curves do not reach this group or size")
        }
        return notes
    }

    /// Sizes of what may move that were asked for and that the plan does not move; nil without any.
    private func inVain(_ offload: Offload) -> String? {
        let constraints = request.constraints
        let sizes: [(option: String, part: Offload.Part, isPinned: Bool)] = [
            ("--offload-percent", .optimizer, constraints.offloadPercent.isPinned),
            ("--offload-stride", .interleaved, constraints.offloadStride.isPinned),
            ("--offload-layers", .activations, constraints.offloadLayers.isPinned),
            ("--offload-modules", .modules, constraints.offloadModules != nil),
        ]
        let vain = sizes.filter { $0.isPinned && !offload.parts.contains($0.part) }
        guard !vain.isEmpty else { return nil }
        let options = vain.map(\.option).joined(separator: " and ")
        let parts = vain.map(\.part.rawValue).joined(separator: ",")
        return "\(options) changes nothing here, where no such part moves; --offload \(parts) moves it"
    }

    /// What lives beside the GPUs and what of the hosts it takes; nil where nothing does.
    private func beside(_ plan: Plan) -> String? {
        let offload = plan.strategy.offload
        guard !offload.isNone else { return nil }
        let inputs = request.inputs
        let ranks = Double(inputs.cluster.groups.map(\.gpusPerNode).max() ?? 1)
        let words = PlanReport.Offload(offload).words(of: plan.estimate.layersPerStage.max() ?? offload.layers)
        var text = "beside the GPUs: \(words)"
        if plan.estimate.hostMemory > 0 {
            let whole = inputs.cluster.groups.compactMap(\.host.memory).min() ?? .zero
            text += String(
                format: "; a node's host holds %.0f of its %.0f GiB", Bytes(plan.estimate.hostMemory * ranks).inGibibytes,
                whole.inGibibytes)
        }
        if plan.estimate.storage > 0 {
            text += String(format: "; its drives hold %.0f GiB", Bytes(plan.estimate.storage * ranks).inGibibytes)
        }
        return text
    }
}
