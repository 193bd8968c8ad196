import Foundation
import Parallelism
import TestInputs
import Testing
import Workload

@testable import CostModels

/// Two lanes with contention, what techniques allow, and the speed-ups that were published.
@Suite struct LanesTests {
    /// Blocks of one product between an exchange that may be before and after it.
    private func blocks(_ count: Int, compute: Double, exchange: Double) -> [OverlapBlock] {
        Array(repeating: OverlapBlock("b", first: 0, middle: compute, last: 0, gather: 0, scatter: exchange), count: count)
    }

    private func seconds(_ technique: OverlapTechnique, _ blocks: [OverlapBlock], _ contention: LaneContention? = nil) -> Double {
        technique.lanes(blocks).makespan(contention ?? technique.contention) / Double(blocks.count)
    }

    @Test func `lanes slow each other down while both are busy`() {
        var lanes = Lanes()
        _ = lanes.add("compute", .compute, 10)
        _ = lanes.add("exchange", .exchange, 4)
        // The exchange takes 4·1.25 = 5, in which compute does 5/1.5 of its 10.
        #expect(abs(lanes.makespan(LaneContention(compute: 0.5, exchange: 0.25)) - (5 + 10 - 5 / 1.5)) < 1e-12)
        #expect(lanes.makespan(.none) == 10 && lanes.exposed(.none) == 0)
        // The same σ both ways is max + σ·min where the longer outlasts the other.
        #expect(abs(lanes.makespan(LaneContention(compute: 0.26, exchange: 0.26)) - (10 + 0.26 * 4)) < 1e-12)
    }

    @Test func `what needs another waits for it`() {
        var lanes = Lanes()
        let first = lanes.add("a", .compute, 3)
        let sent = lanes.add("s", .exchange, 2, after: [first])
        _ = lanes.add("b", .compute, 4, after: [sent])
        let spans = lanes.run(.none)
        #expect(spans.map(\.end) == [3, 5, 9] && lanes.exposed(.none) == 2)
        #expect(Lanes().makespan(.none) == 0)
        var odd = Lanes()
        _ = odd.add("n", .compute, .nan, after: [5])
        #expect(odd.makespan(.multiprocessors) == 0)
    }

