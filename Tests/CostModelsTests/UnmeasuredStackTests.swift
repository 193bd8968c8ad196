import Hardware
import Parallelism
import Quantities
import Testing

@testable import CostModels

/// What a stack without runs is taken to cost.
struct UnmeasuredStackTests {
    private func costs(visible: Double, host: Double, overlap: Double) -> StackConstants {
        StackConstants(
            visibleTensorShare: visible, hostLayerTime: Seconds(host), normPasses: 5, lossPasses: 4, attentionFactor: 1,
            dataParallelOverlap: overlap, dataParallelEfficiency: 0.8, scattersTransfers: overlap > 0.3, blockingTransferShare: 0.3,
            shardSlowdown: 0.1)
    }

    @Test func `halfway in logarithms to the median`() {
        let relative = costs(visible: 0.25, host: 1e-4, overlap: 0)
        let others = [
            costs(visible: 0.1, host: 4e-4, overlap: 0.2), costs(visible: 1, host: 9e-4, overlap: 0.4),
            costs(visible: 7, host: 1e-4, overlap: 0.4),
        ]
        let own = relative.unmeasured(among: others)
        #expect(abs(own.visibleTensorShare - 0.5) < 1e-15)  // √(0.25 · 1)
        #expect(abs(own.hostLayerSeconds - 2e-4) < 1e-18)  // √(1e-4 · 4e-4)
        #expect(abs(own.dataParallelOverlap - 0.2) < 1e-15)  // nothing and 0.4
        #expect(!own.scattersTransfers && abs(own.normPasses - 5) < 1e-14)
        #expect(relative.unmeasured(among: []) == relative)
    }

    @Test func `an even number of measured stacks has the mean of the middle two`() {
        let own = costs(visible: 1, host: 1e-4, overlap: 0.1).unmeasured(among: [
            costs(visible: 1, host: 1e-4, overlap: 0.1), costs(visible: 7, host: 1e-4, overlap: 0.1),
        ])
        #expect(abs(own.visibleTensorShare - 2) < 1e-15)  // √(1 · 4)
    }

    @Test func `every constant of a stack that runs decide is moved`() {
        #expect(TrainingConstant.stackPaths.count == 9)
        let moved = costs(visible: 1, host: 1, overlap: 1).unmeasured(among: [costs(visible: 4, host: 4, overlap: 4)])
        #expect(moved.visibleTensorShare == 2 && moved.hostLayerSeconds == 2 && moved.dataParallelOverlap == 2 && moved.timeFactor == 1)
    }
}
