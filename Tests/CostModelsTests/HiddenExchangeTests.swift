import Parallelism
import Quantities
import Schedules
import TestInputs
import Testing
import Workload

@testable import CostModels

/// Ways of hiding exchanges in the prices of layers and in the lanes of a step.
@Suite struct HiddenExchangeTests {
    private static let tensor = LayerShape(
        tensor: 4, context: 1, contextKind: .ring, expert: 1, expertTensor: 1, microBatch: 2, sequenceParallel: true)
    private static let expert = LayerShape(
        tensor: 1, context: 1, contextKind: .ring, expert: 16, expertTensor: 1, microBatch: 1, sequenceParallel: false)

    private func cost(
        _ technique: OverlapTechnique?, of whole: TransformerModel = Fixtures.tiny, own: [OverlapTechnique] = [.none],
        residual: TransformerModel.Residual = .standard
    ) -> LayerCost {
        var model = whole
        model.residual = residual
        var inputs = Fixtures.inputs(model, nodes: 1, batch: 8, sequence: 2048)
        inputs.stack.launches.tensorOverlap = own
        inputs.choices.tensorOverlap = technique
        return LayerCostModel(inputs).deviceCost(0, Self.tensor, recomputing: [], overlapsExperts: false)
    }

    @Test func `the stack's own way takes what was fitted`() {
        let fitted = cost(nil)
        #expect(cost(OverlapTechnique.none) == fitted)
        #expect(cost(.userBuffers, own: [.userBuffers]) == cost(nil, own: [.userBuffers]))
        // What was fitted of user buffers is theirs: without them more shows.
        let exposed = cost(OverlapTechnique.none, own: [.userBuffers])
        #expect(exposed.forward.tensorCommunication > 1.2 * fitted.forward.tensorCommunication)
    }

    @Test(arguments: [OverlapTechnique.userBuffers, .asynchronous, .fused]) func `other ways show less, and cost nothing else`(
        technique: OverlapTechnique
    ) {
        let (plain, hidden) = (cost(nil), cost(technique))
        #expect(hidden.forward.tensorCommunication < plain.forward.tensorCommunication)
        #expect(hidden.backward.tensorCommunication < plain.backward.tensorCommunication)
        #expect(hidden.forward.tensorCommunication > 0 && hidden.forward.matrixProducts == plain.forward.matrixProducts)
        #expect(hidden.backward.total - hidden.backward.tensorCommunication == plain.backward.total - plain.backward.tensorCommunication)
    }