    /// Limits that hold whatever the numbers.
    @Test(arguments: [(3.0, 1.0), (1.0, 3.0), (2.0, 2.0), (1.0, 0.0)]) func `every technique lies between its bound and waiting`(
        compute: Double, exchange: Double
    ) {
        let stack = Array(
            repeating: OverlapBlock(
                "b", first: compute / 3, middle: compute / 3, last: compute / 3, gather: exchange / 2, scatter: exchange / 2), count: 16)
        let plain = seconds(.none, stack)
        #expect(abs(plain - compute - exchange) < 1e-9)
        for technique in OverlapTechnique.allCases where technique != .none {
            let time = seconds(technique, stack, LaneContention.none)
            #expect(time <= (plain + (technique == .splitBatch ? OverlapTechnique.halfRowsLoss * compute : 0)) * (1 + 1e-9))
            #expect(time >= compute * (1 - 1e-9))
            if technique != .noExchange, technique != .parallelBlocks { #expect(time >= exchange * (1 - 1e-9)) }
        }
        #expect(abs(seconds(.noExchange, stack) - compute) < 1e-9)
        #expect(abs(seconds(.parallelBlocks, stack) - compute - exchange / 2) < 1e-9)
    }

    /// A 70B decodes on one node of H100 with one sequence (arXiv:2501.06589, table of inference on one node: prompt 1,024, generate 512).
    ///
    /// A block reads its share of 141.2 GB of weights at 0.9 of 3.35 TB/s and takes 19 µs more for its kernels; an all-reduce of 16 KiB takes what NCCL
    /// measured (7.2, 11.0, 16.6 µs on 2, 4, 8 H100: NVIDIA AIConfigurator) and 6.5 µs to start. Without peer access a ring over host memory takes 13.5
    /// and 3.6 µs a step. Those four numbers hold for all sizes and were chosen for these rows; contention was not.
    @Test(arguments: [
        (tp: 2, reduce: 7.2, ladder: 1.04, without: 1.09, bound: 1.08), (4, 11.0, 1.14, 1.25, 1.16), (8, 16.6, 1.31, 1.60, 1.43),
    ]) func `ladder residuals gain what was measured`(tp: Int, reduce: Double, ladder: Double, without: Double, bound: Double) {
        let compute = 141.2e9 / Double(tp) / 160 / (0.9 * 3.35e12) + 19e-6
        func gain(_ exchange: Double, _ technique: OverlapTechnique) -> Double {
            let stack = blocks(160, compute: compute, exchange: exchange)
            return seconds(.none, stack) / seconds(technique, stack)
        }
        let linked = (reduce + 6.5) * 1e-6
        #expect(abs(gain(linked, .noExchange) / bound - 1) < 0.06, "\(gain(linked, .noExchange))")
        #expect(abs(gain(linked, .ladder) / ladder - 1) < 0.06, "\(gain(linked, .ladder))")
        let hosted = (13.5 + 3.6 * Double(2 * (tp - 1))) * 1e-6
        #expect(abs(gain(hosted, .ladder) / without - 1) < 0.06, "\(gain(hosted, .ladder))")
    }

    /// The same without a number of ours but the contention: the paper's own bound says what share of a block its collective is.
    @Test(arguments: [(ladder: 1.04, bound: 1.08), (1.14, 1.16), (1.31, 1.43)]) func `ladder residuals follow from their own bounds`(
        ladder: Double, bound: Double
    ) {
        let stack = blocks(160, compute: 1, exchange: bound - 1)
        #expect(abs(seconds(.none, stack) / seconds(.ladder, stack) / ladder - 1) < 0.03)
        #expect(abs(seconds(.none, stack) / seconds(.noExchange, stack) / bound - 1) < 1e-9)
    }

    /// T3's five models on its simulated GPU (arXiv:2401.16677, tables 1 and 2): 80 units at 1.4 GHz, a ring of 150 GB/s, 500 ns a step. Products reach 0.8 of
    /// 115 TFLOP/s (1,024 operations a unit and cycle). Of a layer the products of output, second feed-forward, and backwards those of the first
    /// feed-forward and of the attention's input end in a reduce-scatter and a gather.
    @Test func `fused reduce-scatters gain what was simulated`() {
        let rate = 0.8 * 80 * 1.4e9 * 1024
        let models: [(hidden: Double, tokens: Double, tp: Double)] = [
            (3072, 16_384, 8), (3072, 16_384, 16), (4256, 8192, 8), (4256, 8192, 16), (12_288, 2048, 32), (18_432, 2048, 32),
            (20_480, 2048, 32),
        ]
        var (logs, most, steps, needs) = (0.0, 0.0, [Double](), [Double]())
        for model in models {
            let scatter = model.tokens * model.hidden * 2 * (model.tp - 1) / model.tp / 150e9 + (model.tp - 1) * 500e-9
            let unit = 2 * model.tokens * model.hidden * model.hidden / model.tp / rate
            var (plain, fused) = (0.0, 0.0)
            for width in [1.0, 4, 4, 3] {
                let block = OverlapBlock("b", first: 0, middle: 0, last: width * unit, gather: scatter, scatter: scatter)
                // What the product itself moves, of 1 TB/s.
                let inner = width * model.hidden / model.tp
                needs.append(2 * (model.tokens * inner + inner * model.hidden + 2 * model.tokens * model.hidden) / 1e12 / (width * unit))
                let (a, b) = (seconds(.none, [block]), seconds(.fused, [block]))
                logs += log(a / b)
                most = max(most, a / b)
                (plain, fused) = (plain + a, fused + b)
            }
            // Twelve widths of products thrice a step, a quarter more for everything else.
            let other = 36 * unit * 1.25 - 12 * unit
            steps.append((other + plain) / (other + fused))
        }
        // What arrives takes 150 GB/s of what the products need.
        let contention = 0.15 * needs.reduce(0, +) / Double(needs.count)
        #expect(abs(OverlapTechnique.fused.contention.compute - contention) < 0.02, "\(contention)")
        let mean = exp(logs / Double(4 * models.count))
        #expect(abs(mean - 1.30) < 0.05 && abs(most - 1.47) < 0.05, "\(mean) \(most)")
        let step = exp(steps.reduce(0) { $0 + log($1) } / Double(steps.count))
        #expect(abs(step - 1.10) < 0.05 && (steps.max() ?? 0) < 1.12 + 0.05, "\(step) \(steps)")
    }

    @Test func `blocks of a layer hold all of its time`() {
        let model = LayerCostModel(Fixtures.inputs(Fixtures.tiny, nodes: 1, batch: 8, sequence: 2048))
        let shape = LayerShape(
            tensor: 4, context: 1, contextKind: .ring, expert: 1, expertTensor: 1, microBatch: 1, sequenceParallel: true)
        let cost = model.deviceCost(0, shape, recomputing: [], overlapsExperts: false)
        for (pass, parts) in [(LayerCostModel.OverlapPass.forward, cost.forward), (.backward, cost.backward)] {
            let blocks = model.overlapBlocks(0, shape, pass)
            #expect(blocks.count == 2 && blocks.allSatisfy { $0.first > 0 && $0.last > 0 && $0.gather > 0 && $0.scatter > 0 })
            let compute = blocks.reduce(0) { $0 + $1.compute }
            #expect(abs(compute / (parts.total - parts.tensorCommunication) - 1) < 1e-9)
        }
        #expect(model.overlapBlocks(0, shape, .backward).allSatisfy { $0.trailing > 0 })
    }

    /// 4 of preparation, 6 of experts, 2 shared, 3 there and 3 back; twice the compute backwards.
    @Test func `exchange of tokens hides behind what each technique allows`() {
        let forward = ExpertOverlapLayer(prepare: 4, experts: 6, shared: 2, there: 3, back: 3)
        let backward = ExpertOverlapLayer(prepare: 8, experts: 12, shared: 4, there: 3, back: 3)
        func time(_ technique: ExpertOverlap) -> (all: Double, exposed: Double) { technique.seconds(forward, backward, layers: 32) }
        #expect(abs(time(.none).all - 48) < 1e-9 && abs(time(.none).exposed - 12) < 1e-9)
        #expect(abs(time(.noExchange).all - 36) < 1e-9)
        // Forward 2 of 3 there are hidden by shared experts, which cost 20/112 of it; backward all 3 are.
        #expect(abs(time(.sharedExperts).all - (48 - 5 + 20.0 / 112 * 5)) < 0.2, "\(time(.sharedExperts).all)")
        for technique in ExpertOverlap.allCases {
            #expect(time(technique).all <= 48 + 1e-9 && time(technique).all >= 36 - 1e-9, "\(technique): \(time(technique))")
            #expect(time(technique).exposed >= -1e-9)
        }
        #expect(time(.batches).all < time(.tiles).all)
        #expect(ExpertOverlap.none.seconds(forward, backward, layers: 0).all == 0)
    }

    @Test func `a mixture's layer holds all of its time`() throws {
        let model = LayerCostModel(Fixtures.inputs(Fixtures.mixture, nodes: 4, batch: 32, sequence: 2048))
        let shape = LayerShape(
            tensor: 1, context: 1, contextKind: .ring, expert: 16, expertTensor: 1, microBatch: 1, sequenceParallel: false)
        let cost = model.deviceCost(0, shape, recomputing: [], overlapsExperts: false)
        for (pass, parts) in [(LayerCostModel.OverlapPass.forward, cost.forward), (.backward, cost.backward)] {
            let layer = try #require(model.expertOverlapLayer(0, shape, pass))
            let sum = layer.prepare + layer.experts + layer.shared + layer.there + layer.back
            #expect(abs(sum / parts.total - 1) < 1e-9 && layer.experts > 0)
            #expect(abs((layer.there + layer.back) / parts.expertCommunication - 1) < 1e-9)
        }
    }
}
