public import Documents

extension PlanReport {
    /// How the answer came about; the only part that may differ between two runs.
    public struct Run: Hashable, Sendable {
        /// Wall-clock time, in s.
        public var elapsed: Double
        /// `hit`, `miss` or `off`.
        public var cache: String
        /// Threads searched with.
        public var threads: Int

        /// The facts of a run.
        public init(elapsed: Double, cache: String, threads: Int) {
            self.elapsed = elapsed
            self.cache = cache
            self.threads = threads
        }
    }

    /// The contract `meshwright.plan/1` as a document, for JSON and YAML.
    public func document(_ run: Run) -> YAMLContent {
        var fields: [YAMLField] = [
            YAMLField("schema", .text(Self.schema)), YAMLField("model", .text(model)), YAMLField("cluster", .text(cluster)),
            YAMLField("job", job.document), YAMLField("inputs", inputs.document), YAMLField("search", search.document),
            YAMLField("plans", .list(plans.map { $0.document(on: inputs) })),
        ]
        if let explanation { fields.append(YAMLField("explanation", explanation.document)) }
        if let badLinks {
            fields.append(
                YAMLField("bad_links", ["nodes": badLinks.nodes.document, "seconds_per_step": .number(badLinks.secondsPerStep)]))
        }
        if let slowGPUs {
            fields.append(
                YAMLField("slow_gpus", ["gpus": slowGPUs.gpus.document, "seconds_per_step": .number(slowGPUs.secondsPerStep)]))
        }
        if let routing { fields.append(YAMLField("routing", routing.document)) }
        if let lengths { fields.append(YAMLField("lengths", lengths.document)) }
        if let advice = MeasurementAdvice(self) { fields.append(YAMLField("measure_next", advice.document)) }
        if let comparison { fields.append(YAMLField("comparison", comparison.document(on: inputs))) }
        if let launchable { fields.append(YAMLField("launchable", launchable.document(on: inputs))) }
        if !sizes.isEmpty { fields.append(YAMLField("sizes", .list(sizes.map(\.document)))) }
        if plans.isEmpty {
            fields.append(YAMLField("remedies", .list(remedies.map(\.document))))
            if let leanest {
                fields.append(
                    YAMLField(
                        "leanest", ["strategy": leanest.strategy.document, "memory_gib": .number(leanest.memory)]))
            }
        }
        fields.append(
            YAMLField("run", ["elapsed_s": .number(run.elapsed), "cache": .text(run.cache), "threads": .integer(run.threads)]))
        return .mapping(fields)
    }
}

extension [PlanReport.Term] {
    var document: YAMLContent { .mapping(map { YAMLField($0.key, .number($0.value)) }) }
}

extension [String] {
    var document: YAMLContent { .list(map(YAMLContent.text)) }
}

extension PlanReport.Job {
    var document: YAMLContent {
        var fields: [YAMLField] = [
            YAMLField("global_batch_size", .integer(globalBatch)), YAMLField("sequence_length", .integer(sequenceLength)),
            YAMLField("precision", .text(precision)), YAMLField("optimizer", .text(optimizer)),
            YAMLField("gradient_format", .text(gradientFormat)),
            YAMLField("expert_imbalance", .number(expertImbalance)),
        ]
        if let exchange { fields.append(YAMLField("exchange", .text(exchange))) }
        if let release { fields.append(YAMLField("release", .text(release))) }
        if let method { fields.append(YAMLField("method", method.document)) }
        fields.add("tokens", tokens)
        fields.add("gpu_hour_price", gpuHourPrice)
        fields.append(YAMLField("objective", .text(objective)))
        fields.add("target_tokens_per_s", targetTokensPerSecond)
        fields.add("memory_limit_gib", memoryLimit)
        fields.append(YAMLField("defaults", defaults.document))
        return .mapping(fields)
    }
}

extension PlanReport.Source {
    var fields: [YAMLField] {
        [YAMLField("name", .text(name)), YAMLField("sha256", .text(sha256))] + (file.map { [YAMLField("file", .text($0))] } ?? [])
    }
}

