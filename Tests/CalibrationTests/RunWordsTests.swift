import Schedules
import Testing

@testable import Calibration

@Suite("Words of runs")
struct RunWordsTests {
    @Test(
        arguments: [
            ("full", .full(layers: nil)), ("Full", .full(layers: nil)), ("FULL", .full(layers: nil)), ("full (3 layers)", .full(layers: 3)),
            ("full(5 layers)", .full(layers: 5)), ("full uniform", .full(layers: nil)), ("full, uniform 1", .full(layers: nil)),
            ("full/block 4", .full(layers: 4)), ("selective", .selective), ("Selective op", .selective), ("none", .none), ("No", .none),
        ] as [(String, RunWords.Recomputation)])
    func `what is recomputed is read whatever its case and spaces`(text: String, expected: RunWords.Recomputation) throws {
        #expect(try RunWords.recomputation(text) == expected)
    }

    @Test(arguments: ["block", "yes", "1", "partial", "half", "selective(2)", "full of gaps"])
    func `recomputation that is not understood is no recomputation of nothing`(text: String) {
        #expect(throws: RunSkip.self) { try RunWords.recomputation(text) }
    }

    @Test(
        arguments: [
            ("1F1B", .oneForwardOneBackward), ("interleaved-1f1b", .interleaved), ("Interleaved 1F1B", .interleaved),
            ("interleaved (vpp 4)", .interleaved), ("GPipe", .gpipe), ("ZBVZeroBubble", .zbV), ("DualPipeV", .dualPipeV),
            ("InterleavedZeroBubble", .interleavedZeroBubble), ("zb-h1", .zbH1), ("none(pp1)", nil), ("", nil),
        ] as [(String, PipelineSchedule?)])
    func `schedules are read by every name they go by`(text: String, expected: PipelineSchedule?) throws {
        #expect(try RunWords.schedule(text) == expected)
    }

    @Test(arguments: PipelineSchedule.allCases)
    func `every schedule is known by its own name`(schedule: PipelineSchedule) throws {
        #expect(try RunWords.schedule(schedule.rawValue) == schedule)
        #expect(try RunWords.schedule(schedule.rawValue.uppercased().replacing("-", with: " ")) == schedule)
    }

    @Test func `a schedule that nobody knows is not 1F1B`() {
        #expect(throws: RunSkip.self) { try RunWords.schedule("foo") }
    }
}
