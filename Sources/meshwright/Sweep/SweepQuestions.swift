import Documents
import Hardware
import PlanStore
import Reports
import Studies
import Workload

/// The cells of a study with every file read once, each as the question that `plan` would ask.
struct SweepQuestions: Sendable {
    /// The study and its cells.
    let study: Study
    let cells: [StudyCell]
    /// Why cells cannot be asked, by cell.
    let refusals: [Int: CommandFailure]
    /// The keys under which the answers of the others are kept, by cell.
    let keys: [String?]
    /// What each cell's search is expected to take, in seconds of one core.
    let costs: [Double]
    /// Prices of a GPU-hour that cluster profiles state, by the cluster's name in the study.
    private let profilePrices: [String: Double]
    private let questions: CellQuestions

    /// Reads the files that a study names, and makes its questions.
    init(_ study: Study, library: ProfileLibrary) throws {
        self.study = study
        let files = try StudyFiles(study, library).read()
        let cells = try study.cells { files.clusters[$0]?.value.first.gpusPerNode ?? 1 }
        self.cells = cells
        profilePrices = try Self.prices(study, files.clusters)
        questions = try CellQuestions(study, cells, files, library)
        var refusals: [Int: CommandFailure] = [:]
        var keys: [String?] = []
        for (index, cell) in cells.enumerated() {
            do {
                // The question itself is made again where it is answered: all of them would take as much memory as all the rest.
                keys.append(try questions.question(cell).cellKey)
            } catch {
                // What is wrong with a cell is the cell's, not the study's.
                guard let outcome = ErrorReporting.outcome(of: error), outcome.status == .badInput else { throw error }
                refusals[index] = CommandFailure(.badInput, outcome.message ?? "cannot be planned")
                keys.append(nil)
            }
        }
        (self.refusals, self.keys) = (refusals, keys)
        costs = cells.map { cell in
            let model = files.models[cell.model]?.value
            return CellCost.expected(
                gpus: cell.gpus ?? files.clusters[cell.cluster]?.value.gpus ?? 1, layers: model?.layers ?? 1,
                hasExperts: model?.experts != nil)
        }
    }

    /// A cell's row with its answer.
    func row(_ index: Int, _ result: CellResult?) -> SweepRow {
        let cell = cells[index]
        return SweepRow(
            id: index + 1, cell: cell, result: result, refusal: refusals[index]?.description, tokens: study.tokens,
            hourPrice: study.prices.hour(of: cell.cluster.name, profile: profilePrices[cell.cluster.name]),
            countsFailures: study.countsFailures)
    }

    /// What a cell asks of the planner.
    func question(_ index: Int) throws -> PlanQuestion { try questions.question(cells[index]) }

    /// Prices from profiles, which are in dollars and cannot stand beside prices in another currency.
    private static func prices(_ study: Study, _ clusters: [Study.Cluster: PlanFiles.File<ClusterProfile>]) throws -> [String: Double] {
        var prices: [String: Double] = [:]
        for entry in study.clusters where study.prices.hours[entry.value.name] == nil {
            guard let price = clusters[entry.value]?.value.gpuHourPrice else { continue }
            if let currency = study.prices.currency, currency != "USD" {
                throw DocumentError(
                    entry.location,
                    .invalid(
                        "the profile of \(entry.value.name.quoted) states its price in USD and the study is in \(currency)",
                        remedy: "state its price under prices"))
            }
            prices[entry.value.name] = price
        }
        guard let budget = study.budget else { return prices }
        for entry in study.clusters where study.prices.hours[entry.value.name] == nil && prices[entry.value.name] == nil {
            throw DocumentError(
                budget.location,
                .invalid("a budget says nothing about \(entry.value.name.quoted), which has no price", remedy: "add it under prices"))
        }
        return prices
    }
}