extension PlanReport.Inputs {
    var document: YAMLContent {
        [
            "model": .mapping(
                model.fields + [
                    YAMLField("parameters", .integer(parameters.first ?? 0)),
                    YAMLField("active_parameters", .integer(parameters.last ?? 0)),
                ]),
            "cluster": .mapping(
                cluster.fields + [
                    YAMLField("gpu", .text(gpu)), YAMLField("gpus", .integer(gpus)), YAMLField("nodes", .integer(nodes)),
                    YAMLField("gpus_per_node", .integer(gpusPerNode)), YAMLField("gpu_memory_gib", .number(gpuMemory)),
                    YAMLField("peak_bf16_flops_per_s", .number(peakFLOPs)),
                ]),
            "stack": .mapping(
                stack.fields + [
                    YAMLField("enforced", .flag(!ignoresStack)), YAMLField("expected_error", .number(expectedError)),
                ]),
            "tool": .text(tool), "cost_models": .integer(costModels), "seed": .integer(seed),
        ]
    }
}

extension PlanReport.Search {
    var document: YAMLContent {
        [
            "evaluated": .integer(evaluated), "pruned": .integer(pruned), "illegal": .integer(illegal), "feasible": .integer(feasible),
            "simulated": .integer(simulated),
            "rejected": .mapping(rejected.sorted { $0.key < $1.key }.map { YAMLField($0.key, .integer($0.value)) }),
            "complete": .flag(isComplete),
        ]
    }
}

extension PlanReport.Strategy {
    var document: YAMLContent {
        guard case .mapping(let fields) = whole, let cpKindLocal else { return whole }
        return .mapping(fields + [YAMLField("cp_kind_local", .text(cpKindLocal))])
    }

    /// It without what only some strategies have.
    private var whole: YAMLContent {
        [
            "tp": .integer(tp), "pp": .integer(pp), "vpp": .integer(vpp), "cp": .integer(cp), "cp_kind": .text(cpKind),
            "cp_inner": .integer(cpInner), "ep": .integer(ep),
            "etp": .integer(etp), "dp": .integer(dp), "dp_replicate": .integer(dpReplicate), "dp_shard": .integer(dpShard),
            "micro_batch_size": .integer(microBatchSize), "micro_batches": .integer(microBatches), "group_size": .integer(groupSize),
            "sequence_parallel": .flag(sequenceParallel), "optimizer_sharding": .text(sharding), "recompute": .text(recompute),
            "recompute_layers": .integer(recomputeLayers), "recompute_modules": recomputeModules.document, "offload": offload.document,
            "schedule": .text(schedule),
            "layers_per_stage": .list(layersPerStage.map(YAMLContent.integer)), "rank_order": .text(rankOrder),
            "overlap": overlap.document,
        ]
    }
}

extension PlanReport.Strategy.Overlap {
    var document: YAMLContent {
        var fields = [
            YAMLField("data_parallel", .flag(dataParallel)), YAMLField("tensor_parallel", .flag(tensorParallel)),
            YAMLField("expert_parallel", .flag(expertParallel)),
        ]
        if let tensorTechnique { fields.append(YAMLField("tensor_technique", .text(tensorTechnique))) }
        if let expertTechnique { fields.append(YAMLField("expert_technique", .text(expertTechnique))) }
        return .mapping(fields)
    }
}

