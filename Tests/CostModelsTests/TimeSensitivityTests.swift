import Foundation
import Hardware
import Parallelism
import TestInputs
import Testing

@testable import CostModels

/// How far step times may be off, each and between each other.
@Suite struct TimeSensitivityTests {
    /// On a GPU and a stack that were fitted, so that no question is open but those of a test.
    private let inputs = fitted(nodes: 1)
    private static func fitted(nodes: Int) -> CostInputs {
        var inputs = Fixtures.inputs(Fixtures.tiny, nodes: nodes, batch: 32, sequence: 2048)
        inputs.stack.name = "megatron-core"
        inputs.cluster.groups[0].gpu.name = "h100-80gb-sxm"
        return inputs
    }
    private func strategy(tensor: Int, data: Int) -> ParallelStrategy {
        var s = ParallelStrategy()
        (s.tensor, s.data, s.microBatch) = (tensor, data, 1)
        s.microBatches = 32 / data
        return s
    }
    private let nothing = FittedUncertainty(factor: [], spreads: [:])

    /// A factor that leaves one constant open, with a deviation of 10 %.
    private func open(_ key: String) throws -> FittedUncertainty {
        let place = try #require(TrainingConstant.all.firstIndex { $0.key == key })
        let factor = TrainingConstant.all.indices.map { row in (0...row).map { $0 == row && row == place ? 0.1 : 0 } }
        return FittedUncertainty(factor: factor, spreads: [FittedUncertainty.Stratum(inputs): .init(common: 0.03, own: 0.04)])
    }

    @Test func `a stack that was never measured is as wide as such are`() {
        let one = TimeSensitivity(nothing, inputs, [strategy(tensor: 1, data: 8)])
        #expect(one.spread == FittedUncertainty.unmeasured)
    }

    @Test func `a constant that no plan depends on moves none`() throws {
        // Ring attention without context parallelism.
        let one = TimeSensitivity(try open("visibleRingShare"), inputs, [strategy(tensor: 1, data: 8)])
        #expect(abs(one.deviation(0) - 0.05) < 1e-12)
    }

    @Test func `a constant counts as it moves the time`() throws {
        let strategies = [strategy(tensor: 1, data: 8), strategy(tensor: 2, data: 4)]
        let both = TimeSensitivity(try open("activationPasses"), inputs, strategies)
        // By hand: the bound with the constant 2 % larger, in logarithms over that step, a tenth of it for each deviation.
        func slope(_ s: ParallelStrategy) throws -> Double {
            func bound(_ inputs: CostInputs) throws -> Double {
                let model = StepModel(inputs)
                return model.timeBound(s, model.table(for: s), try #require(model.stages(for: s)))
            }
            var moved = inputs
            moved.constants.activationPasses *= exp(0.02)
            return log(try bound(moved) / bound(inputs)) / 0.02
        }
        let slopes = try strategies.map(slope)
        #expect(slopes[0] > 0.001)
        #expect(abs(both.deviation(0) - (0.01 * slopes[0] * slopes[0] + 0.0025).squareRoot()) < 1e-9)
        let difference = 0.1 * (slopes[0] - slopes[1])
        #expect(abs(both.deviation(between: 0, 1) - (difference * difference + 2 * 0.0016).squareRoot()) < 1e-9)
        #expect(both.deviation(between: 1, 1) == 0)
    }

    @Test func `links that nobody measured widen what depends on them`() {
        let two = Self.fitted(nodes: 2)
        var s = strategy(tensor: 1, data: 16)
        s.microBatches = 2
        let unknown = TimeSensitivity(nothing, two, [s])
        #expect(unknown.causes[0][unknown.links] != 0)
        let inside = TimeSensitivity(nothing, inputs, [strategy(tensor: 1, data: 8)])
        #expect(inside.causes[0][inside.links] == 0)
    }
}
