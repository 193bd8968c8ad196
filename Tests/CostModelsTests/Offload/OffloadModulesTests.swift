import Hardware
import Parallelism
import Quantities
import Schedules
import TestInputs
import Testing
import Workload

@testable import CostModels

/// Inputs of modules that leave the GPU one by one, in pipelines too.
@Suite("Modules beside the GPU")
struct OffloadModulesTests {
    private var shape: LayerShape {
        LayerShape(tensor: 1, context: 1, contextKind: .ring, expert: 1, expertTensor: 1, microBatch: 1, sequenceParallel: false)
    }
    private func layer(_ model: TransformerModel, recomputing modules: RecomputeModules = []) -> LayerMemory {
        LayerMemoryModel(Fixtures.inputs(model, nodes: 1, batch: 32, sequence: 2048)).memory(shape, recomputing: modules).last ?? .init()
    }
    private func moved(_ modules: OffloadModules, _ layer: LayerMemory) -> Double {
        var s = ParallelStrategy()
        s.offload.modules = modules
        return ReleasedLayers(s, nil).movedBytes(layer)
    }

    /// tiny: h 2,048, 16 heads and 8 key/value heads of 128; two bytes an element of 2,048 tokens (Megatron-Core, the inputs of each module).
    @Test func `each module moves its input`() {
        let dense = layer(Fixtures.tiny)
        let token = 2048.0 * 2
        #expect(moved(.attentionNorm, dense) == token * 2048)
        #expect(moved(.queryKeyValue, dense) == token * 2048)
        #expect(moved(.coreAttention, dense) == token * (2048 + 2 * 1024))
        #expect(moved(.attentionProjection, dense) == token * 2048)
        #expect(moved(.feedForwardNorm, dense) == token * 2048)
        #expect(moved([.expertUp, .expertActivation], dense) == 0)
        #expect(moved([.attentionNorm, .coreAttention], dense) == token * (2048 + 4096))
        // mixture: four experts of 32 a token, gate and up of 1,408.
        let mixture = layer(Fixtures.mixture)
        #expect(moved(.expertUp, mixture) == token * 4 * 2048)
        #expect(moved(.expertActivation, mixture) == token * 4 * 2 * 1408)
    }

    /// What is computed again does not move, and nothing that does not leave stays twice.
    @Test func `keep, recompute or offload`() {
        let (kept, dropped) = (layer(Fixtures.tiny), layer(Fixtures.tiny, recomputing: .norms))
        #expect(moved(.queryKeyValue, kept) > 0 && moved(.queryKeyValue, dropped) == 0)
        #expect(moved(.attentionNorm, dropped) == moved(.attentionNorm, kept))
        let all = OffloadModules(OffloadModules.named.map(\.module))
        #expect(all.left(recomputing: .norms) == all.subtracting(.queryKeyValue))
        #expect(all.left(recomputing: .latentUpProjection) == all.subtracting([.coreAttention, .attentionProjection]))
        #expect(moved(all, kept) < kept.savedSelective)
        #expect(kept.leastWithModulesMoved == kept.savedSelective - moved(all, kept))
    }

    /// Tensors of less than 1,048,576 elements stay (`min_offloaded_tensor_size`).
    @Test func `small tensors stay`() {
        let inputs = Fixtures.inputs(Fixtures.tiny, nodes: 1, batch: 32, sequence: 256)
        let small = LayerMemoryModel(inputs).memory(shape, recomputing: [])[0]
        #expect(moved(.attentionNorm, small) == 0)
    }

    private func stalls(_ moved: Double, rate: Double, both: Double, isPipelined: Bool) -> (forward: Double, backward: Double) {
        var times = LayerTimes()
        (times.forward, times.backward) = (1, 2)
        var memory = LayerMemory()
        memory.savedSelective = moved
        var copies = ReleasedLayers.Copies(ReleasedLayers(moved: .activations, rate: rate, both: both, isPipelined: isPipelined))
        copies.add(10, released: 10, times, memory)
        return copies.stalls
    }