extension PlanReport.Entry {
    fileprivate func document(on inputs: PlanReport.Inputs) -> YAMLContent {
        var fields: [YAMLField] = []
        if rank > 0 { fields.append(YAMLField("rank", .integer(rank))) }
        fields.append(YAMLField("strategy", strategy.document))
        fields.add("step_time_s", stepTime)
        fields.add("step_time_low_s", stepTimeLow)
        fields.add("step_time_high_s", stepTimeHigh)
        fields.append(
            YAMLField(
                "trust",
                .mapping([YAMLField("verdict", .text(trust)), YAMLField("reasons", .list(trustReasons.map { .text($0) }))])))
        if rank > 0 { fields.append(YAMLField("ties_with_best", .flag(tiesWithBest))) }
        if let chanceFastest { fields.add("chance_fastest", chanceFastest) }
        if let chanceAfterTrial { fields.add("chance_right_after_trial", chanceAfterTrial) }
        if let recommended { fields.append(YAMLField("recommended", .text(recommended))) }
        fields.add("tokens_per_s_per_gpu", tokensPerSecondPerGPU)
        fields.add("mfu", mfu)
        fields.append(YAMLField("breakdown_s", breakdown.document))
        fields.add("hidden_expert_exchange_s", hiddenExchange)
        fields.append(YAMLField("busiest_pipeline_rank", .integer(busiestRank)))
        fields.append(
            YAMLField(
                "memory_gib",
                [
                    "low": .number(memory.low), "expected": .number(memory.expected), "high": .number(memory.high),
                    "breakdown": memory.breakdown.document, "heaviest_pipeline_rank": .integer(memory.rank),
                    "host_node": .number(memory.host), "storage_node": .number(memory.storage),
                ]))
        if let placement { fields.append(YAMLField("placement", placement.document(on: inputs, listsOrder: rank <= 1))) }
        if let launchableBy { fields.append(YAMLField("launchable_by", launchableBy.document)) }
        if let training {
            var run: [YAMLField] = [
                YAMLField("steps", .number(training.steps)), YAMLField("days", .number(training.days)),
                YAMLField("gpu_hours", .number(training.gpuHours)),
            ]
            run.add("cost", training.cost)
            if let failures = training.failures { run.append(YAMLField("failures", failures.document)) }
            fields.append(YAMLField("training", .mapping(run)))
        }
        if let export { fields.append(YAMLField("export", export.document)) }
        fields.append(YAMLField("notes", notes.document))
        return .mapping(fields)
    }
}

extension PlanReport.Placement {
    /// The map with a place for every rank, by the names of the nodes; one that only counts nodes and GPUs up is listed once.
    fileprivate func document(on inputs: PlanReport.Inputs, listsOrder: Bool) -> YAMLContent {
        var fields: [YAMLField] = [
            YAMLField("method", .text(method)), YAMLField("objective_s", .number(objective)), YAMLField("identity_s", .number(identity)),
            YAMLField("lower_bound_s", .number(lowerBound)),
        ]
        guard listsOrder || method != "identity" else { return .mapping(fields) }
        let names = (0..<inputs.nodes).map(inputs.nodeName)
        let ranks = places(on: inputs).enumerated().map { rank, place -> YAMLContent in
            ["rank": .integer(rank), "node": .text(names[place.node]), "gpu": .integer(place.gpu)]
        }
        fields.append(YAMLField("ranks", .list(ranks)))
        return .mapping(fields)
    }
}

extension PlanReport.Explanation {
    var document: YAMLContent {
        [
            "rank": .integer(rank), "bounds": bounds.document,
            "changes": .list(
                changes.map {
                    [
                        "dimension": .text($0.dimension), "from": .text($0.before), "to": .text($0.after),
                        "step_time_s": .number($0.stepTime),
                        "memory_gib": .number($0.memory), "fits": .flag($0.fits), "pinned": .flag($0.isPinned),
                    ]
                }),
        ]
    }
}

extension PlanReport.Comparison {
    fileprivate func document(on inputs: PlanReport.Inputs) -> YAMLContent {
        guard case .mapping(let fields) = entry.document(on: inputs) else { return entry.document(on: inputs) }
        return .mapping(
            fields + [
                YAMLField("fits", .flag(fits)), YAMLField("differences_s", differences.document), YAMLField("reasons", reasons.document),
            ] + (readFrom.map { [YAMLField("read_from", $0.document)] } ?? []))
    }
}

extension PlanReport.Size {
    var document: YAMLContent {
        var fields = [
            YAMLField("gpus", .integer(gpus)), YAMLField("nodes", .integer(nodes)), YAMLField("legal", .flag(isLegal)),
            YAMLField("feasible", .flag(stepTime != nil)),
        ]
        fields.add("step_time_s", stepTime)
        fields.add("tokens_per_s", tokensPerSecond)
        fields.add("gpu_hours_per_million_tokens", hoursPerMillionTokens)
        return .mapping(fields)
    }
}

extension PlanReport.Remedy {
    var document: YAMLContent {
        [
            "change": .text(change), "flags": .text(flags), "strategy": strategy.document, "step_time_s": .number(stepTime),
            "memory_gib": .number(memory),
        ]
    }
}
