import Hardware
import Parallelism
import Quantities
import TestInputs
import Testing
import Workload

@testable import CostModels

/// Kinds of context parallelism: identities, limits and closed forms of their steps.
@Suite struct ContextParallelTests {
    /// Links without latency, so slow or fast that one side of every step decides, and no share of the shorter shows.
    static func exchange(gigabytesPerSecond rate: Double, duplexShare: Double = 1, latency: Double = 0) -> ContextExchange {
        var constants = SharedConstants.fitted
        constants.visibleRingShare = 0
        return ContextExchange(
            ContextLinks(rates: rates(rate, domain: 64), latency: latency, duplexShare: duplexShare), constants: constants)
    }

    static func rates(_ gigabytesPerSecond: Double, domain: Int, network: Double = 50) -> ClusterRates {
        var cluster = Fixtures.cluster(nodes: 8)
        let group = cluster.groups[0]
        cluster = ClusterProfile(
            name: "even",
            groups: [
                NodeGroup(
                    gpu: group.gpu, nodes: 8, gpusPerNode: domain,
                    fabric: Fabric(
                        kind: .nvswitch, bandwidth: .gigabytesPerSecond(gigabytesPerSecond), domainSize: domain, reducesInNetwork: false,
                        collectives: CollectiveConstants(
                            gatherShare: 1, reduceShare: 1, latency: .microseconds(0), rootCoefficient: 0)),
                    network: Network(
                        kind: .infiniband, adaptersPerNode: domain, adapterBandwidth: .gigabitsPerSecond(8 * network), achievedFraction: 1))
            ])
        return ClusterRates(cluster)
    }

    /// An attention of which a rank of eight has 1 MB of keys and values, with `groups` query heads to a key/value head.
    static func work(_ kind: ContextParallelKind, context: Int = 8, inner: Int = 1, groups: Double = 1, attention: Double = 0)
        -> ContextWork
    {
        ContextWork(
            kind: kind, context: context, inner: inner, keyValueBytes: 8e6, queryBytes: 4e6 * groups, outputBytes: 4e6 * groups,
            statisticsBytes: 4e4 * groups, forward: attention, backward: 2.5 * attention)
    }

    static func bytes(_ steps: [ContextStep]) -> Double {
        steps.reduce(0) {
            $0 + $1.count * ($1.clockwise.bytes + $1.counterclockwise.bytes + $1.outer.bytes + $1.exchange.bytes)
        }
    }

    /// Every kind with inner sizes that it may have.
    static let kinds: [(ContextParallelKind, Int)] = ContextParallelKind.allCases.flatMap { kind in
        kind.innerSizes(of: 8).map { (kind, $0) }
    }

    @Test func aRingSendsEveryOtherShareOnceAndBackwardTwice() {
        let exchange = Self.exchange(gigabytesPerSecond: 100)
        for kind in [ContextParallelKind.ring, .contiguousRing] {
            #expect(abs(Self.bytes(exchange.steps(Self.work(kind), .forward)) - 7e6) < 1)
            #expect(abs(Self.bytes(exchange.steps(Self.work(kind), .backward)) - 14e6) < 1)
        }
    }

    /// The last rank of a contiguous ring computes c − ½ blocks where the mean is c/2 (Liu et al., arXiv:2310.01889, under a causal mask).
    @Test(arguments: [2, 4, 8, 16]) func aContiguousRingWaitsForItsLastRank(c: Int) {
        let exchange = Self.exchange(gigabytesPerSecond: 1e9)
        let work = Self.work(.contiguousRing, context: c, attention: 1)
        let result = exchange.seconds(work, .forward)
        #expect(abs(1 + result.imbalance - Double(2 * c - 1) / Double(c)) < 1e-9)
        #expect(result.visible < 1e-6)
        // Balanced pieces wait for nobody.
        #expect(exchange.seconds(Self.work(.ring, context: c, attention: 1), .forward).imbalance == 0)
    }

