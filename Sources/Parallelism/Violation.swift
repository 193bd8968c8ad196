import Schedules
import Workload

/// A broken rule, in words: what was asked, why it cannot be, and what could.
public struct Violation: Hashable, Sendable, CustomStringConvertible {
    /// The rule.
    public let rule: LegalityRule
    /// What was asked and why it cannot be, with the values.
    public let problem: String
    /// Legal values nearest to what was asked; empty where no single value would do.
    public let legal: String

    /// One line for people.
    public var description: String { legal.isEmpty ? problem : "\(problem); \(legal)" }
}

extension Legality {
    /// A broken rule with the values that break it and the legal ones.
    public func describe(_ rule: LegalityRule, in s: ParallelStrategy) -> Violation {
        // The attention that a rule on heads speaks of: the first that breaks it, or simply the first.
        let attention =
            divisions.attentions.first { !s.tradesEvenly($0) || stack?.launches.contextRules.violation(of: $0, in: s) == rule }
            ?? divisions.attentions.first ?? Attention()
        let units = divisions.units(of: rule, in: s)
        let count = units?.count ?? 1
        let (problem, legal): (String, String) =
            switch rule {
            case .worldSize:
                (
                    "tp \(s.tensor) × cp \(s.context) × dp \(s.data) × pp \(s.pipeline) = \(s.worldSize) does not fill \(worldSize ?? 0) GPUs",
                    worldSize.map { world in
                        let part = s.tensor * s.context * s.pipeline
                        return world % part == 0 ? "dp must be \(world / part)" : "tp × cp × pp must divide \(world), as \(part) does not"
                    } ?? ""
                )
            case .expertGrid:
                (
                    "ep \(s.expert) × etp \(s.expertTensor) does not divide the \(s.tensor * s.context * s.data) GPUs of a pipeline stage",
                    "ep × etp must be one of \(divisors(s.tensor * s.context * s.data))"
                )
            case .headsByTensor:
                ("\(count) attention heads cannot be split over tp \(s.tensor)", tensorSizes(in: s))
            case .keyValueHeadsByTensor:
                (
                    "\(count) key/value heads are neither a multiple nor a divisor of tp \(s.tensor)",
                    tensorSizes(in: s)
                )
            case .feedForwardByTensor:
                (
                    "the feed-forward width \(count) cannot be split over tp \(s.tensor)",
                    tensorSizes(in: s)
                )
            case .recurrenceByTensor:
                (
                    "\(count) heads or groups of a recurrent mixer cannot be split over tp \(s.tensor)",
                    tensorSizes(in: s)
                )
            case .recurrenceByContext:
                {
                    let units = divisions.recurrent.first { !$0.divide(over: s.tensor * s.context) }
                    let heads = units?.count ?? count
                    return (
                        "the \(heads) \(units?.name ?? "recurrent heads"), which context ranks exchange all to all, do not divide by tp \(s.tensor) × cp "
                            + "\(s.context)", "tp × cp must be one of \(divisors(heads))"
                    )
                }()
            case .sequentialByContext:
                ("\(model.name) has a recurrence that goes token by token, which cp \(s.context) would cut", "use cp 1")
            case .stackBlocks:
                (
                    "\(stackName) has no code for the blocks \(stack?.launches.lacks(divisions.kinds) ?? "") of \(model.name)",
                    "use a stack that runs the model's own code, such as fsdp"
                )
            case .expertWidthByExpertTensor:
                (
                    "the expert width \(count) cannot be split over etp \(s.expertTensor)",
                    "etp must divide it, as \(divisors(count, upTo: 64)) do"
                )
            case .expertsByExpert:
                ("\(count) experts cannot be split over ep \(s.expert)", "ep must be one of \(divisors(count))")
            case .expertWithoutExperts:
                ("\(model.name) has no experts, so ep \(s.expert) and etp \(s.expertTensor) mean nothing", "use ep 1 and etp 1")
            case .sequenceByContext:
                (
                    "sequence length \(job.sequenceLength) is not divisible by 2 × cp = \(2 * s.context)",
                    contextLengths(2 * s.context)
                )
            case .sequenceByTensor:
                (
                    "with sequence parallelism the \(job.sequenceLength / s.context) tokens of a context rank must divide by tp \(s.tensor)",
                    "tp must be one of \(divisors(job.sequenceLength / s.context, upTo: 64))"
                )
            case .contextHierarchy, .headsByContext, .contextKeyValueHeads, .contextWindow, .contextSinks, .contextIndexer,
                .contextPlainAttention:
                contextProblem(rule, of: attention, in: s)
            case .sequenceByTensorAndContext, .expertBiasByExpertTensor, .expertsInShardGroup, .eightBitSizes,
                .compiledPrecisionWithTensor, .recomputeModules, .expertOverlapNeedsExpertParallel, .expertOverlapLimits:
                argumentProblem(rule, in: s)
            case .sequenceParallelAlone:
                ("sequence parallelism needs tp above 1, and tp is \(s.tensor)", "turn it off or use tp 2")
            case .mixtureNeedsSequenceParallel:
                ("a mixture of experts with tp \(s.tensor) needs sequence parallelism", "turn it on or use tp 1")
            case .batch:
                (
                    "global batch \(job.globalBatch) is not micro-batch \(s.microBatch) × dp \(s.data) × a whole number of micro-batches",
                    "micro-batch × dp must be one of \(divisors(job.globalBatch, upTo: 4096))"
                )
            case .layers:
                (
                    "\(model.layers) layers cannot be dealt to pp \(s.pipeline) × vpp \(s.virtualStages) stages \(layoutWords(s.layout))",
                    "pp × vpp must divide \(model.layers) (even) or \(model.layers + 2) (embedding and loss counted as layers)"
                )
            case .interleavingNeedsPipeline:
                ("vpp \(s.virtualStages) needs a pipeline, and pp is \(s.pipeline)", "use vpp 1 or pp 2")
            case .schedule:
                (
                    "schedule \(s.schedule.rawValue) cannot run pp \(s.pipeline), vpp \(s.virtualStages), \(s.microBatches) micro-batches"
                        + (s.virtualStages > 1 ? " in groups of \(s.groupSize)" : ""),
                    s.schedule.conditions
                )
            case .expertOverlapNeedsChunks:
                ("overlapping expert all-to-alls needs vpp above 1 when pp is \(s.pipeline)", "use vpp 2 or pp 1")
            case .shardGroup:
                (
                    "a shard group of \(s.shardGroup) does not divide dp \(s.data)",
                    "it must be one of \(divisors(s.data)), and 1 without sharding"
                )
            case .recomputeLayers:
                (
                    "\(s.recomputeLayers) recomputed layers are not between 1 and the layers of a virtual stage",
                    "use 1 to \((model.layers + s.stages - 1) / s.stages)"
                )
            case .tensorInDomain:
                ("tp \(s.tensor) leaves the fabric that joins the GPUs of a node", "pin tp to ask for it all the same")
            case .teacherShape, .teacherPipeline: teacherProblem(rule, in: s)
            case .offloadShares, .offloadSharding, .offloadLayers, .offloadCheckpoints, .offloadModules, .stackOffload:
                offloadProblem(rule, in: s)
            case .stackSchedule, .stackSharding, .stackRecompute, .stackPartialRecompute, .stackContext, .stackContextByLayer,
                .stackContextAlone, .stackTensor, .stackPipeline, .stackExpert, .stackLayers,
                .stackSequenceParallel:
                stackProblem(rule, in: s)
            }
        return Violation(rule: rule, problem: problem, legal: legal)
    }

