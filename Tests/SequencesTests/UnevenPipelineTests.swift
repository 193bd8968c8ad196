import Quantities
import Testing

@testable import Sequences

@Suite struct UnevenPipelineTests {
    /// Equal micro-batches take m + p − 1 times one of them.
    @Test(arguments: [1, 2, 4, 7], [1, 3, 8, 20]) func equalMicroBatchesAreTheClosedForm(p: Int, m: Int) {
        var pipeline = UnevenPipeline()
        let end = pipeline.makespan(Array(repeating: 3, count: m), stages: p)
        #expect(abs(end - 3 * Double(m + p - 1)) < 1e-9)
    }

    /// Never below the sum, or a micro-batch through all stages; never above as many of the longest.
    @Test func liesBetweenItsBounds() {
        var pipeline = UnevenPipeline()
        var random = SeededRandom(seed: 3)
        for _ in 0..<200 {
            let times = (0..<1 + random.below(12)).map { _ in 0.1 + random.unit() }
            let p = 1 + random.below(6)
            let end = pipeline.makespan(times, stages: p)
            let (sum, longest) = (times.reduce(0, +), times.max() ?? 0)
            #expect(end >= max(sum, longest * Double(p)) - 1e-9)
            #expect(end <= longest * Double(times.count + p - 1) + 1e-9)
        }
    }

    /// Two stages, a long micro-batch before a short one, by hand: forwards 1 and 0.5, backwards 2 and 1.
    @Test func twoStagesByHand() {
        var pipeline = UnevenPipeline()
        // Stage 0: F 0–1, F 1–1.5, B waits for stage 1: F 1–2, B 2–4; B 4–6, then stage 1: F 4–4.5, B 4.5–5.5, so B 6–7.
        #expect(abs(pipeline.makespan([3, 1.5], stages: 2) - 7) < 1e-12)
        #expect(pipeline.makespan([], stages: 4) == 0)
    }
}
