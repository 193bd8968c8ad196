import Hardware
import PlanStore
import Search
import Studies
import Workload

/// Puts the cells of a study as the questions that `plan` would ask, from files that were read once.
struct CellQuestions: Sendable {
    /// Which experts tokens visit depends on the model and what a cell chooses.
    private struct Routed: Hashable {
        var model: String
        var method: TrainingMethod.Kind?
        var choices: [StudyOption.Choice]
    }

    private let choices: SweptChoices
    private let routings: [Routed: Result<ExpertRouting?, CommandFailure>]
    private let files: StudyFiles.Contents
    private let library: ProfileLibrary
    private let tokens: Double?

    /// Parses what cells choose and reads what those choices name.
    init(_ study: Study, _ cells: [StudyCell], _ files: StudyFiles.Contents, _ library: ProfileLibrary) throws {
        choices = try SweptChoices(study, cells)
        routings = try Self.routings(study, cells, choices, files)
        (self.files, self.library, tokens) = (files, library, study.tokens)
    }

    /// What a cell asks of the planner.
    func question(_ cell: StudyCell) throws -> PlanQuestion {
        var options = try choices.options(cell)
        options.job.model = cell.model
        (options.named.cluster, options.named.gpu) = cell.cluster.isGPU ? (nil, cell.cluster.name) : (cell.cluster.name, nil)
        options.size.gpus = cell.gpus
        (options.job.globalBatch, options.job.sequenceLength, options.job.precision) = (
            cell.globalBatch, cell.sequenceLength, cell.precision
        )
        // Tokens decide no plan; they let how failures are met be chosen.
        options.job.tokens = tokens
        options.software.stack = cell.stack
        func pin(_ dimension: StudyPins.Dimension) -> Allowed? { cell.pins[dimension].map { .values([$0]) } }
        (options.strategy.expert, options.strategy.tensor) = (pin(.ep), pin(.tp))
        (options.strategy.context, options.strategy.pipeline) = (pin(.cp), pin(.pp))
        options.search.threads = 1
        guard let model = files.models[cell.model], let cluster = files.clusters[cell.cluster],
            let stack = files.stacks[PlanFiles.stackName(options)]
        else { throw CommandFailure(.internal, "a file of \(cell.label) was not read") }
        var read = PlanFiles(model: model, cluster: cluster, stack: stack, uncertainty: files.uncertainty)
        read.routing = try routings[Self.routed(cell)]?.get()
        return try PlanQuestion(options, read, library: library)
    }

    private static func routed(_ cell: StudyCell) -> Routed { Routed(model: cell.model, method: cell.method, choices: cell.choices) }

    /// The routing of each model by what cells choose; throws what suits none of the models.
    private static func routings(_ study: Study, _ cells: [StudyCell], _ choices: SweptChoices, _ files: StudyFiles.Contents) throws
        -> [Routed: Result<ExpertRouting?, CommandFailure>]
    {
        guard let option = study.options.first(where: { $0.name.value.hasPrefix("routing") }) else { return [:] }
        var routings: [Routed: Result<ExpertRouting?, CommandFailure>] = [:]
        for cell in cells where routings[routed(cell)] == nil {
            guard let model = files.models[cell.model]?.value, let options = try? choices.options(cell) else { continue }
            routings[routed(cell)] = Result { try options.job.routed.routing(of: model) }.mapError { error in
                CommandFailure(.badInput, ErrorReporting.outcome(of: error)?.message ?? "\(error)")
            }
        }
        let failures = routings.values.compactMap { result -> CommandFailure? in
            if case .failure(let failure) = result { failure } else { nil }
        }
        if failures.count == routings.count, let first = failures.min(by: { $0.description < $1.description }) {
            throw CommandFailure(.badInput, "\(option.name.location.said): \(first.description)")
        }
        return routings
    }
}