    var stackName: String { stack?.name ?? "the stack" }

    private func stackProblem(_ rule: LegalityRule, in s: ParallelStrategy) -> (String, String) {
        let name = stackName
        let launches = stack?.launches
        func list(_ values: some Sequence<some RawRepresentable<String>>) -> String {
            let names = values.map(\.rawValue).sorted()
            return names.isEmpty ? "it can run none" : "it can run \(names.joined(separator: ", "))"
        }
        switch rule {
        case .stackSchedule: return ("\(name) cannot run schedule \(s.schedule.rawValue)", list(launches?.schedules ?? []))
        case .stackSharding:
            let detail = s.pipeline > 1 ? " with pp \(s.pipeline)" : s.shardGroup < s.data && s.shardGroup > 1 ? " in groups" : ""
            return ("\(name) cannot shard as \(s.sharding.rawValue)\(detail)", list(launches?.shardings ?? []))
        case .stackRecompute:
            let known = (launches?.recomputeModules ?? []).names.joined(separator: ", ")
            let asked = s.recompute == .selective ? s.recomputeModules.names.joined(separator: ",") : ""
            return (
                "\(name) cannot recompute \(s.recompute.rawValue)\(asked.isEmpty ? "" : " \(asked)")",
                list(launches?.recompute ?? []) + (known.isEmpty ? "" : "; modules \(known)")
            )
        case .stackPartialRecompute:
            return (
                "\(name) recomputes every layer or none, not \(s.recomputeLayers) of a virtual stage",
                "use --recompute-layers \(fullestStage(of: s)) or no full recomputation"
            )
        case .stackContext where divisions.hasRecurrence && !(launches?.recurrentContext ?? true):
            return ("\(name) cannot run the recurrent mixers of \(model.name) over cp \(s.context)", "use cp 1")
        case .stackContext:
            let lacked = s.contextKinds.subtracting(launches?.contextKinds ?? []).map(\.rawValue).sorted()
            return ("\(name) cannot run cp \(s.context) as \(lacked.joined(separator: " or "))", list(launches?.contextKinds ?? []))
        case .stackContextByLayer:
            return (
                "\(name) has one kind of context parallelism for all layers, and layers with a window have \(s.localContextKind?.rawValue ?? "")",
                "use \(s.contextKind.rawValue) for all"
            )
        case .stackContextAlone:
            return (
                "\(name) runs cp without tensor parallelism and pipelines, and tp is \(s.tensor), pp \(s.pipeline)",
                "use tp 1 and pp 1, or cp 1"
            )
        case .stackTensor: return ("\(name) has no tensor parallelism, and tp is \(s.tensor)", "use tp 1")
        case .stackPipeline: return ("\(name) has no pipelines, and pp is \(s.pipeline)", "use pp 1")
        case .stackExpert:
            return (
                "\(name) cannot run ep \(s.expert) with etp \(s.expertTensor) at tp \(s.tensor)",
                "its expert tensor size is \(launches?.expertTensor.rawValue ?? "any")"
            )
        case .stackLayers: return ("\(name) needs the same number of layers on every stage", "pp × vpp must divide \(model.layers)")
        default:
            let needs = launches?.sequenceParallel == true ? "always" : "never"
            return ("\(name) \(needs) runs sequence parallelism with tensor parallelism", "leave the choice to the stack")
        }
    }

