import Reliability
import Testing

@Suite struct SpareNodesTests {
    @Test func `waiting is Erlang's formula`() {
        // One server with one node out in the mean: a / (1 + a); two: a²/2 / (1 + a + a²/2).
        #expect(SpareNodes.waiting(spares: 0, load: 1) == 0.5)
        #expect(abs(SpareNodes.waiting(spares: 1, load: 1) - 0.2) < 1e-15)
        #expect(SpareNodes.waiting(spares: 0, load: 0) == 0)
        #expect(SpareNodes.waiting(spares: 10_000, load: 1) < 1e-300)
    }

    @Test(arguments: [0.01, 0.5, 3, 40], [4.0, 64, 2048])
    func `the cheapest number is the best of as many as there are nodes`(load: Double, nodes: Double) {
        func price(_ spares: Int) -> Double { (nodes + Double(spares)) / (1 - SpareNodes.waiting(spares: spares, load: load)) }
        let best = SpareNodes.cheapest(nodes: nodes, load: load)
        let searched = (0...min(300, Int(nodes))).min { price($0) < price($1) }
        #expect(abs(price(best) / price(searched ?? 0) - 1) < 1e-12)
    }

    @Test func `nodes that are never out need no spares`() { #expect(SpareNodes.cheapest(nodes: 100, load: 0) == 0) }
}
