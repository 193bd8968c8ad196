import Parallelism

extension LaunchConfiguration {
    /// What of the plan's offload a target cannot express, one sentence; empty where it can express all of it.
    func offloadLimits(_ expressible: Set<Offload.Part> = []) -> [String] {
        let lost = strategy.offload.parts.subtracting(expressible)
        if lost == [.interleaved] {
            return ["Groups of state that visit the GPU in turn are not written; the host updates them all, which takes longer."]
        }
        guard !lost.isEmpty else { return [] }
        let words = Offload.Part.allCases.filter(lost.contains).map(\.rawValue).joined(separator: ", ")
        return ["Offload of \(words) is not written; it stays on the GPU, which needs more memory than planned."]
    }
}
