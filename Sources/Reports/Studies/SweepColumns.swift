import Foundation
import Studies
import Workload

/// What tables say of a sweep's cells, column by column, without what all cells have in common.
struct SweepColumns {
    private let report: SweepReport

    init(_ report: SweepReport) { self.report = report }

    typealias Column = SharedColumn<SweepRow>

    /// Every column that says something of these cells.
    var all: [Column] {
        let study = report.study
        let whole = { (value: Double) in CountText.grouped(Int(value)) }
        let tenths = { (value: Double) in String(format: "%.1f", value) }
        var columns: [Column] = []
        func add(_ says: Bool, _ column: Column) { if says { columns.append(column) } }
        add(study.models.count > 1, .words("model") { $0.cell.model })
        add(study.clusters.count > 1, .words("cluster") { $0.cell.cluster.name })
        add(true, .number("GPUs", whole) { ($0.result?.gpus ?? $0.cell.gpus).map(Double.init) })
        let batch = { (row: SweepRow) in row.result?.job.globalBatch ?? row.cell.globalBatch }
        // Cells that leave it to plan may get different ones, which a comparison must show.
        add(
            study.globalBatches.count > 1 || Set(report.answers.rows.compactMap(batch)).count > 1,
            .number("batch", whole) { batch($0).map(Double.init) })
        add(study.sequenceLengths.count > 1, .number("sequence", whole) { $0.cell.sequenceLength.map(Double.init) })
        add(study.precisions.count > 1, .words("format") { $0.cell.precision?.rawValue })
        add(study.methods.count > 1, .words("method") { $0.cell.method?.rawValue })
        add(study.stacks.count > 1, .words("stack") { $0.cell.stack })
        for dimension in StudyPins.Dimension.allCases {
            add((study.pins[dimension]?.count ?? 0) > 1, .number(dimension.rawValue, whole) { $0.cell.pins[dimension].map(Double.init) })
        }
        for option in study.options {
            let name = option.name.value
            add(option.values.count > 1, .words(name) { row in row.cell.choices.first { $0.name == name }?.value })
        }
        add(true, .number("step s", expendability: 3, { DurationText.digits($0, 4) }) { $0.result?.plan?.stepTime })
        add(true, .number("tokens/s", CountText.counted) { $0.result?.tokensPerSecond })
        add(true, .number("MFU %", expendability: 4, tenths) { $0.result?.plan.map { 100 * $0.mfu } })
        add(
            !report.answers.series.isEmpty,
            .number("scaling %", expendability: 5, { String(format: "%.0f", $0) }) { $0.scaling.map { 100 * $0 } })
        add(true, .number("GiB", expendability: 6, tenths) { $0.result?.plan?.memory })
        if study.tokens != nil {
            add(study.countsFailures, .number("goodput %", expendability: 2, tenths) { $0.result?.plan.map { 100 * $0.goodput } })
            add(true, .number("days", { DurationText.digits($0, 3) }) { $0.days })
            let inMoney = report.answers.rows.contains { $0.cost != nil }
            add(inMoney, .number("cost \(report.currency)", CountText.counted) { $0.cost })
            add(!inMoney, .number("GPU-hours", CountText.counted) { $0.gpuHours })
        }
        add(true, .words("layout", minimumWidth: 12) { $0.result?.plan?.layout ?? $0.reason })
        return columns
    }

    /// A matrix's rows: the size of each, and its step times in the order of the columns.
    func rows(of matrix: SweepMatrix) -> [(size: Int, steps: [(text: String, seconds: Double?, isBest: Bool)])] {
        let rows = report.answers.rows
        return matrix.rowSizes.indices.map { row in
            let steps = matrix.columnSizes.indices.map { column -> (text: String, seconds: Double?, isBest: Bool) in
                guard let index = matrix[row, column] else { return ("", nil, false) }
                guard let time = rows[index].result?.plan?.stepTime else {
                    return (rows[index].result == nil && rows[index].refusal == nil ? "?" : "–", nil, false)
                }
                let isBest = index == matrix.best
                return (DurationText.digits(time, 4) + (isBest ? "*" : ""), time, isBest)
            }
            return (matrix.rowSizes[row], steps)
        }
    }

    /// What a matrix shows, and what all its cells have in common.
    func title(of matrix: SweepMatrix) -> String {
        guard let first = matrix.cells.compactMap(\.self).first else { return "" }
        let row = report.answers.rows[first]
        let model = report.study.models.count > 1 ? "\(row.cell.model), " : ""
        return
            "step in s, \(matrix.rowDimension.rawValue) down and \(matrix.columnDimension.rawValue) across, of \(model)\(report.name(row))"
    }

    /// What its signs mean.
    func legend(of matrix: SweepMatrix) -> String {
        "* fastest; – nothing is legal or fits\(matrix.cells.contains(nil) ? "; empty: left out by a rule" : "")"
    }
}
