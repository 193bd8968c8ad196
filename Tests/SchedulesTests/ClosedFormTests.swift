import Schedules
import TestInputs
import Testing

/// Closed forms against the simulator, on random cases inside and outside their conditions.
@Suite struct ClosedFormTests {
    struct Case {
        var shape: ScheduleShape
        var times: ChunkTimes
    }

    /// A random case; times are multiples of a quarter, so that sums are exact.
    static func draw(_ random: inout Seeded, _ schedule: PipelineSchedule) -> Case? {
        func quarter(_ range: ClosedRange<Int>) -> Double { Double(Int.random(in: range, using: &random)) / 4 }
        let p = Int.random(in: 1...8, using: &random)
        let m = Int.random(in: 1...24, using: &random)
        let chunks = schedule.usualChunksPerRank == 1 ? 1 : Int.random(in: 1...4, using: &random)
        let rule = GroupRule.allCases.randomElement(using: &random) ?? .pytorch
        let size = [nil, p, Int.random(in: 1...m, using: &random)].randomElement(using: &random) ?? nil
        let shape = ScheduleShape(
            ranks: p, microBatches: m, chunksPerRank: chunks, groupSize: size, groupRule: rule,
            slices: schedule == .seq1F1B ? Int.random(in: 1...4, using: &random) : 1)
        guard (try? schedule.check(shape)) != nil else { return nil }
        var times = ChunkTimes(forward: quarter(1...40), backwardInput: quarter(1...40), backwardWeight: quarter(1...40))
        // Regular times, which several conditions ask for, would never come up by chance.
        switch Int.random(in: 0...3, using: &random) {
        case 0: times.backwardInput = times.forward
        case 1:
            times.backwardInput = times.forward
            times.backwardWeight = times.forward
        case 2: times.forward = times.backward
        default: break
        }
        times.latency = Bool.random(using: &random) ? 0 : quarter(0...20)
        times.pair = times.forward + times.backward
        if Bool.random(using: &random) {
            times.pair = max(times.forward, times.backward) + quarter(0...8)
        }
        return Case(shape: shape, times: times)
    }

    static func simulate(_ schedule: PipelineSchedule, _ c: Case, _ simulator: inout PipelineSimulator) throws -> PipelineSimulator.Result {
        let order = try schedule.order(c.shape)
        let t = c.times
        let times = StageTimes(
            order, forward: t.forward, input: t.backwardInput, weight: t.backwardWeight, latency: t.latency, pair: t.pair)
        return try simulator.run(order, times)
    }

    @Test(arguments: PipelineSchedule.allCases)
    func formulasAreTheSimulator(_ schedule: PipelineSchedule) throws {
        var random = Seeded(42)
        var simulator = PipelineSimulator()
        var (makespans, spans, peaks) = (0, 0, 0)
        for _ in 0..<500 {
            guard let c = Self.draw(&random, schedule) else { continue }
            let result = try Self.simulate(schedule, c, &simulator)
            if let formula = ClosedForm.makespan(schedule, c.shape, c.times) {
                makespans += 1
                #expect(abs(formula - result.makespan) < 1e-9 * formula, "\(schedule) \(c)")
            }
            if let formula = ClosedForm.span(schedule, c.shape, c.times) {
                spans += 1
                #expect(abs(formula - result.span) < 1e-9 * formula, "\(schedule) \(c)")
            }
            let held = try schedule.order(c.shape).peakInFlight()
            for rank in 0..<c.shape.ranks {
                guard let formula = ClosedForm.peakInFlight(schedule, c.shape, rank: rank) else { continue }
                peaks += 1
                #expect(formula == held[rank], "\(schedule) \(c) rank \(rank)")
            }
        }
        switch schedule {
        case .vHalf, .vMin, .wave: #expect(makespans == 0 && spans == 0 && peaks == 0)
        case .zbH2: #expect(spans > 10 && peaks > 20)
        case .zbV: #expect(makespans > 2 && spans > 5 && peaks > 20)
        default: #expect(makespans > 5 && peaks > 20, "\(makespans) \(peaks)")
        }
    }

