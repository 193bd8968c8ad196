public import Calibration
public import CostModels
import Hardware
import Parallelism
import Quantities
import Workload

/// A run's log beside its prediction: how far off, and what could explain it.
public struct LogReport: Sendable {
    /// The log's path.
    public let file: String
    /// Where its configuration comes from, in words.
    let source: String
    /// The configuration.
    let configuration: RunConfiguration
    /// The strategy in one line.
    let strategy: String
    /// What the cost models say.
    let estimate: StepEstimate
    /// What the log says.
    let measured: MeasuredRun
    /// What was passed over or assumed.
    let notes: [String]
    let memory: Double
    let gap: RunGap?

    /// The report of a log.
    ///
    /// - Parameters:
    ///   - file: the log's path.
    ///   - source: where its configuration comes from, in words, such as `the arguments in the log`.
    ///   - notes: sentences on what was passed over.
    public init(
        file: String, source: String, configuration: RunConfiguration, estimate: StepEstimate, measured: MeasuredRun, notes: [String]
    ) {
        self.file = file
        self.source = source
        self.configuration = configuration
        self.estimate = estimate
        self.measured = measured
        self.notes = notes + (measured.hasOnlyWarmUp ? [Self.onlyWarmUp] : [])
        let words = PlanReport.Strategy(
            configuration.strategy, layersPerStage: estimate.layersPerStage, choices: configuration.inputs.choices)
        strategy = StrategyText(words).short
        memory = StepModel(configuration.inputs).memory(ofKind: measured.memory?.kind, configuration.strategy, estimate) / 1_073_741_824
        gap = measured.hasOnlyWarmUp ? nil : measured.stepTime.map { RunGap(estimate, measured: $0) }
    }

    private static let onlyWarmUp =
        "the log has only warm-up steps: their time is not to be trusted and not compared; let the run take more steps"

    /// Predicted over measured step time less one; nil where no step is to be trusted.
    var timeError: Double? { measured.hasOnlyWarmUp ? nil : measured.stepTime.map { estimate.stepTime / $0 - 1 } }

    var tokens: Double { Double(configuration.inputs.job.globalBatch * configuration.inputs.job.sequenceLength) }
    var gpus: Double { Double(configuration.strategy.worldSize) }
    var capacity: Double { configuration.inputs.gpu.memory.inGibibytes }

    /// The report as text.
    public func text(width: Int, colour: TerminalColour) -> String {
        let inputs = configuration.inputs
        var text = "\(file)\n"
        text +=
            "  \(inputs.model.name) on \(configuration.strategy.worldSize) × \(inputs.gpu.name) (\(inputs.cluster.name)), \(inputs.stack.name): "
        text += "\(strategy)\n  configuration from \(source)\n"
        text += "  \(Self.stepsLine(measured))\n"
        for note in notes { text += "  \(note)\n" }
        text += "\n" + table.rendered(width: width, colour: colour)
        text += "\n" + explanation(width: width, colour: colour)
        return text
    }

    /// Which steps count, in one line; `hasTimes` says whether their spread is one of times.
    public static func stepsLine(_ measured: MeasuredRun, _ hasTimes: Bool = true) -> String {
        guard measured.counted > 0 else { return "no step was taken" }
        if measured.hasOnlyWarmUp {
            let steps = measured.counted + measured.skipped
            return steps == 1 ? "1 step, which is warm-up" : "\(steps) steps, all of them warm-up"
        }
        if measured.isWholeRun { return "mean of the whole run, no step of which can be left out" }
        var counted = "median of \(measured.counted == 1 ? "1 iteration" : "\(measured.counted) iterations")"
        if let range = measured.iterations {
            counted += range.count == 1 ? " (\(range.lowerBound))" : " (\(range.lowerBound)–\(range.upperBound))"
        }
        if hasTimes, let spread = measured.spread, measured.counted > 2 {
            counted += ", \(seconds(spread.lowerBound)) to \(seconds(spread.upperBound)) s"
        }
        return counted + (measured.skipped == 0 ? ", no warm-up left out" : ", \(measured.skipped) warm-up left out")
    }

