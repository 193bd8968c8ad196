import ArgumentParser
import CostModels
import Documents
import Parallelism
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
            meshwright simulate --model llama-3.1-8b --cluster dgx-h100 --gpus 64 --tp 2 --pp 4 --compare
            meshwright simulate --orders mine.txt --html mine.html --trace mine.trace.json
            The makespan, or step, is the end of everything; the span is the longest time from one rank's first start to its last end.
            """)

    @OptionGroup(title: "Schedule") var schedule: SimulateScheduleOptions
    @OptionGroup(title: "A model's configuration") var configuration: SimulateModelOptions
    @OptionGroup(title: "A model's configuration") var named: ClusterNameOption
    @OptionGroup(title: "A model's configuration") var size: ClusterSizeOption
    @OptionGroup(title: "Method") var method: MethodOptions
    @OptionGroup(title: "Times") var times: SimulateTimeOptions
    @OptionGroup(title: "Disturbances") var perturbation: SimulatePerturbOptions
    @OptionGroup(title: "Pictures") var pictures: SimulatePictureOptions
    @OptionGroup(title: "Output") var terminal: TerminalOption
    @OptionGroup(title: "Output") var output: PlainFormatOption

    private var cluster: ClusterChoice { ClusterChoice(named: named, size: size) }

    func validate() throws {
        try configuration.check(cluster)
        if configuration.isGiven {
            if configuration.plan != nil, schedule.orders != nil {
                throw ValidationError("--plan and --orders both state an order; give one of them.")
            }
            if configuration.plan != nil, schedule.schedule != nil || schedule.ranks != nil || schedule.microBatches != nil {
                throw ValidationError(
                    "--plan states the whole configuration; --schedule, --pp and --micro-batches cannot be given with it.")
            }
            if configuration.plan != nil, let stray = method.firstGiven {
                throw ValidationError("--plan states what is trained; \(stray) cannot be given with it.")
            }
            if let stray = times.given.first ?? (schedule.slices != nil ? "--slices" : nil) {
                throw ValidationError("\(stray) goes with abstract times; those of a model's configuration come from the cost models.")
            }
        } else {
            if let stray = method.firstGiven { throw ValidationError("\(stray) says what of a model is trained, and needs --model.") }
            try schedule.requireSizes()
        }
        if schedule.compare, pictures.isAny || !perturbation.perturb.isEmpty || times.stageTimes != nil {
            throw ValidationError("--compare takes no pictures, no --perturb and no --stage-times; simulate one schedule for those.")
        }
    }

    func run() throws {
        if schedule.compare { return try compare() }
        try pictures.check(inputs: configuration.files(cluster) + [schedule.orders, times.stageTimes])
        let subject = try subject()
        let (order, times) = (subject.order, subject.times)
        if pictures.asksForContext, subject.contextLanes.isEmpty {
            throw CommandFailure(.badInput, "--cp-steps and --cp-svg need attention over context ranks; give a model and --cp 2 or more")
        }
        if let path = pictures.lengthsSVG {
            guard let study = subject.lengthStudy else {
                throw CommandFailure(.badInput, "--lengths-svg needs a model's configuration and --lengths")
            }
            try DealingSVG(study).write(to: path)
        }
        if let path = pictures.contextSVG, let first = subject.contextLanes.first {
            try ContextLanesSVG(first, title: "Attention over \(first.work.context) context ranks, \(first.work.kind.rawValue)").write(
                to: path)
        }
        warnOfIdleOptions(order)
        let stragglers = try perturbation.stragglers(ranks: order.rankCount)
        var simulator = PipelineSimulator()
        let step: StepSummary
        var chart = ""
        if pictures.isAny || (output.format == .text && order.operationCount <= Self.longestTimeline) {
            try pictures.check(operations: order.operationCount)
            let timeline = try simulator.timeline(order, times, perturbation: stragglers, title: subject.title).timeline
            try pictures.write(subject.stated(timeline))
            chart = GanttChart(timeline, width: terminal.columns, colour: terminal.colours).rendered()
            step = try simulator.summary(order, times, perturbation: stragglers)
        } else if output.format == .text {
            (chart, step) = try proportions(subject, stragglers, &simulator)
        } else {
            step = try simulator.summary(order, times, perturbation: stragglers)
        }
        var perturbed: PerturbedSteps?
        let drawn = perturbation.disturbances(nodesPerRank: subject.nodesPerRank)
        if perturbation.jitter > 0 || !drawn.isNone {
            let jitter = Perturbation(slowdown: stragglers?.slowdown ?? [], jitter: perturbation.jitter, seed: perturbation.seed)
            perturbed = try simulator.repeated(order, times, jitter, drawn, runs: perturbation.runs)
        }
        switch output.format {
        case .text:
            if let configuration = subject.configuration { Console.print(configuration.lines.joined(separator: "\n") + "\n") }
            Console.print(chart)
            let limit = subject.configuration?.memoryLimit
            Console.print(SimulationText(order: order, step: step, perturbed: perturbed, memoryLimit: limit).lines)
            if let price = subject.price { Console.print(price.lines(width: terminal.columns, colour: terminal.colours)) }
            if let lengths = subject.lengths { Console.print(lengths.text(width: terminal.columns, colour: terminal.colours)) }
            if pictures.contextSteps, let exchange = subject.contextExchange {
                for lanes in subject.contextLanes {
                    Console.print(
                        ContextLanesText(lanes, exchange, refusal: subject.refusedSteps).rendered(
                            width: terminal.columns, colour: terminal.colours))
                }
            }
            if let advice = subject.advice { Console.print(advice.prefix(1).uppercased() + advice.dropFirst() + ".") }
        case .json:
            let document = SimulationDocument(
                order: order, slices: subject.slices, step: step, perturbed: perturbed, price: subject.price, advice: subject.advice,
                configuration: subject.configuration, lengths: subject.lengths.map { JSONWriter.text($0.document) },
                readFrom: try subject.echo.map(JSONText.string))
            document.write { Console.print(bytes: $0) }
        }
    }

    /// Operations up to which a chart is drawn from a timeline that holds each of them.
    private static let longestTimeline = 1 << 20

    /// The chart of a step too long for a timeline, and its sum.
    private func proportions(
        _ subject: SimulationSubject, _ perturbation: Perturbation?, _ simulator: inout PipelineSimulator
    ) throws -> (chart: String, step: StepSummary) {
        let (order, times) = (subject.order, subject.times)
        let chart = ProportionChart(
            ranks: order.rankCount, peaks: times.memory?.peak(order) ?? order.peakInFlight().map(Double.init),
            unit: times.memory == nil ? .chunks : .bytes, width: terminal.columns, colour: terminal.colours)
        let (step, columns) = try simulator.charted(order, times, perturbation: perturbation, columns: chart.columns)
        return (chart.rendered(title: subject.title, columns, step), step)
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
    private func subject() throws -> SimulationSubject {
        guard configuration.isGiven else {
            let (order, slices) = try schedule.order()
            return SimulationSubject(order, slices: slices, try times.times(order, slices: slices))
        }
        guard schedule.orders != nil else {
            let simulated = try configuration.configuration(schedule, method, cluster)
            do throws(StepError) { return try SimulationSubject(simulated, seed: perturbation.seed) } catch {
                throw explained(error, simulated.strategy)
            }
        }
        let order = try schedule.order().order
        guard let alike = order.schedulePlacedAlike else {
            throw CommandFailure(
                .badInput,
                "--orders with a model needs stages as schedules lay them out: stage s on rank s mod p, or every other chunk backwards")
        }
        let simulated = try configuration.configuration(schedule.stating(order, alike), method, cluster)
        let strategy = simulated.strategy
        guard strategy.microBatches == order.microBatches else {
            throw CommandFailure(
                .badInput,
                "--orders has \(order.microBatches) micro-batches, and the configuration \(strategy.microBatches); leave "
                    + "--global-batch-size out, or give \(order.microBatches * strategy.microBatch * strategy.data)")
        }
        return try SimulationSubject(simulated, running: order)
    }

    /// An error with the option that mends it.
    private func explained(_ error: StepError, _ strategy: ParallelStrategy) -> any Error {
        guard case .schedule(.tooLarge("micro-batches", _, let limit)) = error else { return error }
        let most = limit * strategy.microBatch * strategy.data
        return CommandFailure(
            .badInput,
            "\(error.description); with \(strategy.microBatch) sequences a micro-batch and dp \(strategy.data), --global-batch-size is at most "
                + "\(most)")
    }

    private func compare() throws {
        let report: ComparisonReport
        if configuration.isGiven {
            let simulated = try configuration.configuration(schedule, method, cluster)
            report = try ComparisonReport(simulated.model, simulated.strategy)
        } else {
            try times.check()
            let shape = schedule.shape(nil)
            report = ComparisonReport(try ScheduleComparison(shape, times.rankTimes), ranks: shape.ranks, microBatches: shape.microBatches)
        }
        guard !report.entries.isEmpty else {
            throw CommandFailure(.badInput, report.refusals.first ?? "no schedule is legal for these sizes")
        }
        switch output.format {
        case .json: Console.print(try JSONText.string(of: report.document))
        case .text: Console.print(report.text(width: terminal.columns, colour: terminal.colours), terminator: "")
        }
    }
}
