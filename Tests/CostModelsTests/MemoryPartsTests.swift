import CostModels
import Testing

@Suite struct MemoryPartsTests {
    /// 12 GB of weights and moments, 4 GB of gradients, and so much of the rest.
    private func parts(activations: Double, awaited: Double, update: Double) -> StepModel.MemoryParts {
        var parts = StepModel.MemoryParts()
        (parts.states, parts.activations, parts.transient, parts.buffers) = (16, activations, 1, 2)
        (parts.awaited, parts.late, parts.update) = (awaited, 3, update)
        return parts
    }

    @Test func `gradients that are always there add to all activations`() {
        let parts = parts(activations: 10, awaited: 0, update: 0)
        #expect(parts.bytes(factor: 1.5) == 16 + 1.5 * 13)
        #expect(parts.atFullestMoment(factor: 1.5) == parts)
    }

    @Test func `awaited gradients are not there while all activations are`() {
        let many = parts(activations: 10, awaited: 4, update: 4)
        #expect(many.bytes(factor: 1) == 12 + 13)
        #expect(many.atFullestMoment(factor: 1).states == 12)
        #expect(many.atFullestMoment(factor: 1).dynamic == 13)
    }

    @Test func `with few activations the end of the backward pass counts`() {
        let few = parts(activations: 1, awaited: 4, update: 0)
        #expect(few.bytes(factor: 1) == 16 + 3)
        #expect(few.atFullestMoment(factor: 1).activations == 0)
        #expect(few.atFullestMoment(factor: 1).states + few.atFullestMoment(factor: 1).dynamic == 19)
    }

    @Test func `an update that makes more than that counts instead`() {
        let few = parts(activations: 1, awaited: 4, update: 8)
        #expect(few.bytes(factor: 1) == 24)
        let moment = few.atFullestMoment(factor: 1)
        #expect((moment.states, moment.activations, moment.transient, moment.buffers) == (16, 0, 8, 0))
    }
}