    /// Ten layers of 1 and 2 s. Alone, copies of 12 s hide under 9 of the forward pass. In a pipeline they go on beside the backward pass of another
    /// micro-batch, and the link has to carry both directions within the 30 s of both passes.
    @Test func `a pipeline's other micro-batches hide copies`() {
        let alone = stalls(1.2, rate: 1, both: .infinity, isPipelined: false)
        #expect(abs(alone.forward - 3) < 1e-12 && alone.backward == 0)
        let pipelined = stalls(1.2, rate: 1, both: 2, isPipelined: true)
        #expect(pipelined.forward == 0 && pipelined.backward == 0)
        // 40 s each way do not: what comes has 18 s of the backward pass, and what leaves goes while that waits.
        let slow = stalls(4, rate: 1, both: 2, isPipelined: true)
        #expect(abs(slow.backward - 22) < 1e-12)
        #expect(slow.forward == 0)
        // A link that bears no more both ways than one way shows what is left of 80 s.
        let narrow = stalls(4, rate: 1, both: 1, isPipelined: true)
        #expect(abs(narrow.forward + narrow.backward - 50) < 1e-12)
    }

    /// Where GPUs reach each other over PCI Express alone, collectives hold the link for 0.4 of each second that a layer takes.
    @Test func `collectives over the same link leave less time`() {
        var times = LayerTimes()
        (times.forward, times.backward, times.forwardLink, times.backwardLink) = (1, 2, 0.4, 0.8)
        var memory = LayerMemory()
        memory.savedSelective = 1
        var copies = ReleasedLayers.Copies(ReleasedLayers(moved: .activations, rate: 1))
        copies.add(10, released: 10, times, memory)
        #expect(abs(copies.stalls.forward - (10 - 0.9 * 6)) < 1e-12 && copies.stalls.backward == 0)
        let box = Fixtures.inputs(Fixtures.tiny, nodes: 1, batch: 32, sequence: 2048)
        var shape = shape
        shape.tensor = 2
        let joined = LayerCostModel(box).times(shape, recomputing: [], overlapsExperts: false)[0]
        #expect(joined.forwardLink == 0)
        var plain = box
        plain.cluster.groups[0].fabric.kind = .pcie
        let priced = LayerCostModel(plain)
        let shared = priced.times(shape, recomputing: [], overlapsExperts: false)[0]
        let collectives = priced.cost(0, shape, recomputing: [], overlapsExperts: false).forward.tensorCommunication
        #expect(collectives > 0 && shared.forwardLink == collectives)
    }

    /// A plan's activations fall by what moves of all micro-batches in flight but for that of the layer made last, since copies hide, and the host holds it.
    @Test func `a pipeline's memory moves`() throws {
        var inputs = Fixtures.inputs(Fixtures.tiny, nodes: 1, batch: 32, sequence: 2048)
        inputs.stack.launches.offload = OffloadSupport(
            parts: [.modules], method: .hybridDevice, takesShares: true, updateRate: 1e9, updatesTogether: false)
        inputs.cluster.groups[0].host.memory = .gibibytes(2000)
        inputs.cluster.groups[0].host.link = .init(
            toDevice: .gigabytesPerSecond(500), fromDevice: .gigabytesPerSecond(500), both: .gigabytesPerSecond(800))
        let model = StepModel(inputs)
        var simulator = PipelineSimulator()
        var s = ParallelStrategy()
        (s.pipeline, s.data, s.microBatch, s.microBatches, s.schedule) = (2, 4, 1, 8, .oneForwardOneBackward)
        let kept = try model.estimate(s, simulator: &simulator)
        s.offload.modules = [.coreAttention, .attentionProjection]
        let freed = try model.estimate(s, simulator: &simulator)
        let layer = 2048.0 * 2 * (2048 + 2 * 1024 + 2048)
        // The first stage holds two micro-batches of five layers.
        let saved = kept.memoryParts.activations - freed.memoryParts.activations
        #expect(abs(saved / ((2 * 5 - 1) * layer) - 1) < 1e-6)
        #expect(abs(freed.hostMemory / (2 * 5 * layer) - 1) < 1e-6)
        #expect(freed.stepTime >= kept.stepTime)
    }
}
