import Hardware
public import Parallelism
import Workload

/// How far a plan's times rest on measured runs.
public struct Trust: Hashable, Sendable {
    /// The verdicts, best first.
    public enum Verdict: String, CaseIterable, Hashable, Sendable {
        /// Every size and format occurs among the measured runs of its stack and GPU.
        case measured
        /// Every size lies between measured ones.
        case interpolated
        /// Something lies outside all that was measured.
        case extrapolated
    }

    /// The verdict.
    public var verdict: Verdict
    /// What lies between or outside the measured runs, one phrase each; empty where nothing does.
    public var reasons: [String]
    /// Those of the reasons that lie outside: what plans with one of them share, others do not.
    public var outside: [String] = []
}

extension CostInputs {
    /// How far the times of a strategy rest on the runs that the stack's constants were fitted on.
    ///
    /// Smaller than measured is never outside: what a plan does without, nothing needs to be known of.
    public func trust(in strategy: ParallelStrategy) -> Trust {
        var (between, outside): ([String], [String]) = ([], [])
        func add(_ reason: String, to list: inout [String]) { if !list.contains(reason) { list.append(reason) } }
        for group in cluster.groups {
            guard let extent = stack.measured[group.gpu.architecture] else {
                add("no run of \(stack.name) on \(group.gpu.architecture) GPUs was measured", to: &outside)
                continue
            }
            if !extent.gpuTypes.contains(group.gpu.name) { add("no run on \(group.gpu.name) was measured", to: &outside) }
            if !extent.precisions.contains(job.precision) { add("no run in \(job.precision.rawValue) was measured", to: &outside) }
            for (name, value, most) in [("GPUs", cluster.gpus, extent.gpus), ("tokens of a sequence", job.sequenceLength, extent.sequence)]
            where value > most {
                add("\(value) \(name), where at most \(most) were measured", to: &outside)
            }
            let sizes: [(name: String, value: Int, path: KeyPath<MeasuredExtent, [Int]>)] = [
                ("tp", strategy.tensor, \.tensor), ("pp", strategy.pipeline, \.pipeline), ("cp", strategy.context, \.context),
                ("ep", strategy.expert, \.expert),
            ]
            for (name, value, path) in sizes where value > 1 && !extent[keyPath: path].contains(value) {
                let most = extent[keyPath: path].last ?? 1
                // What the same software did on other GPUs tells how it behaves, if not how fast it is here.
                let mostElsewhere = stack.measured.values.compactMap { $0[keyPath: path].last }.max() ?? 1
                if value < most {
                    add("\(name) \(value) lies between measured sizes", to: &between)
                } else if value <= mostElsewhere {
                    add("\(name) \(value) was measured on other GPUs only", to: &between)
                } else {
                    add("\(name) \(value), where \(mostElsewhere == 1 ? "none" : "at most \(mostElsewhere)") was measured", to: &outside)
                }
            }
            for kind in divisions.kinds where !Self.measuredBlocks.contains(kind) && !extent.blocks.contains(kind) {
                add("no run with \(kind) blocks was measured", to: &outside)
            }
            let unmeasured = strategy.offload.parts.subtracting(extent.offload)
            if !unmeasured.isEmpty {
                let words = Offload.Part.allCases.filter(unmeasured.contains).map(\.rawValue).joined(separator: ", ")
                add("no run with \(words) beside the GPU was measured, which rests on the host's rates", to: &outside)
            }
            for kind in [strategy.contextKind, strategy.localContextKind].compactMap(\.self)
            where strategy.context > 1 && !extent.contextKinds.isEmpty && !extent.contextKinds.contains(kind) {
                add("context parallelism by \(kind.rawValue) was never measured", to: &outside)
            }
        }
        if job.method.teacher != nil { add("no run with a teacher was measured", to: &outside) }
        if divisions.attentions.contains(where: { $0.indexer != nil }) { add("no run with sparse attention was measured", to: &outside) }
        guard outside.isEmpty else { return Trust(verdict: .extrapolated, reasons: outside + between, outside: outside) }
        return Trust(verdict: between.isEmpty ? .measured : .interpolated, reasons: between)
    }

    /// The kinds of blocks that the layers of all measured runs are made of.
    private static let measuredBlocks: Set = [Attention.kind, FeedForward.kind, Experts.kind]

    /// Relative error to expect of a step time: that of the stack and GPU, and no less than that of runs like none seen where it is
    /// extrapolated.
    public func expectedError(_ trust: Trust) -> Double {
        trust.verdict == .extrapolated ? max(expectedError, SoftwareStack.unmeasuredError) : expectedError
    }
}