    private var table: TextTable {
        var rows: [[String]] = []
        if let time = measured.stepTime {
            let errors = timeError.map { (signed($0), signed(1 / (1 + $0) - 1)) } ?? ("", "")
            rows.append(["step time", "\(seconds(estimate.stepTime)) s", "\(seconds(time)) s", errors.0])
            rows.append(["tokens/s/GPU", rate(estimate.stepTime), rate(time), errors.1])
        } else {
            rows.append(["step time", "\(seconds(estimate.stepTime)) s", "–", ""])
        }
        let kind = measured.memory.map { "memory, \($0.kind.rawValue)" } ?? "memory"
        let seen = measured.memory.map { "\(tenths($0.gibibytes)) GiB" } ?? "–"
        rows.append([kind, "\(tenths(memory)) GiB", seen, measured.memory.map { signed(memory / $0.gibibytes - 1) } ?? ""])
        return TextTable(
            [.init(""), .init("predicted", .trailing), .init("measured", .trailing), .init("error", .trailing)],
            rows: rows.map { $0.map { StyledText($0) } })
    }

    private func rate(_ time: Double) -> String { String(Int((tokens / time / gpus).rounded())) }

    private func explanation(width: Int, colour: TerminalColour) -> String {
        var text = ""
        if measured.ranOutOfMemory {
            let need = [estimate.memoryLow, estimate.memoryExpected, estimate.memoryHigh].map { tenths($0 / 1_073_741_824) }
            text += "The run ran out of memory. Predicted: \(need[1]) GiB, \(need[0]) to \(need[2]), of \(tenths(capacity)); "
            text +=
                estimate.memoryHigh > configuration.inputs.gpu.memory.count
                ? "a plan would not have used it.\n\n" : "it should have fitted.\n\n"
        }
        guard let gap, let time = measured.stepTime else { return text }
        let share = gap.seconds / estimate.stepTime
        let direction = gap.seconds > 0 ? "longer" : "shorter"
        text += "The step is \(DurationText.text(abs(gap.seconds))) \(direction) than predicted (\(signed(share)) of the prediction)"
        guard abs(share) >= 0.005 else { return text + ".\n" }
        guard !gap.causes.isEmpty else {
            return text + "; no part of it alone could make up for that, all of it would have to be × \(hundredths(1 + share)).\n"
        }
        text += ". Any one of these alone would explain it:\n\n"
        text += causes(gap).rendered(width: width, colour: colour)
        if let spread = measured.spread, spread.upperBound > 1.15 * spread.lowerBound {
            text += "\nThe steps differ much among themselves (\(seconds(spread.lowerBound)) to \(seconds(spread.upperBound)) s): look for "
            text += "slow nodes, other jobs, or work between steps before blaming the model.\n"
        }
        if let memory = measured.memory, memory.kind != .allocated, memory.gibibytes > 0.95 * capacity, time > estimate.stepTime {
            text += "\nThe memory is all but full, so the allocator may spend time freeing its cache.\n"
        }
        return text
    }

    private func causes(_ gap: RunGap) -> TextTable {
        TextTable(
            [
                .init("part of the step"), .init("predicted", .trailing), .init("would have to be", .trailing), .init("", .trailing),
                .init("the gap is", .trailing),
            ],
            rows: gap.causes.prefix(6).map { cause in
                [
                    StyledText(PlanTerms.words(cause.term.rawValue)), StyledText(DurationText.text(cause.predicted)),
                    StyledText(DurationText.text(cause.predicted * cause.factor)), StyledText("× \(hundredths(cause.factor))"),
                    StyledText("\(hundredths(abs(gap.seconds) / cause.predicted)) times it"),
                ]
            })
    }
}