    /// Contiguous rings of 8 GPUs, 64K tokens, reached .492 to .539 of the work divided by eight (zhuzilin/ring-flash-attention@89962823, README,
    /// batch interface: forward and both passes on H800 and A100).
    @Test(arguments: [(73.9, 38.5), (19.3, 10.4), (46.7, 24.0), (11.8, 6.2)]) func contiguousRingsRunAsMeasured(ideal: Double, ring: Double)
    {
        let result = Self.exchange(gigabytesPerSecond: 1e9).seconds(Self.work(.contiguousRing, attention: 1), .forward)
        #expect(abs(1 / (1 + result.imbalance) / (ring / ideal) - 1) < 0.04)
    }

    /// Ring self-attention moves 8(N − 1)·B·Z·(L/N)·A elements a layer, as much as four all-reduces of B·L·H (Li et al., arXiv:2105.13120, §3.2.3).
    @Test func ringSelfAttentionMovesWhatTensorParallelismMoves() {
        let exchange = Self.exchange(gigabytesPerSecond: 100)
        var seed: UInt64 = 7
        func draw(_ range: ClosedRange<Int>) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return range.lowerBound + Int(seed >> 33) % range.count
        }
        for _ in 0..<100 {
            let n = draw(2...16)
            let (b, z, a, l) = (draw(1...64), draw(1...16), 8 * draw(1...16), n * draw(8...512))
            let keyValues = Double(2 * 2 * b * l * z * a)
            let work = ContextWork(kind: .ringSelfAttention, context: n, keyValueBytes: keyValues)
            let elements = ContextPass.allCases.reduce(0.0) { $0 + Self.bytes(exchange.steps(work, $1)) } / 2
            let allReduces = 4 * 2 * Double(n - 1) / Double(n) * Double(b * l * z * a)
            #expect(abs(elements / Double(8 * (n - 1) * b * z * (l / n) * a) - 1) < 1e-12)
            #expect(abs(elements / allReduces - 1) < 1e-12)
        }
    }

    /// One rank that trades leaves a ring, all of them leave Ulysses; between, the all-to-alls shrink and the ring has fewer steps.
    @Test func nestedKindsEndInFlatOnes() {
        let exchange = Self.exchange(gigabytesPerSecond: 100)
        for pass in ContextPass.allCases {
            func time(_ work: ContextWork) -> Double { exchange.seconds(work, pass).visible }
            let (ring, ulysses) = (time(Self.work(.ring)), time(Self.work(.ulysses)))
            #expect(abs(time(Self.work(.hierarchical, inner: 1)) / ring - 1) < 1e-12)
            #expect(abs(time(Self.work(.hierarchical, inner: 8)) / ulysses - 1) < 1e-12)
            #expect(abs(time(Self.work(.ringInside, inner: 8)) / ring - 1) < 1e-12)
            #expect(abs(time(Self.work(.ringInside, inner: 1)) / ulysses - 1) < 1e-12)
            // Without compute to hide under, fewer steps are less time.
            #expect(time(Self.work(.hierarchical, inner: 4)) < time(Self.work(.hierarchical, inner: 2)))
        }
    }

    /// Inside rings of w pass everything o times, the network each group's shares o − 1 times.
    @Test func aDoubleRingPassesSharesOnceOverTheNetwork() {
        let exchange = ContextExchange(
            ContextLinks(rates: Self.rates(200, domain: 8, network: 10), latency: 0), constants: .fitted)
        let work = Self.work(.doubleRing, context: 32, inner: 8, attention: 1e-3)
        let steps = exchange.steps(work, .forward)
        let share = 8e6 / 32
        #expect(abs(steps.reduce(0) { $0 + $1.count * $1.outer.bytes } - 3 * share) < 1e-3)
        #expect(abs(steps.reduce(0) { $0 + $1.count * $1.clockwise.bytes } - 4 * 7 * share) < 1e-3)
        #expect(steps.reduce(0) { $0 + $1.count } == 32)
        // A flat ring waits for the network in every step; the double one has eight steps to hide a transfer.
        #expect(
            exchange.seconds(work, .forward).visible < exchange.seconds(Self.work(.ring, context: 32, attention: 1e-3), .forward).visible)
    }

    @Test func lanesAddUpToWhatIsPriced() {
        for share in [0, 0.1] {
            var constants = SharedConstants.fitted
            constants.visibleRingShare = share
            let exchange = ContextExchange(ContextLinks(rates: Self.rates(20, domain: 8), latency: 1e-5), constants: constants)
            for (kind, inner) in Self.kinds {
                let work = Self.work(kind, inner: inner, groups: 2, attention: 1e-4)
                let lanes = ContextLanes(work, sight: "all", exchange)
                for pass in ContextPass.allCases {
                    let priced = exchange.seconds(work, pass)
                    let expected = work.attention(pass) + priced.imbalance + priced.visible
                    #expect(abs((lanes.ends[pass] ?? 0) / expected - 1) < 1e-9, "\(kind) \(inner) \(pass)")
                    for lane in ContextLanes.Lane.allCases {
                        let spans = lanes.spans.filter { $0.lane == lane && $0.pass == pass }
                        for (one, next) in zip(spans, spans.dropFirst()) { #expect(one.start + one.seconds <= next.start + 1e-12) }
                    }
                }
            }
        }
    }

    // MARK: What need not run

    @Test func windowsEndARingEarly() {
        let exchange = Self.exchange(gigabytesPerSecond: 100)
        func steps(_ kind: ContextParallelKind, _ sight: Sight) -> [ContextStep] {
            var work = Self.work(kind, attention: 1)
            work.reach = ContextReach(sight, sequence: 65_536, context: 8)
            return exchange.steps(work, .forward)
        }
        // A window of a piece reaches one piece back, whatever lies before that.
        #expect(Self.bytes(steps(.contiguousRing, .window(8192))) == 1e6)
        #expect(Self.bytes(steps(.contiguousRing, .window(8194))) == 2e6)
        // Balanced pieces are half as long, and each direction carries half of a share.
        let balanced = steps(.ring, .window(4096))
        #expect(Self.bytes(balanced) == 1e6 && balanced[0].clockwise.bytes == balanced[0].counterclockwise.bytes)
        // Chunks within pieces need nothing; those across borders reach back.
        #expect(Self.bytes(steps(.contiguousRing, .chunk(8192))) == 0)
        #expect(Self.bytes(steps(.ring, .chunk(4096))) == 0)
        #expect(Self.bytes(steps(.ring, .chunk(8192))) == 2e6)
        // A window that sees everything, and one of a token.
        #expect(Self.bytes(steps(.ring, .window(65_536))) == 7e6)
        #expect(Self.bytes(steps(.ring, .window(1))) == 0)
        for step in [balanced, steps(.contiguousRing, .window(20_000))] {
            #expect(abs(step.reduce(0) { $0 + $1.count * $1.attention } - 1) < 1e-12)
        }
    }

    @Test func latentKeysTravelAsTheyAre() {
        var inputs = Fixtures.inputs(Fixtures.tiny, nodes: 4, batch: 8, sequence: 65_536)
        inputs.model.attention = Attention(
            heads: 128, keyValueHeads: 128, headDimension: 192,
            latent: LatentAttention(queryRank: 1536, keyValueRank: 512, nopeDimension: 128, ropeDimension: 64, valueDimension: 128))
        func layer(_ inputs: CostInputs) -> (work: ContextWork, cost: LayerCost) {
            let model = LayerCostModel(inputs)
            let shape = LayerShape(ParallelStrategy(tensor: 2, context: 8, contextKind: .ring, sequenceParallel: true))
            let work = model.attentions[0]
            return (
                model.contextWork(work, shape, beside: (0, 0)),
                model.deviceCost(0, shape, recomputing: [], overlapsExperts: false)
            )
        }
        let whole = layer(inputs)
        inputs.stack.launches.sendsLatentKeys = true
        let latent = layer(inputs)
        // 576 numbers a token for all heads instead of 64 heads of 192 + 128.
        #expect(latent.work.keyValueBytes == 2 * 65_536 * 576)
        #expect(whole.work.keyValueBytes == 2 * 65_536 * 64 * 320)
        #expect(latent.cost.forward.contextCommunication < whole.cost.forward.contextCommunication)
        // What came from seven others is projected up again.
        #expect(latent.cost.forward.matrixProducts > whole.cost.forward.matrixProducts)
    }
}