    private func layoutWords(_ layout: LayerLayout) -> String {
        switch layout {
        case .even: "evenly"
        case .embeddingAware: "with embedding and loss counted as layers"
        case .explicit(let counts): "as \(counts.map(String.init).joined(separator: ","))"
        }
    }

    /// The tensor sizes that every rule on the model's shape, the stack and the number of GPUs allow beside the other sizes of a strategy, in words.
    private func tensorSizes(in s: ParallelStrategy) -> String {
        let most = divisions.attentions.map(\.heads).max() ?? divisions.recurrent.map(\.count).max() ?? 1
        let legal = (1...min(most, 1024)).filter { size in
            var probe = s
            probe.tensor = size
            if s.expertTensor == s.tensor { probe.expertTensor = size }
            probe.sequenceParallel = size > 1 && (s.sequenceParallel || divisions.hasExperts)
            return (worldSize ?? size) % size == 0 && shapeViolation(of: probe) == nil && stackGridViolation(of: probe) == nil
        }
        guard !legal.isEmpty else {
            // A stack that cannot run the model at all says more than sizes.
            let isForeign = stack?.launches.lacks(divisions.kinds) != nil
            return isForeign ? "and \(describe(.stackBlocks, in: s))" : "no size is legal beside the others"
        }
        return "tp must be one of \(legal.map(String.init).joined(separator: ", "))"
    }

    /// The divisors of a number as words for a message: all of them up to a limit.
    func divisors(_ number: Int, upTo limit: Int = 1024) -> String {
        guard number >= 1 else { return "1" }
        let all = (1...min(number, limit)).filter { number % $0 == 0 }
        return all.map(String.init).joined(separator: ", ")
    }
}
