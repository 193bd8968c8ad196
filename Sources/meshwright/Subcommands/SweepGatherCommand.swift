import ArgumentParser
import Foundation
import PlanStore
import Reports
import Studies

/// `meshwright sweep gather`: the stores of shards as one answer.
struct SweepGatherCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gather",
        abstract: "Puts the stores of a study's parts together, and names the cells that are missing.",
        discussion: """
            meshwright sweep gather study.yaml shard-*.sqlite --store whole.sqlite

            Exit status: 0 when all cells are there, 1 when some are missing, 65 for a file that holds nothing of the study, 74 when --store cannot
            be written.
            """)

    @Argument(help: ArgumentHelp("The study that the parts are of.", valueName: "study"), completion: .file(extensions: ["yaml", "yml"]))
    var study: String

    @Argument(help: ArgumentHelp("The stores of its parts.", valueName: "store"), completion: .file(extensions: ["sqlite"]))
    var parts: [String]

    @Option(help: ArgumentHelp("A file of cells to add all to.", valueName: "path"), completion: .file(extensions: ["sqlite"]))
    var store: String?

    @OptionGroup(title: "Output") var output: SweepOutput
    @OptionGroup(title: "Output") var terminal: TerminalOption

    func run() async throws {
        let study = try StudyDocument.read(path: study)
        try OutputFile.check(output.files, inputs: [self.study] + parts)
        let questions = try SweepQuestions(study, library: .installed)
        let stores = try parts.map { try SweepPartStore($0, study: self.study) }
        let merged = try store.map { try CellStore(path: $0) }
        var results = [CellResult?](repeating: nil, count: questions.keys.count)
        var foreign: [(part: String, cells: Int)] = []
        for part in stores {
            let found = try part.results(questions.keys)
            for (index, result) in found.enumerated() where results[index] == nil {
                guard let result, let key = questions.keys[index] else { continue }
                merged?.keep(result, of: questions.cells[index], under: key)
                results[index] = result
            }
            foreign.append((part.path, try part.entries() - found.count { $0 != nil }))
        }
        let unwritten = merged?.finish() ?? 0
        if let warning = merged?.warning { ErrorReporting.warn(warning) }
        let report = SweepReport(study, rows: questions.cells.indices.map { questions.row($0, results[$0]) })
        try output.write(report, terminal)
        if unwritten > 0, let store {
            throw CommandFailure(.unwritable, "\(store): \(unwritten) cells could not be written; gather them into a file that can be")
        }
        let missing = report.missing
        guard !missing.isEmpty else { return }
        for row in missing.prefix(20) { Console.complain("missing: cell \(row.id), \(row.cell.label)") }
        if missing.count > 20 { Console.complain("missing: and \(missing.count - 20) more") }
        for (part, cells) in foreign where cells > 0 {
            Console.complain("\(part): \(CountText.number(cells, of: "more cell")) of another study, another release or other files")
        }
        throw CommandFailure(
            .found, "\(missing.count) of \(questions.cells.count) cells are missing; sweep with --store searches them and no others")
    }
}
