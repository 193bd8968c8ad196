import ArgumentParser
import Studies
import Workload

/// The options of `plan` that a study's cells have in common, parsed once for each combination of their values and method.
struct SweptChoices: Sendable {
    private struct Combination: Hashable {
        var method: TrainingMethod.Kind?
        var choices: [StudyOption.Choice]
    }

    private let parsed: [Combination: Result<PlanOptions, CommandFailure>]

    /// Parses what cells ask for; throws what no method of the study makes sense of.
    init(_ study: Study, _ cells: [StudyCell]) throws {
        try Self.checkNames(study)
        // Describing all options takes a while, and most studies pass none on.
        let flags = study.options.isEmpty ? [] : CommandOptions(of: PlanOptions.self).flags
        var parsed: [Combination: Result<PlanOptions, CommandFailure>] = [:]
        for cell in cells {
            let combination = Self.combination(cell)
            if parsed[combination] == nil { parsed[combination] = Self.parse(combination, study, flags: flags) }
        }
        for (combination, result) in parsed.sorted(by: { $0.key.choices.map(\.text).lexicographicallyPrecedes($1.key.choices.map(\.text)) })
        {
            guard case .failure(let failure) = result else { continue }
            // What suits one of several methods leaves the others' cells without a plan, as a batch leaves some sizes.
            let suits = parsed.contains { other, result in
                if case .success = result { other.choices == combination.choices } else { false }
            }
            if !suits { throw failure }
        }
        self.parsed = parsed
    }

    /// A cell's options but for what its other values say.
    func options(_ cell: StudyCell) throws -> PlanOptions {
        guard let result = parsed[Self.combination(cell)] else {
            throw CommandFailure(.internal, "the options of \(cell.label) were not read")
        }
        return try result.get()
    }

    private static func combination(_ cell: StudyCell) -> Combination { Combination(method: cell.method, choices: cell.choices) }

    private static func checkNames(_ study: Study) throws {
        for option in study.options {
            if let problem = SweptOption.problem(option.name.value) {
                throw CommandFailure(.badInput, "\(option.name.location.said): \(problem)")
            }
        }
        let run = ["checkpoint", "checkpoint-interval", "spare-nodes"]
        if study.tokens == nil, let option = study.options.first(where: { run.contains($0.name.value) }) {
            throw CommandFailure(
                .badInput,
                "\(option.name.location.said): \(option.name.value) tells how a whole training meets failures; add tokens, such as tokens: 15T"
            )
        }
    }

    private static func parse(_ combination: Combination, _ study: Study, flags: Set<String>) -> Result<PlanOptions, CommandFailure> {
        // Which model and cluster they are a cell says; what is parsed needs some.
        var arguments = ["--model", "any", "--cluster", "any"]
        if let method = combination.method { arguments += ["--method", method.rawValue] }
        for choice in combination.choices {
            switch (flags.contains("--\(choice.name)"), choice.value) {
            case (true, "true"): arguments.append("--\(choice.name)")
            case (true, "false"): break
            case (true, _):
                return .failure(failure("--\(choice.name): expected true or false, found '\(choice.value)'", combination, study))
            case (false, _): arguments.append("--\(choice.name)=\(choice.value)")
            }
        }
        do {
            return .success(try PlanOptions.parse(arguments))
        } catch let error as CommandFailure {
            return .failure(failure(error.description, combination, study))
        } catch {
            return .failure(failure(PlanOptions.message(for: error), combination, study))
        }
    }

    /// What is wrong, at the place of the option that the message names first.
    private static func failure(_ message: String, _ combination: Combination, _ study: Study) -> CommandFailure {
        let named = combination.choices.compactMap { choice in
            message.firstRange(of: "--\(choice.name)").map { (choice, $0.lowerBound) }
        }
        let choice = named.min { $0.1 < $1.1 }?.0 ?? combination.choices.first
        let place = study.options.first { $0.name.value == choice?.name }.flatMap { option in
            option.values.first { $0.value == choice?.value }?.location
        }
        // The argument parser lists what it takes below one another.
        let oneLine = message.replacing(#/:\n\s*-\s/#, with: ": ").replacing(#/\n\s*-\s/#, with: ", ").replacing(#/\s*\n\s*/#, with: " ")
        return CommandFailure(.badInput, "\((place ?? study.location).said): \(oneLine)")
    }
}
