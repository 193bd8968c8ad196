public import Documents
import Studies
import Workload

extension SweepReport {
    /// The contract `meshwright.sweep/1`; equal answers are equal bytes.
    public var document: YAMLContent {
        var asked: [YAMLField] = [YAMLField("name", .text(study.name))]
        asked.add("tokens", study.tokens)
        asked.add("deadline_days", study.deadline?.value)
        asked.add("budget", study.budget?.value)
        asked.append(YAMLField("failures", .flag(study.countsFailures)))
        asked.append(YAMLField("currency", .text(currency)))
        asked.append(YAMLField("rules", .list(study.rules.map { .text($0.text) })))
        let fields = [
            YAMLField("schema", .text(Self.schema)), YAMLField("tool", .text(tool)), YAMLField("cost_models", .integer(costModels)),
            YAMLField("study", .mapping(asked)), YAMLField("cells", .list(answers.rows.map(cell))),
            YAMLField("jobs", .list(answers.jobs.map(job))), YAMLField("series", .list(answers.series.map(series))),
            YAMLField("matrices", .list(answers.matrices.map(matrix))), YAMLField("missing", .list(missing.map { .integer($0.id) })),
        ]
        return .mapping(fields)
    }

    private func cell(_ row: SweepRow) -> YAMLContent {
        let (cell, result) = (row.cell, row.result)
        var fields: [YAMLField] = [
            YAMLField("id", .integer(row.id)), YAMLField("model", .text(cell.model)),
            YAMLField(cell.cluster.isGPU ? "gpu_type" : "cluster", .text(cell.cluster.name)), YAMLField("in_grid", .flag(cell.isInGrid)),
        ]
        if let gpus = result?.gpus ?? cell.gpus { fields.append(YAMLField("gpus", .integer(gpus))) }
        if let result { fields.append(YAMLField("nodes", .integer(result.nodes))) }
        for dimension in StudyPins.Dimension.allCases {
            if let size = cell.pins[dimension] { fields.append(YAMLField("pinned_\(dimension.rawValue)", .integer(size))) }
        }
        if let batch = result?.job.globalBatch ?? cell.globalBatch { fields.append(YAMLField("global_batch_size", .integer(batch))) }
        if let length = result?.job.sequenceLength ?? cell.sequenceLength { fields.append(YAMLField("sequence_length", .integer(length))) }
        let words = [
            ("precision", result?.job.precision ?? cell.precision?.rawValue), ("method", result?.job.method ?? cell.method?.rawValue),
            ("stack", result?.job.stack ?? cell.stack),
        ]
        for (key, word) in words { if let word { fields.append(YAMLField(key, .text(word))) } }
        if !cell.choices.isEmpty {
            fields.append(YAMLField("options", .inline(cell.choices.map { YAMLField($0.name, .text($0.value)) })))
        }
        if let plan = result?.plan {
            fields.append(YAMLField("plan", document(plan)))
            fields.add("tokens_per_s", result?.tokensPerSecond)
            fields.add("scaling", row.scaling)
        }
        fields.add("days", row.days)
        fields.add("gpu_hours", row.gpuHours)
        fields.add("cost", row.cost)
        if let reason = row.reason { fields.append(YAMLField("reason", .text(reason))) }
        return .mapping(fields)
    }

    private func document(_ plan: CellResult.Plan) -> YAMLContent {
        var fields = [
            ("tp", plan.tp), ("pp", plan.pp), ("vpp", plan.vpp), ("cp", plan.cp), ("ep", plan.ep), ("etp", plan.etp), ("dp", plan.dp),
            ("micro_batch_size", plan.microBatch),
        ].map { YAMLField($0.0, .integer($0.1)) }
        fields += [
            YAMLField("schedule", .text(plan.schedule)), YAMLField("optimizer_sharding", .text(plan.sharding)),
            YAMLField("recompute", .text(plan.recompute)), YAMLField("offload", .flag(plan.offloads)),
        ]
        fields.add("step_time_s", plan.stepTime)
        fields.add("step_time_low_s", plan.stepTimeLow)
        fields.add("step_time_high_s", plan.stepTimeHigh)
        fields.append(YAMLField("trust", .text(plan.trust)))
        fields.add("mfu", plan.mfu)
        fields.add("memory_gib", plan.memory)
        fields.add("goodput", plan.goodput)
        fields.append(YAMLField("spare_nodes", .integer(plan.spareNodes)))
        return .mapping(fields)
    }

    private func id(_ index: Int) -> YAMLContent { .integer(answers.rows[index].id) }

    private func job(_ job: SweepAnswers.Job) -> YAMLContent {
        var fields: [YAMLField] = [
            YAMLField("model", .text(job.model)), YAMLField("method", .text(job.method)),
            YAMLField("sequence_length", .integer(job.sequenceLength)), YAMLField("expense", .text(job.isInMoney ? "cost" : "gpu_hours")),
            YAMLField("pareto", .list(job.front.map(id))),
        ]
        if let row = job.cheapest { fields.append(YAMLField("cheapest_within_deadline", id(row))) }
        if let row = job.fastest { fields.append(YAMLField("fastest_within_budget", id(row))) }
        if let row = job.both { fields.append(YAMLField("cheapest_within_both", id(row))) }
        return .mapping(fields)
    }

    private func matrix(_ matrix: SweepMatrix) -> YAMLContent {
        let rows = matrix.rowSizes.indices.map { row in
            YAMLContent.list(
                matrix.columnSizes.indices.map { column in matrix[row, column].map(id) ?? .integer(0) })
        }
        var fields = [
            YAMLField("rows", .text(matrix.rowDimension.rawValue)), YAMLField("columns", .text(matrix.columnDimension.rawValue)),
            YAMLField("row_sizes", .list(matrix.rowSizes.map { .integer($0) })),
            YAMLField("column_sizes", .list(matrix.columnSizes.map { .integer($0) })), YAMLField("cells", .list(rows)),
        ]
        if let best = matrix.best { fields.append(YAMLField("fastest", id(best))) }
        return .mapping(fields)
    }

    private func series(_ series: SweepAnswers.Series) -> YAMLContent {
        let layouts = series.layouts.map { run -> YAMLContent in
            var fields = [YAMLField("from_gpus", .integer(run.gpus.lowerBound)), YAMLField("to_gpus", .integer(run.gpus.upperBound))]
            if let layout = run.layout { fields.append(YAMLField("layout", .text(layout))) }
            return .inline(fields)
        }
        return .mapping([YAMLField("cells", .list(series.rows.map(id))), YAMLField("layouts", .list(layouts))])
    }
}
