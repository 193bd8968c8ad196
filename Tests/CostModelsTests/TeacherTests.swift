import Parallelism
import Quantities
import Schedules
import TestInputs
import Testing
import Workload

@testable import CostModels

/// Distillation: a frozen teacher's forward pass, weights and logits beside the student's step.
@Suite("A teacher beside the student")
struct TeacherTests {
    static let loss = DistillationLoss(logitBytes: 36, forwardBytes: 112, backwardBytes: 54)

    private func inputs(_ teacher: TransformerModel?, student: TransformerModel = Fixtures.tiny) -> CostInputs {
        var inputs = Fixtures.inputs(student, nodes: 1, batch: 32, sequence: 2048)
        inputs.stack.distillation = Self.loss
        if let teacher { inputs.job.method = TrainingMethod(.distil, teacher: teacher) }
        return inputs
    }
    private var shape: LayerShape {
        LayerShape(tensor: 1, context: 1, contextKind: .ring, expert: 1, expertTensor: 1, microBatch: 1, sequenceParallel: false)
    }
    private func deeper(_ factor: Int) -> TransformerModel {
        var model = Fixtures.tiny
        model.layers *= factor
        return model
    }

    /// A teacher as large as the student runs its forward pass once more, and three times as many layers three times.
    @Test(arguments: [1, 3]) func `a teacher's layers run beside the student's`(factor: Int) {
        let alone = LayerTimes(LayerCostModel(inputs(nil)).cost(0, shape, recomputing: [], overlapsExperts: false))
        let both = LayerTimes(LayerCostModel(inputs(deeper(factor))).cost(0, shape, recomputing: [], overlapsExperts: false))
        #expect(abs(both.teacher / (Double(factor) * alone.forward) - 1) < 1e-12)
        #expect(both.backward == alone.backward && both.weightGradient == alone.weightGradient)
        #expect(abs(both.repeated / alone.forward - 1) < 1e-12)
    }

    /// Two bytes a weight of the teacher's layers, whole on every data-parallel rank, and divided by tensor parallelism.
    @Test func `its weights are held in 16 bits`() {
        let student = LayerMemoryModel(inputs(nil)).memory(shape, recomputing: [])[0]
        let memory = LayerMemoryModel(inputs(deeper(2))).memory(shape, recomputing: [])[0]
        #expect(abs(memory.teacher - 2 * 2 * student.denseParameters) < 1e-6)
        #expect(memory.denseParameters == student.denseParameters && memory.saved == student.saved)
        let ends = LayerCostModel(inputs(deeper(2))).endParameters(tensor: 1)
        #expect(ends.teacherEmbedding == 2 * ends.embedding && ends.teacherHead == 2 * ends.head)
    }

    /// Of a whole plan: memory grows by the teacher's weights and by what its loss keeps of logits; full recomputation runs the student alone again.
    @Test func `a plan holds the teacher and its logits`() throws {
        var simulator = PipelineSimulator()
        var s = ParallelStrategy()
        (s.data, s.microBatch, s.microBatches) = (8, 1, 4)
        let (plain, taught) = (StepModel(inputs(nil)), StepModel(inputs(Fixtures.tiny)))
        let before = try plain.estimate(s, simulator: &simulator)
        let after = try taught.estimate(s, simulator: &simulator)
        let weights = 2 * Double(Fixtures.tiny.parameters.total)
        let states = after.memoryParts.states - before.memoryParts.states
        #expect(abs(states / weights - 1) < 0.01, "\(states) for \(weights)")
        let logits = 2048 * LayerCostModel.paddedVocabulary(Fixtures.tiny.vocabulary, tensor: 1)
        let kept = plain.inputs.stack.memory.logitBytes
        let (usual, distilled) = (
            plain.memoryTerms(s, headParameters: 0).loss, taught.memoryTerms(s, headParameters: 0).loss
        )
        #expect(abs((distilled - usual) - (36 - kept) * logits) < 1)
        s.recompute = .full
        s.recomputeLayers = Fixtures.tiny.layers
        let again = try taught.estimate(s, simulator: &simulator), once = try plain.estimate(s, simulator: &simulator)
        let repeated = (again.breakdown[.recompute], once.breakdown[.recompute])
        #expect(abs(repeated.0 / repeated.1 - 1) < 1e-9)
    }

    /// 6 operations a weight and token for the student, 2 for the teacher.
    @Test func `its arithmetic is a forward pass`() {
        let model = Fixtures.tiny
        let alone = model.trainingFLOPs(sequenceLength: 2048, method: .pretrain).count
        let both = model.trainingFLOPs(sequenceLength: 2048, method: TrainingMethod(.distil, teacher: model)).count
        #expect(abs(both / alone - 4.0 / 3) < 1e-12)
        #expect(model.trainedParameters(TrainingMethod(.distil, teacher: model)) == model.parameters.total)
    }

    /// A teacher shares the vocabulary, and its layers the stages of a pipeline without interleaving.
    @Test func `what a teacher rules out`() throws {
        var other = Fixtures.tiny
        other.vocabulary += 128
        #expect(throws: MethodProblem.self) { try TrainingMethod(.distil, teacher: other).check(Fixtures.tiny) }
        #expect(throws: Never.self) { try TrainingMethod(.distil, teacher: Fixtures.tiny).check(Fixtures.tiny) }
        var odd = Fixtures.tiny
        odd.layers += 1
        let job = inputs(odd).job
        let legality = Legality(model: Fixtures.tiny, job: job)
        var s = ParallelStrategy()
        #expect(legality.pipelineViolation(of: s) == nil)
        s.pipeline = 2
        #expect(legality.pipelineViolation(of: s) == .teacherPipeline)
        let even = Legality(model: Fixtures.tiny, job: inputs(Fixtures.tiny).job)
        #expect(even.pipelineViolation(of: s) == nil)
        s.virtualStages = 2
        #expect(even.pipelineViolation(of: s) != nil)
        var narrow = Fixtures.tiny
        narrow.attention?.heads = 3
        narrow.attention?.keyValueHeads = 3
        let uneven = Legality(model: Fixtures.tiny, job: inputs(narrow).job)
        s = ParallelStrategy()
        s.tensor = 2
        #expect(uneven.shapeViolation(of: s) == .teacherShape)
        #expect(uneven.describe(.teacherShape, in: s).problem.contains("3 attention heads"))
    }
}
