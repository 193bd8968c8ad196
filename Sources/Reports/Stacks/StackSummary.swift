import Documents
import Hardware
public import Parallelism
import Workload

/// What `stack show` tells of a software stack; its JSON form is the contract `meshwright.stack/1`.
public struct StackSummary: Encodable, Sendable {
    /// The contract.
    public let schema = "meshwright.stack/1"
    /// The shipped name, and the framework and versions that it describes.
    public let name, describes: String
    /// What it can launch, by the words of `plan`'s options.
    public let schedules, shardings, recompute, recomputeModules, contextKinds, precisions: [String]
    /// Whether it has pipeline, tensor and expert parallelism.
    public let pipelineParallel, tensorParallel, expertParallel: Bool
    /// What it can train of a model, the optimizers that it has, and what it can move beside the GPU, by the words of `plan`'s options.
    public let methods, optimizers, offload: [String]
    /// How it moves optimizer state; nil where it moves nothing.
    public let offloadMethod: String?
    /// What its constants were fitted on, by GPU architecture.
    public let measured: [String: Measured]
    /// Constants of its step times, with units, by the key of its file.
    public let costs: [String: String]
    /// Where each number comes from, by the key of its file.
    public let sources: [String: GPUSummary.Source]

    /// Runs that were measured on GPUs of one architecture.
    public struct Measured: Encodable, Sendable {
        /// Runs with a step time.
        public let runs: Int
        /// Error of step times on unseen runs, as a share; nil where there was none to tell.
        public let error: Double?
        /// GPU types and formats that occur.
        public let gpuTypes, precisions: [String]
        /// The most GPUs of a run, and its longest sequence in tokens.
        public let gpus, sequence: Int
        /// Sizes that occur.
        public let tp, pp, cp, ep: [Int]

        enum CodingKeys: String, CodingKey {
            case runs, error, gpus, sequence, precisions, tp, pp, cp, ep
            case gpuTypes = "gpu_types"
        }
    }

    enum CodingKeys: String, CodingKey {
        case schema, name, describes, schedules, shardings, recompute, precisions, methods, optimizers, offload, measured, costs, sources
        case offloadMethod = "offload_method"
        case recomputeModules = "recompute_modules"
        case contextKinds = "context_kinds"
        case pipelineParallel = "pipeline_parallel"
        case tensorParallel = "tensor_parallel"
        case expertParallel = "expert_parallel"
    }

    /// A summary of a stack.
    public init(_ stack: SoftwareStack) {
        func words<Choice: RawRepresentable<String> & CaseIterable & Hashable>(_ choices: Set<Choice>) -> [String] {
            Choice.allCases.filter { choices.contains($0) }.map(\.rawValue)
        }
        let launches = stack.launches
        (name, describes) = (stack.name, stack.describes)
        (schedules, shardings, recompute) = (words(launches.schedules), words(launches.shardings), words(launches.recompute))
        (recomputeModules, contextKinds) = (launches.recomputeModules.names, words(launches.contextKinds))
        precisions = words(launches.precisions)
        methods = words(launches.methods)
        optimizers = words(launches.optimizers)
        offload = words(launches.offload?.parts ?? [])
        offloadMethod = launches.offload?.method.rawValue
        (pipelineParallel, tensorParallel, expertParallel) = (
            launches.pipelineParallel, launches.tensorParallel, launches.expertParallel
        )
        measured = Dictionary(
            uniqueKeysWithValues: stack.measured.map { architecture, extent in
                (
                    architecture,
                    Measured(
                        runs: extent.runs, error: stack.accuracy[architecture], gpuTypes: extent.gpuTypes,
                        precisions: words(extent.precisions),
                        gpus: extent.gpus, sequence: extent.sequence, tp: extent.tensor, pp: extent.pipeline, cp: extent.context,
                        ep: extent.expert)
                )
            })
        costs = StackConstants.table.texts(of: stack.costs)
        sources = stack.provenance.mapValues { GPUSummary.Source(source: $0.source, unverified: $0.isUnverified) }
    }
}

extension StackSummary {
    /// The summary for people: what it launches, what was measured, and its constants, each with its source.
    public var text: String {
        func list(_ words: [String]) -> String { words.isEmpty ? "none" : words.joined(separator: ", ") }
        func note(_ key: String) -> String {
            sources[key].map { "  (\($0.source)\($0.unverified ? "; unverified" : ""))" } ?? ""
        }
        let dimensions = [("tp", tensorParallel), ("pp", pipelineParallel), ("cp", !contextKinds.isEmpty), ("ep", expertParallel)]
        var rows = [
            ("parallel", list(dimensions.filter(\.1).map(\.0) + ["dp"])), ("schedules", list(schedules)), ("sharding", list(shardings)),
            ("recompute", list(recompute) + (recomputeModules.isEmpty ? "" : "; selective: \(list(recomputeModules))")),
            ("context", list(contextKinds)), ("precisions", list(precisions)), ("methods", list(methods)), ("optimizers", list(optimizers)),
            ("offload", list(offload) + (offloadMethod.map { " (\($0))" } ?? "")),
        ]
        if measured.isEmpty { rows.append(("measured", "nothing; plans of it are extrapolated")) }
        for (architecture, extent) in measured.sorted(by: { $0.key < $1.key }) {
            let error = extent.error.map { ", times good to ±\(PercentText.string($0))" } ?? ""
            rows.append(
                (
                    "measured",
                    "\(extent.runs) runs on \(architecture) (\(list(extent.gpuTypes))), up to \(CountText.grouped(extent.gpus)) GPUs, "
                        + "\(CountText.grouped(extent.sequence)) tokens a sequence, tp \(extent.tp.last ?? 1), pp \(extent.pp.last ?? 1), "
                        + "cp \(extent.cp.last ?? 1), ep \(extent.ep.last ?? 1), \(list(extent.precisions))\(error)"
                ))
        }
        rows += costs.sorted { $0.key < $1.key }.map { ($0.key, $0.value + note("costs.\($0.key)")) }
        return HardwareText.lines(name, describes, rows)
    }
}
