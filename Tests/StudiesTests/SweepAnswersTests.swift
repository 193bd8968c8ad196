import Documents
import Testing

@testable import Studies

/// The front, the cheapest in time and the fastest within a budget, against counting them out.
@Suite struct SweepAnswersTests {
    private func rows(_ text: String, _ stepTimes: [Double?], price: Double? = 1) throws -> (Study, [SweepRow]) {
        let study = try StudyDocument.parse(text: text, file: "s.yaml")
        let cells = try study.cells { _ in 8 }
        let rows = zip(cells, stepTimes).enumerated().map { index, pair in
            let (cell, time) = pair
            let plan = time.map { time in
                CellResult.Plan(
                    tp: time > 5 ? 8 : 4, pp: 1, vpp: 1, cp: 1, ep: 1, etp: 1, dp: 1, microBatch: 1, schedule: "1f1b", sharding: "zero1",
                    recompute: "none", offloads: false, stepTime: time, stepTimeLow: time, stepTimeHigh: time, trust: "measured", mfu: 0.4,
                    memory: 10, goodput: 0.8, spareNodes: 1)
            }
            let gpus = cell.gpus ?? 8
            let result = CellResult(
                gpus: gpus, nodes: gpus / 8, gpu: "g",
                job: .init(globalBatch: 1000, sequenceLength: 1000, precision: "bf16", method: "pretrain", stack: "s"), plan: plan,
                reason: plan == nil ? "does not fit" : nil)
            return SweepRow(id: index + 1, cell: cell, result: result, tokens: study.tokens, hourPrice: price)
        }
        return (study, rows)
    }

    @Test func `days count failures where the study asks for it`() throws {
        let (study, rows) = try rows(Self.text, [1, 1, 1, 1, 1])
        let counted = SweepRow(
            id: 1, cell: rows[0].cell, result: rows[0].result, tokens: study.tokens, hourPrice: 2, countsFailures: true)
        #expect(counted.days == rows[0].days.map { $0 / 0.8 })
        // One node stands by for one that works, and is paid for.
        #expect(counted.gpuHours == rows[0].gpuHours.map { 2 * $0 / 0.8 })
        #expect(counted.cost == counted.gpuHours.map { 2 * $0 })
    }

    private static let text = "model: m\ncluster: a\ngpus: [8, 16, 32, 64, 128]\ntokens: 86.4G\n".replacing("86.4G", with: "86.4B")

    @Test func aTrainingTakesItsStepsTimesTheirTime() throws {
        // 86.4 billion tokens are 86,400 steps of a million; of 10 s each they take ten days, and of 8 GPUs 1,920 hours.
        let (_, rows) = try rows(Self.text, [10, 6, 4, 3, 2])
        #expect(rows[0].days == 10)
        #expect(rows[0].gpuHours == 1920)
        #expect(rows[0].cost == 1920)
    }

    @Test func theFrontHoldsWhatNothingBeats() throws {
        // GPU-seconds a step: 80, 96, 128, 320, 256: the fourth is beaten by the fifth in both.
        let (study, rows) = try rows(Self.text, [10, 6, 4, 5, 2])
        let job = try #require(SweepAnswers(study, rows).jobs.first)
        #expect(job.front == [4, 2, 1, 0])
        let beaten = rows.indices.filter { one in
            rows.contains { ($0.days ?? 0) <= (rows[one].days ?? 0) && ($0.cost ?? 0) < (rows[one].cost ?? 0) }
        }
        #expect(Set(job.front).isDisjoint(with: beaten))
        #expect(Set(job.front).union(beaten) == Set(rows.indices))
    }

    @Test func deadlineAndBudgetChoose() throws {
        let (study, rows) = try rows(Self.text + "deadline: 5d\nbudget: 3000\n", [10, 6, 4, 3, 2])
        let job = try #require(SweepAnswers(study, rows).jobs.first)
        // In days 10, 6, 4, 3, 2; in money 1,920, 2,304, 3,072, 4,608, 6,144.
        #expect(job.cheapest == 2)
        #expect(job.fastest == 1)
        #expect(job.both == nil)
        let (loose, same) = try self.rows(Self.text + "deadline: 5d\nbudget: 5000\n", [10, 6, 4, 3, 2])
        #expect(SweepAnswers(loose, same).jobs.first?.both == 2)
    }

    @Test func withoutPricesHoursAreCompared() throws {
        let (study, rows) = try rows(Self.text, [10, 6, 4, 3, 2], price: nil)
        let job = try #require(SweepAnswers(study, rows).jobs.first)
        #expect(!job.isInMoney)
        #expect(job.front == [4, 3, 2, 1, 0])
    }

    @Test func scalingIsOverTheSmallestThatFits() throws {
        let (study, rows) = try rows(Self.text, [nil, 10, 6, 4, 2])
        let answers = SweepAnswers(study, rows)
        #expect(answers.rows.map(\.scaling).map { $0.map { ($0 * 1000).rounded() } } == [nil, 1000, 833, 625, 625])
        #expect(answers.rows[0].reason == "does not fit")
        let layouts = try #require(answers.series.first).layouts
        #expect(layouts.map(\.layout) == [nil, "TP8", "TP4"])
        #expect(layouts.map(\.gpus) == [8...8, 16...32, 64...128])
    }
}
