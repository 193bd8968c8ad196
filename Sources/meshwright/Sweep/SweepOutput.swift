import ArgumentParser
import CostModels
import Documents
import Foundation
import Quantities
import Reports
import Studies

/// The form of a sweep's answer.
enum SweepFormat: String, ExpressibleByArgument, CaseIterable {
    /// A table and what the cells say together, for people.
    case table
    /// One JSON object.
    case json
    /// One row a cell.
    case csv
}

/// How a sweep's answer is written.
struct SweepOutput: ParsableArguments {
    @Option(help: "How the answer is written: table, json or csv.")
    var format: SweepFormat = .table

    @Option(help: ArgumentHelp("Draw cost against days as SVG into a file.", valueName: "file"), completion: .file())
    var svg: String?

    @Option(
        help: ArgumentHelp("Write the answers as one page to sort, filter and point at, without a network.", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var html: String?

    /// The files that are written.
    var files: [OutputFile] { [OutputFile(option: "--svg", path: svg), OutputFile(option: "--html", path: html)] }

    /// Prints the report, and draws its picture where one was asked for.
    func write(_ report: SweepReport, _ terminal: TerminalOption) throws {
        let text =
            switch format {
            case .table: SweepText(report, width: terminal.columns, colour: terminal.colours).rendered()
            case .json: JSONWriter.text(report.document)
            case .csv: SweepCSV.text(report)
            }
        Console.print(text, terminator: "")
        if let svg { try AtomicFile.write(Array(ParetoSVG.text(report).utf8), to: svg) }
        if let html { try AtomicFile.write(SweepPage(report).bytes(), to: html) }
    }
}

extension SweepReport {
    /// The report of rows.
    init(_ study: Study, rows: [SweepRow]) {
        self.init(study, SweepAnswers(study, rows), tool: ToolVersion.current, costModels: CostModelVersion.current)
    }

    /// Ends a run whose answers are printed with the status that they deserve: 69 where nothing fits or nothing is in time or affordable.
    func leave() throws {
        guard !answers.jobs.isEmpty || study.tokens == nil else { throw nothingFits }
        guard answers.rows.contains(where: { $0.result?.plan != nil }) else { throw nothingFits }
        for job in answers.jobs {
            func fail(_ entry: Study.Entry<Double>, _ what: String) -> CommandFailure {
                CommandFailure(.infeasible, "\(entry.location.said): \(job.model): \(what)")
            }
            if let deadline = study.deadline, job.cheapest == nil, let fastest = job.front.first {
                let days = answers.rows[fastest].days ?? 0
                throw fail(deadline, String(format: "no cell trains in %.1f days; the fastest takes %.1f", deadline.value, days))
            }
            if let budget = study.budget, job.fastest == nil, let least = job.front.last {
                throw fail(budget, "no cell trains for \(amount(budget.value)); the cheapest costs \(amount(answers.rows[least].cost))")
            }
            if let deadline = study.deadline, let budget = study.budget, job.both == nil, let cheap = job.cheapest, let fast = job.fastest {
                let (least, fastest) = (amount(answers.rows[cheap].cost), answers.rows[fast].days ?? 0)
                let inTime = String(format: "in %.1f days it costs at least %@", deadline.value, least)
                let affordable = String(format: "for %@ it takes at least %.1f days", amount(budget.value), fastest)
                throw fail(budget, "deadline and budget contradict each other: \(inTime), \(affordable)")
            }
        }
    }

    private func amount(_ cost: Double?) -> String { "\(CountText.counted(cost ?? 0)) \(currency)" }

    private var nothingFits: CommandFailure {
        CommandFailure(.infeasible, "no cell of the study has a plan; the first: \(answers.rows.first?.reason ?? "there is none")")
    }
}
