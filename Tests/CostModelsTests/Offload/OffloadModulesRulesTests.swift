import Parallelism
import TestInputs
import Testing
import Workload

/// What may move of a layer's modules, and how it is written.
@Suite struct OffloadModulesRulesTests {
    private func rule(
        _ modules: OffloadModules, _ model: TransformerModel = Fixtures.tiny, _ adjust: (inout ParallelStrategy) -> Void = { _ in }
    )
        -> LegalityRule?
    {
        var s = ParallelStrategy()
        s.offload.modules = modules
        adjust(&s)
        return Legality(model: model, job: TrainingJob(globalBatch: 8, sequenceLength: 2048)).choiceViolation(of: s)
    }

    /// Megatron-Core, `TransformerConfig.__post_init__`, and what a model has.
    @Test func `modules that cannot move are refused`() {
        #expect(rule([.coreAttention, .attentionProjection]) == nil)
        #expect(rule(.attentionProjection) == .offloadModules)
        #expect(rule(.expertUp) == .offloadModules)
        #expect(rule([.expertUp, .expertActivation], Fixtures.mixture) == nil)
        #expect(rule(.coreAttention) { ($0.recompute, $0.recomputeLayers) = (.full, 10) } == .offloadModules)
        #expect(rule(.coreAttention) { $0.offload.layers = 2 } == .offloadModules)
        #expect(rule(.queryKeyValue) { ($0.recompute, $0.recomputeModules) = (.selective, .norms) } == .offloadModules)
        #expect(rule(.attentionNorm) { ($0.recompute, $0.recomputeModules) = (.selective, .norms) } == nil)
    }

    /// A pipeline moves modules where it moves no whole layers.
    @Test func `modules move in pipelines`() {
        var s = ParallelStrategy()
        (s.pipeline, s.offload.modules) = (2, .coreAttention)
        var stack = Fixtures.stack
        stack.launches.offload = OffloadSupport(
            parts: [.activations, .modules], method: .hybridDevice, takesShares: true, updateRate: 1e9, updatesTogether: false)
        let legality = Legality(model: Fixtures.tiny, job: TrainingJob(globalBatch: 8, sequenceLength: 2048), stack: stack)
        #expect(legality.stackOffloadViolation(of: s) == nil)
        s.offload = Offload(layers: 2)
        #expect(legality.stackOffloadViolation(of: s) == .offloadLayers)
        stack.launches.offload?.parts = [.activations]
        s.offload = Offload(modules: .coreAttention)
        #expect(Legality(model: Fixtures.tiny, job: legality.job, stack: stack).stackOffloadViolation(of: s) == .stackOffload)
    }

    /// What is written is read back, and an unknown name is answered by the nearest.
    @Test func `modules as text`() {
        let offload = Offload(optimizerPercent: 50, modules: [.coreAttention, .attentionProjection])
        #expect(offload.text == "optimizer:50+modules:core_attn/attn_proj")
        #expect(Offload.parse(offload.text) == .success(offload))
        guard case .failure(let problem) = Offload.parse("modules:core_atn") else {
            Issue.record("an unknown module was taken")
            return
        }
        #expect(problem.description.contains("did you mean core_attn?"))
    }
}