    @Test func publishedZBH1BubbleIsTooSmallForLongWeightGradients() throws {
        var simulator = PipelineSimulator()
        let shape = ScheduleShape(ranks: 4, microBatches: 8)
        let c = Case(shape: shape, times: ChunkTimes(forward: 1, backwardInput: 1, backwardWeight: 2))
        let result = try Self.simulate(.zbH1, c, &simulator)
        #expect(result.makespan == 8 * 4 + 3 * 1)
        let published = 8.0 * 4 + 3 * (1 + 3 - 2 * 2)
        #expect(result.makespan > published)
    }

    @Test func publishedDualPipeBubbleHoldsOnlyForEqualForwardAndInputGradient() throws {
        var simulator = PipelineSimulator()
        func published(_ t: ChunkTimes, p: Double, m: Double) -> Double {
            m * (t.forward + t.backward) + (p / 2 - 1) * (t.pair + t.backward - 3 * t.backwardWeight)
        }
        let shape = ScheduleShape(ranks: 8, microBatches: 20)
        let equal = ChunkTimes(forward: 2, backwardInput: 2, backwardWeight: 1)
        #expect(try Self.simulate(.dualPipe, Case(shape: shape, times: equal), &simulator).makespan == published(equal, p: 8, m: 20))
        let unequal = ChunkTimes(forward: 3, backwardInput: 2, backwardWeight: 1)
        let result = try Self.simulate(.dualPipe, Case(shape: shape, times: unequal), &simulator)
        #expect(result.makespan == 20 * 6 + 3 * (6 + 3 - 2))
        #expect(result.makespan > published(unequal, p: 8, m: 20))
    }

    /// V-Half and V-Min keep about half and a third of 1F1B's activations, and pay with a part of its bubble that is no simple fraction.
    @Test func controllableMemoryIsApproximate() throws {
        var simulator = PipelineSimulator()
        for p in [2, 4, 8] {
            let shape = ScheduleShape(ranks: p, microBatches: 4 * p, chunksPerRank: 2)
            let ideal = 6.0 * Double(shape.microBatches)
            let bubble = ideal / Double(shape.microBatches) * Double(p - 1)
            for (schedule, memory, range) in [
                (PipelineSchedule.vHalf, 1.0 / 2, 0.1...0.46), (.vMin, 1.0 / 3, 0.4...0.65),
            ] {
                let order = try schedule.order(shape)
                let result = try simulator.run(order, StageTimes(order, forward: 1, input: 1, weight: 1))
                #expect(range.contains((result.makespan - ideal) / bubble), "\(schedule) \(p): \((result.makespan - ideal) / bubble)")
                let peak = order.peakInFlight().max() ?? 0
                #expect(Double(peak) <= memory * Double(2 * p) + 3)
            }
        }
    }

    @Test func zeroBubblesAreZeroInTheSpanOnly() throws {
        var simulator = PipelineSimulator()
        let shape = ScheduleShape(ranks: 4, microBatches: 12)
        let c = Case(shape: shape, times: ChunkTimes(forward: 1, backwardInput: 1, backwardWeight: 1))
        let result = try Self.simulate(.zbH2, c, &simulator)
        #expect(result.span == 36)
        #expect(result.makespan == 39)
    }

    /// Figures by hand: eight ranks, 32 micro-batches, F = I = W = 1 for a rank's whole share of the model.
    @Test func stepsOfEightRanks() throws {
        var simulator = PipelineSimulator()
        for (schedule, chunks, expected) in [
            (PipelineSchedule.oneForwardOneBackward, 1, 117.0), (.zbH1, 1, 103), (.interleaved, 2, 106.5), (.zbV, 2, 99.5),
        ] {
            let order = try schedule.order(ScheduleShape(ranks: 8, microBatches: 32, chunksPerRank: chunks))
            let share = 1 / Double(chunks)
            #expect(try simulator.run(order, StageTimes(order, forward: share, input: share, weight: share)).makespan == expected)
        }
    }
}
