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
        let merged = store.map { CellStore(path: $0) }
        var results = [CellResult?](repeating: nil, count: questions.keys.count)
        var foreign: [(part: String, cells: Int)] = []
        for part in parts {
            guard CacheFile.exists(path: part) else {
                throw CommandFailure(.badInput, "\(part): there is no such store; name the files that the parts wrote with --store")
            }
            let cells = CellStore(path: part)
            var found = 0
            for (index, key) in questions.keys.enumerated() {
                guard let key, let result = cells.result(key) else { continue }
                found += 1
                if results[index] == nil { merged?.keep(result, of: questions.cells[index], under: key) }
                results[index] = results[index] ?? result
            }
            if let warning = cells.warning { throw CommandFailure(.badInput, warning) }
            guard found > 0 else { throw CommandFailure(.badInput, try Self.foreign(part, study: self.study)) }
            foreign.append((part, try PlanDatabase(path: part).summary().entries - found))
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

    /// Why a store has no cell of the study.
    private static func foreign(_ part: String, study: String) throws -> String {
        let entries = try PlanDatabase(path: part).list()
        guard let first = entries.first else { return "\(part): the store is empty; its part was not searched" }
        return
            "\(part): none of its \(entries.count) cells is of \(study): it is the store of another study, or was made by another release "
            + "(\(first.toolVersion)) or from other files of models and clusters"
    }
}
