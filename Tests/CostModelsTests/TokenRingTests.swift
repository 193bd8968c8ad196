import Hardware
import Parallelism
import TestInputs
import Testing

@testable import CostModels

/// TokenRing against its own traces and code (ACA-Lab-SJTU/token-ring@3fb15e49): four A10 on PCIe, LLaMA-2-7B attention at 24,000 tokens, balanced.
@Suite struct TokenRingTests {
    private typealias Cases = ContextParallelTests

    /// Keys and values of 98.3 MB a rank took 7.6 ms; a rank that sends queries and outputs at once reaches 10.85 of these 12.9 GB/s each way, since
    /// its pairs lie behind different PCIe bridges (PXB).
    private let links = ContextParallelTests.exchange(gigabytesPerSecond: 98.304 / 7.6, duplexShare: 10.85 / 12.93)

    /// Attention of a rank: 24,000 tokens, 32 heads of 128, half the square over four ranks at 83 TFLOP/s.
    private func work(_ kind: ContextParallelKind) -> ContextWork {
        let (s, heads, width) = (24_000.0, 32.0, 128.0)
        return ContextWork(
            kind: kind, context: 4, keyValueBytes: 4 * s * heads * width, queryBytes: 2 * s * heads * width,
            outputBytes: 2 * s * heads * width, statisticsBytes: 4 * s * heads, forward: 4 * s * s * heads * width / 2 / 4 / 83e12)
    }

    @Test func ringStepsTakeAsLongAsTheirTransfers() {
        let steps = links.steps(work(.ring), .forward)
        #expect(abs(links.duration(steps[0]) / 7.6e-3 - 1) < 0.03)
        let whole = steps.reduce(0) { $0 + $1.count * links.duration($1) }
        #expect(abs(whole / 27.6e-3 - 1) < 0.1)
    }

    @Test func stepsTakeWhatTheTraceShows() {
        let steps = links.steps(work(.tokenRing), .forward)
        let published = [3.5e-3, 3.5e-3, 4.6e-3]
        for (step, seconds) in zip(steps, published) { #expect(abs(links.duration(step) / seconds - 1) < 0.1) }
        // The rank of the trace is one of those to which half of the last outputs come home.
        var last = steps[3]
        last.exchange.seconds *= TokenRingSteps.lastShare(rank: 1, context: 4)
        let whole = steps.prefix(3).reduce(links.duration(last)) { $0 + links.duration($1) }
        #expect(abs(whole / 16.9e-3 - 1) < 0.1, "\(whole)")
        #expect(TokenRingSteps.lastShare(rank: 3, context: 4) == 1)
    }

    @Test func outputsGoHomeOneByOne() {
        let steps = links.steps(work(.tokenRing), .forward)
        #expect(steps.map { $0.clockwise.bytes > 0 } == [true, true, true, false])
        #expect(steps.map { $0.counterclockwise.bytes > 0 } == [false, false, true, true])
        #expect(steps.map { $0.exchange.bytes > 0 } == [false, false, false, true])
        // Over two ranks nothing goes home before the end.
        var pair = work(.tokenRing)
        pair.context = 2
        #expect(links.steps(pair, .forward).allSatisfy { $0.counterclockwise.bytes == 0 })
    }

    /// On its busier direction a step moves half of a ring's where every query head has keys of its own, and several times as much where it has not.
    @Test func groupedQueriesMakeItLose() {
        let exchange = Cases.exchange(gigabytesPerSecond: 10)
        func forward(_ kind: ContextParallelKind, _ groups: Double) -> Double {
            exchange.seconds(Cases.work(kind, groups: groups, attention: 1e-4), .forward).visible
        }
        #expect(forward(.tokenRing, 1) < forward(.ring, 1))
        for groups in [4.0, 8, 16] { #expect(forward(.tokenRing, groups) > forward(.ring, groups)) }
    }
}
