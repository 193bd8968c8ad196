public import Studies
import Workload

/// Everything a sweep answers, in any form.
///
/// docs/json.md explains each key of its JSON form, the contract `meshwright.sweep/1`.
public struct SweepReport: Sendable {
    /// The name of the contract.
    public static let schema = "meshwright.sweep/1"

    /// What was asked.
    public var study: Study
    /// What the answers say together.
    public var answers: SweepAnswers
    /// Release of the tool and version of its cost models.
    public var tool: String
    /// See `tool`.
    public var costModels: Int

    /// A report of a study's answers.
    public init(_ study: Study, _ answers: SweepAnswers, tool: String, costModels: Int) {
        (self.study, self.answers, self.tool, self.costModels) = (study, answers, tool, costModels)
    }

    /// Rows whose search is still to come, as after Ctrl-C and in shards.
    public var missing: [SweepRow] { answers.rows.filter { $0.result == nil && $0.refusal == nil } }

    /// The currency of amounts; price lists of clusters are in dollars.
    public var currency: String { study.prices.currency ?? "USD" }

    /// An expense for people: `1.42 M USD`, or GPU-hours.
    func expense(_ amount: Double, inMoney: Bool) -> String { "\(CountText.counted(amount)) \(inMoney ? currency : "GPU-hours")" }

    /// What a cell chooses of the options that the study gives several values.
    func varied(_ cell: StudyCell) -> [StudyOption.Choice] {
        let several = Set(study.options.filter { $0.values.count > 1 }.map(\.name.value))
        return cell.choices.filter { several.contains($0.name) }
    }

    /// What a row is, without what all rows have in common.
    func name(_ row: SweepRow) -> String {
        let nodes = row.result.map { " (\(CountText.number($0.nodes, of: "node")))" } ?? ""
        let gpus = row.result?.gpus ?? row.cell.gpus
        var words = ["\(gpus.map { CountText.number($0, of: "GPU") } ?? "all GPUs") of \(row.cell.cluster.name)\(nodes)"]
        if study.globalBatches.count > 1 { words.append("batch \(row.cell.globalBatch ?? 0)") }
        if study.sequenceLengths.count > 1 { words.append("sequence \(row.cell.sequenceLength ?? 0)") }
        if study.precisions.count > 1 { words.append(row.cell.precision?.rawValue ?? "") }
        if study.stacks.count > 1 { words.append(row.cell.stack ?? "") }
        words += varied(row.cell).map(\.text)
        return words.joined(separator: ", ")
    }
}
