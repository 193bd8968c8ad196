import Hardware
import Parallelism
import Quantities
import TestInputs
import Testing
import Workload

@testable import CostModels

/// How tokens travel: bytes and messages by hand, the limits of each path, and what packing costs.
@Suite struct TokenExchangeTests {
    /// 64 ranks in eight nodes; 4,096 tokens of 7,168 numbers, 8 of 256 experts.
    private var question: TokenExchangeQuestion { TokenExchangeQuestion(tokens: 4096, hidden: 7168, perToken: 8, experts: 256, ranks: 64) }
    private var model: TokenExchangeModel { TokenExchangeModel(cluster(8)) }

    /// Nodes of a GPU type on which DeepEP was measured.
    private func cluster(_ nodes: Int) -> ClusterProfile {
        var cluster = Fixtures.cluster(nodes: nodes)
        cluster.groups[0].gpu.name = "h100-80gb-sxm"
        return cluster
    }

    @Test func `bytes and messages of each path`() {
        let row = 4096.0 * 7168 * 2
        func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(abs(a), abs(b)) }
        let flat = model.price(question, on: .flat)
        #expect(near(flat.outsideBytes, row * 8 * 7 / 8) && near(flat.insideBytes, row * 8 * 7 / 64))
        #expect(flat.insideMessages == 7 && flat.outsideMessages == 56)
        let two = model.price(question, on: .hierarchical)
        #expect(near(two.outsideBytes, flat.outsideBytes) && near(two.insideBytes, row * 8 * 7 / 8))
        #expect(two.insideMessages == 7 && two.outsideMessages == 7)
        let gather = model.price(question, on: .allGather)
        #expect(near(gather.outsideBytes, row * 7) && near(gather.insideBytes, row * 8 * 7))
        // One copy a distinct node: 8·(1 − C(224,8)/C(256,8)) of them.
        let deep = model.price(question, on: .deepEP)
        var missing = 1.0
        for drawn in 0..<8 { missing *= Double(224 - drawn) / Double(256 - drawn) }
        #expect(near(deep.outsideBytes, row * 8 * (1 - missing) * 7 / 8))
        var limited = question
        limited.nodeLimit = 4
        let four = model.price(limited, on: .deepEP)
        #expect(four.outsideBytes < deep.outsideBytes && four.outsideBytes <= row * 4)
        limited.nodeLimit = 1
        #expect(near(model.price(limited, on: .deepEP).outsideBytes, row * 7 / 8))
    }

    @Test func `groups are drawn without replacement`() {
        #expect(DispatchLaw.distinct(4, of: 4, perToken: 4) == 4)
        #expect(abs(DispatchLaw.distinct(2, of: 4, perToken: 2) - 2 * (1 - 1.0 / 6)) < 1e-12)
        #expect(DispatchLaw.distinct(1, of: 8, perToken: 2) == 1 && DispatchLaw.distinct(8, of: 0, perToken: 2) == 1)
    }

    /// The law of messages: many small ones make flat exchange slow, large ones do not (SE-MoE, arXiv:2205.10034, §3.2).
    @Test func `two hops gain with small messages and not with large ones`() {
        func ratio(_ bytesOfMessage: Double) -> Double {
            var small = question
            (small.perToken, small.hidden) = (1, 4096)
            small.tokens = bytesOfMessage * 64 / (2 * 4096)
            return model.price(small, on: .flat).dispatch / model.price(small, on: .hierarchical).dispatch
        }
        #expect(ratio(16_384) > 1.2)
        #expect(ratio(1_048_576) < 1.05)
        #expect(ratio(1024) > ratio(16_384))
    }

    @Test func `a token that visits fewer nodes travels less`() {
        for path in [TokenPath.deepEP, .hybridEP] {
            var times: [Double] = []
            for limit in [1, 2, 4, 8] {
                var limited = question
                limited.nodeLimit = limit
                let price = model.price(limited, on: path)
                times.append(price.dispatch)
            }
            #expect(times == times.sorted() && times[0] < times[3])
        }
        var eight = question
        eight.dispatchBytes = ExecutionChoices.DispatchFormat.fp8.bytes
        let (low, high) = (model.price(eight, on: .hybridEP), model.price(question, on: .hybridEP))
        #expect(low.dispatch < 0.6 * high.dispatch && low.combine == high.combine)
        var busy = question
        busy.imbalance = 2
        #expect(model.price(busy, on: .flat).dispatch > 1.8 * model.price(question, on: .flat).dispatch)
    }

    @Test func `what is wider than anything measured says so`() throws {
        var wide = question
        wide.ranks = 256
        let h100 = TokenExchangeModel(cluster(32))
        #expect(h100.price(wide, on: .deepEP).notes.contains { $0.contains("32 nodes are wider than anything measured (8)") })
        var limited = question
        limited.nodeLimit = 4
        #expect(h100.price(limited, on: .deepEP).notes.isEmpty)
        for path in TokenPath.allCases {
            for tokens in [1.0, 1e6] {
                var odd = question
                odd.tokens = tokens
                let price = h100.price(odd, on: path)
                #expect(price.dispatch > 0 && price.dispatch.isFinite && price.combine.isFinite)
            }
        }
    }

    @Test func `a plan's exchange knows hops, formats, nodes and routing`() throws {
        var inputs = Fixtures.inputs(Fixtures.mixture, nodes: 4, batch: 32, sequence: 2048)
        let shape = LayerShape(
            tensor: 1, context: 1, contextKind: .ring, expert: 32, expertTensor: 1, microBatch: 1, sequenceParallel: false)
        func exchange() -> Double { LayerCostModel(inputs).costs(0, shape).exposed.forward.expertCommunication }
        inputs.choices.dispatcher = .deepEP
        let usual = exchange()
        inputs.choices.routedNodes = 4
        #expect(exchange() == usual)
        inputs.choices.routedNodes = 1
        #expect(exchange() < usual)
        inputs.choices.routedNodes = nil
        inputs.choices.dispatchFormat = .fp8
        #expect(exchange() < 0.85 * usual && exchange() > 0.5 * usual)
        inputs.choices.dispatchFormat = .bf16
        // Visits alike are what is assumed without a routing.
        inputs.job.routing = .balanced(try MixtureGrid(inputs.model))
        #expect(abs(exchange() / usual - 1) < 1e-9)
    }

    /// Every rank gathers all tokens; a copy a node is at most every token of the seven other nodes; only a row a visit waits for the busiest rank.
    @Test func `a skew costs each path what its busiest rank carries`() {
        let grid = MixtureGrid(model: "deepseek-v3", layers: Array(0..<4), modelLayers: 4, experts: 256, perToken: 8)
        let routing = ExpertRouting.zipf(2, for: grid, source: "zipf:2")
        let domains = model.domains(64)
        var skewed = question
        skewed.routed = ExchangeRows.routed(by: routing, domains, perToken: 8)
        let all = 4096.0 * 7168 * 2 * 7
        for path in TokenPath.allCases {
            let (even, uneven) = (model.price(question, on: path), model.price(skewed, on: path))
            switch path {
            case .allGather: #expect(uneven == even)
            case .hybridEP:
                #expect(uneven.outsideBytes <= all * (1 + 1e-12) && uneven.outsideBytes > even.outsideBytes)
                #expect(uneven.dispatch < 1.6 * even.dispatch)
            case .deepEP: #expect(uneven.dispatch > even.dispatch && uneven.dispatch < 6 * even.dispatch)
            case .flat:
                let busiest = routing.busiest(ranks: 64)
                #expect(abs(uneven.outsideBytes / even.outsideBytes / busiest - 1) < 1e-9 && busiest > 5)
            case .hierarchical, .lowLatency: #expect(uneven.dispatch > 2 * even.dispatch)
            }
        }
        // Balanced routing is what is assumed without one.
        skewed.routed = ExchangeRows.routed(by: .balanced(grid), domains, perToken: 8)
        for path in TokenPath.allCases {
            #expect(abs(model.price(skewed, on: path).dispatch / model.price(question, on: path).dispatch - 1) < 1e-9)
        }
    }

    /// A rank of a DGX H100 sends 50 GB/s over the network and 450 GB/s inside, whatever takes its multiprocessors.
    @Test(arguments: [4.0, 20, 132]) func `no kernel is faster than its links`(multiprocessors: Double) {
        for (ranks, limit) in [(8, nil), (64, nil), (64, 4), (128, 1)] as [(Int, Int?)] {
            for tokens in [64.0, 4096, 65_536] {
                var asked = question
                (asked.ranks, asked.nodeLimit, asked.multiprocessors, asked.tokens) = (ranks, limit, multiprocessors, tokens)
                let price = model.price(asked, on: .deepEP)
                #expect(price.outsideBytes / price.combine <= 50e9 * (1 + 1e-9) && price.insideBytes / price.combine <= 450e9 * (1 + 1e-9))
                #expect(price.notes.contains { $0.contains("measured on 4 to 24 multiprocessors") } == (multiprocessors > 24))
                #expect(price.notes.contains { $0.contains("visit at most 4 of them") } == (ranks == 64 && limit == nil))
            }
        }
    }

    /// Over eight nodes tokens were measured that visit the best four: 3.98 distinct nodes, 7/8 of them others, of 14,336 B for each of 4,096 tokens in
    /// 4.461 ms is 46 GB/s of the adapter's 50; 5.29 nodes without a limit would be 61.
    @Test func `measured exchanges over eight nodes were limited to four`() {
        var limited = question
        limited.nodeLimit = 4
        let price = model.price(limited, on: .deepEP)
        #expect(abs(price.outsideBytes / (4096 * 14_336 * 3.9831 * 7 / 8) - 1) < 1e-4)
        #expect(price.outsideBytes / 4.461e-3 < 50e9)
        let free = model.price(question, on: .deepEP)
        #expect(free.outsideBytes / 4.461e-3 > 60e9)
        #expect(abs(price.combine / 4.461e-3 - 1) < 0.15)
        #expect(free.combine > 1.15 * price.combine)
    }

    // MARK: Packing

    private func table(_ seconds: [Double]) throws -> PackingCost.Table {
        try #require(PackingCost.Table(bytes: [10, 12], runs: [3, 5], seconds: seconds))
    }

    @Test func `tables are read between their points`() throws {
        let table = try table([1, 2, 3, 4])
        #expect(table.seconds(bytes: 1024, run: 8) == 1 && table.seconds(bytes: 4096, run: 32) == 4)
        #expect(try #require(table.seconds(bytes: 2048, run: 16)) == 2.5)
        #expect(
            table.seconds(bytes: 512, run: 8) == nil && table.seconds(bytes: 1024, run: 64) == nil && table.seconds(bytes: 0, run: 8) == nil
        )
        #expect(PackingCost.Table(bytes: [10, 10], runs: [3], seconds: [1, 2]) == nil)
        #expect(PackingCost.Table(bytes: [10], runs: [3], seconds: [.nan]) == nil)
    }

    /// TEMPI's rule on twenty drawn pairs of tables: the shorter of the two ways, none where the data lie together.
    @Test func `the shorter way is taken`() throws {
        var random = SeededRandom(seed: 3)
        var hosts = 0
        for _ in 0..<20 {
            let (device, host) = (try table((0..<4).map { _ in random.unit() }), try table((0..<4).map { _ in random.unit() }))
            let (fast, slow) = (random.unit(), random.unit())
            let cost = PackingCost(
                device: .init(pack: device, unpack: device) { _ in fast }, oneShot: .init(pack: host, unpack: host) { _ in slow })
            let best = try #require(cost.best(bytes: 2048, run: 16) { _ in 0 })
            let (a, b) = (
                2 * (try #require(device.seconds(bytes: 2048, run: 16))) + fast,
                2 * (try #require(host.seconds(bytes: 2048, run: 16))) + slow
            )
            #expect(abs(best.seconds - min(a, b)) < 1e-9 && best.way == (b < a ? .oneShot : .device))
            if best.way == .oneShot { hosts += 1 }
            #expect(cost.best(bytes: 2048, run: 2048) { $0 }?.way == .contiguous)
            #expect(cost.best(bytes: 0x1p40, run: 8) { $0 } == nil)
        }
        #expect((1..<20).contains(hosts))
    }

    /// 4 MiB in runs of 8 B: a call a run against one kernel; the paper's largest factor of packing is 242,000 (arXiv:2012.14363, abstract).
    @Test func `one kernel in place of a call a run gains as much as published`() {
        let factor = PackingCost.copying(bytes: 0x1p22, run: 8) / PackingCost.packing(bytes: 0x1p22, run: 8, bandwidth: 0.9e12)
        #expect(factor > 242_000 / 3 && factor < 242_000 * 3)
        #expect(PackingCost.packing(bytes: 1024, run: 1024, bandwidth: 1e12) == 0)
        #expect(
            PackingCost.packing(bytes: 0x1p30, run: 8, bandwidth: 1e12) > 2 * PackingCost.packing(bytes: 0x1p30, run: 64, bandwidth: 1e12))
    }
}
