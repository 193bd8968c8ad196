import Workload

extension Legality {
    /// A broken rule of offload in words: what was asked and why it cannot be, and what could.
    func offloadProblem(_ rule: LegalityRule, in s: ParallelStrategy) -> (String, String) {
        let offload = s.offload
        let support = stack?.launches.offload
        switch rule {
        case .offloadShares:
            if offload.stride > 0, offload.place == .storage {
                return ("groups that visit the GPU in turn lie in the host's memory, not on drives", "use interleaved or storage")
            }
            if support?.method == .sharded, offload.movesStates {
                return (
                    "\(stackName) moves everything that a rank owns or nothing", "offload the optimizer as a whole and parameters with it"
                )
            }
            if support?.takesShares == false, offload.optimizerPercent < 100 {
                return ("\(stackName) moves all of the optimizer's state or none, not \(offload.optimizerPercent) %", "use 100 %")
            }
            return (
                "\(offload.optimizerPercent) % of the optimizer's state with a stride of \(offload.stride) in \(offload.place.rawValue) memory means nothing",
                "a share lies between 0 and 100 %, a stride is 2 or more and goes with 100 %"
            )
        case .offloadSharding:
            let needed =
                offload.parameters || support?.method == .sharded
                ? "zero3"
                : support?.method == .hybridDevice
                    ? "zero1, the distributed optimizer" : offload.optimizerPercent < 100 || offload.place == .storage ? "zero3" : "zero1"
            return ("\(stackName) does not offload \(words(offload)) with sharding \(s.sharding.rawValue)", "use \(needed)")
        case .offloadLayers:
            if s.recompute != .none {
                return (
                    "the activations of \(offload.layers) layers cannot move while \(s.recompute.rawValue) recomputation runs",
                    "use no recomputation"
                )
            }
            if s.pipeline > 1, support != nil {
                return ("\(stackName) moves activations of whole layers without a pipeline only, and pp is \(s.pipeline)", "use pp 1")
            }
            return (
                "the activations of \(offload.layers) layers cannot move where a stage has \(fullestStage(of: s))",
                "use 1 to \(max(1, fullestStage(of: s) - 1))"
            )
        case .offloadModules:
            let lacking = offload.modules.subtracting(divisions.movable)
            if !lacking.isEmpty {
                let present = divisions.movable.names.joined(separator: ", ")
                return (
                    "\(model.name) has no \(lacking.names.joined(separator: ", ")) to move",
                    present.isEmpty ? "it has none" : "it has \(present)"
                )
            }
            if s.recompute == .full {
                return ("modules cannot move while whole layers are computed again", "use no or selective recomputation")
            }
            if offload.layers > 0 { return ("modules cannot move beside whole layers", "move one or the other") }
            let dropped = offload.modules.subtracting(offload.modules.left(recomputing: s.recomputeModules))
            if dropped != .attentionProjection {
                return ("the inputs of \(dropped.names.joined(separator: ", ")) are computed again and cannot move too", "do one of both")
            }
            return ("attn_proj cannot move without core_attn, whose backward pass reads the same tensor", "move core_attn too")
        case .offloadCheckpoints:
            return ("there are no checkpoints to move with recomputation \(s.recompute.rawValue)", "use full recomputation")
        default:
            if let support, offload.optimizerPercent > 0, offload.parts.isSubset(of: support.parts),
                let problem = support.problem(job.optimizer, stack: stackName)
            {
                return (problem.what, problem.remedy)
            }
            let able = Offload.Part.allCases.filter { support?.parts.contains($0) ?? false }
            return (
                "\(stackName) cannot offload \(words(offload))",
                able.isEmpty ? "it offloads nothing" : "it offloads \(able.map(\.rawValue).joined(separator: ", "))"
            )
        }
    }

    private func words(_ offload: Offload) -> String {
        Offload.Part.allCases.filter(offload.parts.contains).map(\.rawValue).joined(separator: " and ")
    }
}