    /// With 20/112 of contention and no other block to wait for, a collective shorter than the next block shows as much of itself, which it slows that by.
    @Test func `ladder residuals show what contention costs`() {
        let (plain, ladder) = (cost(nil, of: Fixtures.llama405B), cost(nil, of: Fixtures.llama405B, residual: .ladder))
        let shares = [
            ladder.forward.tensorCommunication / plain.forward.tensorCommunication,
            ladder.backward.tensorCommunication / plain.backward.tensorCommunication,
        ]
        for share in shares { #expect(share > 0.17 && share < 0.27, "\(share)") }
        #expect(ladder.forward.matrixProducts == plain.forward.matrixProducts)
    }

    /// Half batches cost 3 % of their products, which is more than they hide where collectives are short.
    @Test func `half batches are for collectives that are worth it`() {
        let (short, long) = (cost(.splitBatch, of: Fixtures.llama405B), cost(nil, of: Fixtures.llama405B))
        #expect(short.forward.tensorCommunication > 0.26 * long.forward.tensorCommunication)
        #expect(short.forward.matrixProducts == long.forward.matrixProducts)
    }

    @Test func `shared experts and tiles hide tokens on their way`() {
        var model = Fixtures.mixture
        model.experts?.sharedWidth = 4 * 1408
        var inputs = Fixtures.inputs(model, nodes: 4, batch: 32, sequence: 2048)
        func cost(_ technique: ExpertOverlap?) -> LayerCost {
            inputs.choices.expertOverlap = technique
            return LayerCostModel(inputs).deviceCost(0, Self.expert, recomputing: [], overlapsExperts: false)
        }
        let plain = cost(nil)
        #expect(cost(ExpertOverlap.none) == plain)
        for technique in [ExpertOverlap.sharedExperts, .tiles] {
            let hidden = cost(technique)
            #expect(hidden.forward.expertCommunication < plain.forward.expertCommunication, "\(technique)")
            #expect(hidden.forward.experts == plain.forward.experts && hidden.backward.expertCommunication > 0)
        }
    }

    // MARK: Pictures

    private func lanes(_ inputs: CostInputs, _ s: ParallelStrategy) throws -> (lanes: StageLanes, times: StageTimes) {
        let model = StepModel(inputs)
        let input = try model.simulationInput(s)
        return (try #require(model.stageLanes(s, input.times, seconds: 1e-9)), input.times)
    }

    private func seconds(_ pieces: [StageLanes.Piece], _ kind: Timeline.Kind, of pass: Double) -> Double {
        pieces.filter { $0.kind == kind }.reduce(0) { $0 + ($1.end - $1.start) * pass }
    }

    /// Where every collective is waited for and all of it shows, the lanes of a pass hold as long as its price has.
    @Test func `collectives that are waited for are as long as they are priced`() throws {
        var inputs = Fixtures.inputs(Fixtures.tiny, nodes: 1, batch: 8, sequence: 2048)
        inputs.stack.costs.visibleTensorShare = 1
        // The host's time is no part of a collective.
        inputs.stack.costs.hostLayerTime = .microseconds(900)
        let s = ParallelStrategy(tensor: 4, pipeline: 2, data: 1, microBatch: 2, microBatches: 4, sequenceParallel: true)
        let (lanes, times) = try lanes(inputs, s)
        let table = StepModel(inputs).table(for: s)
        #expect(lanes.forward.count == 2 && lanes.backward.count == 2)
        let layers = Double(inputs.model.layers) / 2
        for stage in 0..<2 {
            let forward = seconds(lanes.forward[stage], .tensorExchange, of: times.forward[stage])
            #expect(abs(forward / (layers * table.costs[0].forward.tensorCommunication) - 1) < 0.02, "\(forward)")
            for piece in lanes.forward[stage] + lanes.backward[stage] { #expect(piece.start >= 0 && piece.end <= 1 + 1e-9) }
        }
    }

    @Test func `context ranks and tokens have lanes of their own`() throws {
        let inputs = Fixtures.inputs(Fixtures.mixture, nodes: 2, batch: 16, sequence: 4096)
        let s = ParallelStrategy(context: 2, contextKind: .ring, expert: 8, data: 8, microBatch: 1, microBatches: 2)
        let (lanes, times) = try lanes(inputs, s)
        let kinds = Set(lanes.forward[0].map(\.kind))
        #expect(kinds == [.contextExchange, .expertExchange])
        let table = StepModel(inputs).table(for: s)
        let tokens = seconds(lanes.forward[0], .expertExchange, of: times.forward[0])
        let priced = zip(table.costs, StepModel(inputs).layersByClass).reduce(0) { $0 + $1.0.forward.expertCommunication * $1.1 }
        #expect(abs(tokens / priced - 1) < 0.1, "\(tokens) \(priced)")
        // Drawn on each operation of the timeline, none before it or after it.
        var step = times
        step.lanes = lanes
        var simulator = PipelineSimulator()
        let timeline = try simulator.timeline(StepModel(inputs).order(of: s), step).timeline
        let exchange = timeline.spans.filter { $0.kind == .expertExchange || $0.kind == .contextExchange }
        #expect(!exchange.isEmpty)
        for span in exchange {
            let pass = timeline.spans[Int(span.waitsFor)]
            #expect(pass.kind.isCompute && !span.kind.isCompute && !span.isCritical)
            #expect(span.start >= pass.start - 1e-12 && span.end <= pass.end + 1e-9 && span.microBatch == pass.microBatch)
        }
    }

    @Test func `pieces closer than can be seen are one`() {
        let pieces: [StageLanes.Piece] = [
            .init(.tensorExchange, start: 0.5, end: 0.6), .init(.tensorExchange, start: 0.1, end: 0.2),
            .init(.expertExchange, start: 0.21, end: 0.3), .init(.tensorExchange, start: 0.205, end: 0.3),
            .init(.tensorExchange, start: 0.7, end: 0.7),
        ]
        let joined = StageLanes.joined(pieces, gap: 0.01)
        #expect(
            joined == [
                .init(.tensorExchange, start: 0.1, end: 0.3), .init(.tensorExchange, start: 0.5, end: 0.6),
                .init(.expertExchange, start: 0.21, end: 0.3),
            ])
    }
}
