import ArgumentParser
import CostModels
import Reports
import Schedules

/// `meshwright simulate`: one training step, operation by operation.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Runs one training step of a pipeline schedule, operation by operation, and shows where the time goes.",
        discussion: """
            meshwright simulate --schedule zb-h1 --pp 8 --micro-batches 32 --forward 10 --backward-input 12 --backward-weight 8 --latency 1
            meshwright simulate --compare --pp 8 --micro-batches 32
            meshwright simulate --model llama-3.1-8b --cluster dgx-h100 --gpus 64 --tp 2 --pp 4 --schedule 1f1b
            meshwright simulate --orders mine.jsonl --html mine.html --trace mine.trace.json
            """)

    @OptionGroup(title: "Schedule") var schedule: SimulateScheduleOptions
    @OptionGroup(title: "A model's configuration") var configuration: SimulateModelOptions
    @OptionGroup(title: "Times") var times: SimulateTimeOptions
    @OptionGroup(title: "Disturbances") var perturbation: SimulatePerturbOptions
    @OptionGroup(title: "Pictures") var pictures: SimulatePictureOptions
    @OptionGroup(title: "Output") var terminal: TerminalOption
    @OptionGroup(title: "Output") var output: PlainFormatOption

    func validate() throws {
        if configuration.isGiven {
            if schedule.compare || schedule.orders != nil {
                throw ValidationError("--model simulates one configuration; it takes neither --compare nor --orders.")
            }
            if let stray = times.given.first ?? (schedule.slices != nil ? "--slices" : nil) {
                throw ValidationError("\(stray) goes with abstract times; those of a model's configuration come from the cost models.")
            }
        } else {
            try schedule.requireSizes()
        }
        if schedule.compare, pictures.isAny || !perturbation.perturb.isEmpty || times.stageTimes != nil {
            throw ValidationError("--compare takes no pictures, no --perturb and no --stage-times; simulate one schedule for those.")
        }
    }

    func run() throws {
        if schedule.compare { return try compare() }
        try pictures.check(inputs: configuration.files + [schedule.orders, times.stageTimes])
        let (order, slices, times, price) = try subject()
        warnOfIdleOptions(order)
        let stragglers = try perturbation.stragglers(ranks: order.rankCount)
        var simulator = PipelineSimulator()
        let step: StepSummary
        var chart = ""
        if pictures.isAny || (output.format == .text && order.operationCount <= Self.longestTimeline) {
            try pictures.check(operations: order.operationCount)
            let timeline = try simulator.timeline(order, times, perturbation: stragglers).timeline
            try pictures.write(timeline)
            chart = GanttChart(timeline, width: terminal.columns, colour: terminal.colours).rendered()
            step = try simulator.summary(order, times, perturbation: stragglers)
        } else if output.format == .text {
            (chart, step) = try proportions(order, times, stragglers, &simulator)
        } else {
            step = try simulator.summary(order, times, perturbation: stragglers)
        }
        var perturbed: PerturbedSteps?
        if perturbation.jitter > 0 {
            let jitter = Perturbation(slowdown: stragglers?.slowdown ?? [], jitter: perturbation.jitter, seed: perturbation.seed)
            perturbed = try simulator.repeated(order, times, jitter, runs: perturbation.runs)
        }
        switch output.format {
        case .text:
            Console.print(chart)
            Console.print(SimulationText(order: order, step: step, perturbed: perturbed).lines)
            if let price { Console.print(price.lines(width: terminal.columns, colour: terminal.colours)) }
        case .json:
            let document = SimulationDocument(order: order, slices: slices, step: step, perturbed: perturbed, price: price)
            document.write { Console.print(bytes: $0) }
        }
    }

    /// Operations up to which a chart is drawn from a timeline that holds each of them.
    private static let longestTimeline = 1 << 20

    /// The chart of a step too long for a timeline, and its sum.
    private func proportions(
        _ order: ScheduleOrder, _ times: StageTimes, _ perturbation: Perturbation?, _ simulator: inout PipelineSimulator
    ) throws -> (chart: String, step: StepSummary) {
        let chart = ProportionChart(
            ranks: order.rankCount, peaks: times.memory?.peak(order) ?? order.peakInFlight().map(Double.init),
            unit: times.memory == nil ? .chunks : .bytes, width: terminal.columns, colour: terminal.colours)
        let (step, columns) = try simulator.charted(order, times, perturbation: perturbation, columns: chart.columns)
        let title = "\(order.name), p = \(order.rankCount), m = \(order.microBatches)"
        return (chart.rendered(title: title, columns, step), step)
    }

    /// Says which options cannot change anything in this order.
    private func warnOfIdleOptions(_ order: ScheduleOrder) {
        let chunks = order.chainLength / order.rankCount
        let hasPairs = order.hasPairs
        let isGrouped = schedule.schedule.map { [.interleaved, .interleavedZeroBubble, .combined1F1B].contains($0) } ?? true
        let idle = [
            ("--per-chunk", times.perChunk && chunks == 1, "a rank holds one chunk"),
            ("--overlapped-pair", times.overlappedPair != nil && !hasPairs, "no forward overlaps a backward"),
            ("--group-size", schedule.groupSize != nil && !isGrouped, "micro-batches form no groups"),
            ("--group-rule", schedule.groupRule != nil && !isGrouped, "micro-batches form no groups"),
        ]
        for (option, isIdle, why) in idle where isIdle { ErrorReporting.warn("\(option) changes nothing: in \(order.name) \(why)") }
    }

    /// The order to run and its times: from the cost models for a model's configuration, from options otherwise.
    private func subject() throws -> (order: ScheduleOrder, slices: Int, times: StageTimes, price: EstimateText?) {
        guard configuration.isGiven else {
            let (order, slices) = try schedule.order()
            return (order, slices, try times.times(order, slices: slices), nil)
        }
        let (model, strategy) = try configuration.configuration(schedule)
        let input = try model.simulationInput(strategy)
        return (input.order, 1, input.times, EstimateText(estimate: input.estimate, memory: model.inputs.memory))
    }

    private func compare() throws {
        try times.check()
        let shape = schedule.shape(nil)
        let comparison = try ScheduleComparison(shape, times.rankTimes)
        guard !comparison.rows.isEmpty else {
            throw CommandFailure(.badInput, comparison.refusals.first?.description ?? "no schedule is legal for these sizes")
        }
        let report = ComparisonReport(comparison: comparison)
        switch output.format {
        case .json: Console.print(try JSONText.string(of: report.document(ranks: shape.ranks, microBatches: shape.microBatches)))
        case .text: Console.print(report.text(width: terminal.columns, colour: terminal.colours), terminator: "")
        }
    }
}
