import Documents
import Testing

@testable import Workload

/// Maps of experts, and the forms in which other programs have them: three layers of which the first is dense, four experts.
@Suite struct ExpertMapTests {
    private let grid = MixtureGrid(model: "tiny", layers: [1, 2], modelLayers: 3, experts: 4, perToken: 2)

    @Test func `copies share an expert's visits`() throws {
        let routing = ExpertRouting(source: "hand", experts: 4, counts: [4, 2, 1, 1])
        // Half of the first expert on each rank: 2 + 2 + 1 of 8 and 2 + 1 + 1.
        let map = try #require(ExpertMap(experts: 4, ranks: 2, slots: 6, expertOfSlot: [0, 1, 2, 0, 3, 3]))
        #expect(map.busiest(routing) == 1.25 && map.copies(layer: 0) == [2, 1, 1, 2])
        #expect(try #require(ExpertMap.inOrder(experts: 4, ranks: 2, layers: 1)).busiest(routing) == 1.5)
    }

    @Test func `a map that lacks an expert, or is uneven, is none`() {
        #expect(ExpertMap(experts: 4, ranks: 2, slots: 4, expertOfSlot: [0, 1, 2, 2]) == nil)
        #expect(ExpertMap(experts: 4, ranks: 2, slots: 4, expertOfSlot: [0, 1, 2, 4]) == nil)
        #expect(ExpertMap(experts: 4, ranks: 2, slots: 4, expertOfSlot: [0, 1, 2, 3, 0]) == nil)
        #expect(ExpertMap(experts: 4, ranks: 3, slots: 4, expertOfSlot: [0, 1, 2, 3]) == nil)
        #expect(ExpertMap.inOrder(experts: 4, ranks: 3, layers: 1) == nil)
    }

    @Test func `steps on a rank, in a node and beyond`() throws {
        // From 0 to 0 four times, to 1 twice, to 2 once and to 3 once; ranks hold one expert each, nodes two ranks.
        var counts = [Double](repeating: 0, count: 16)
        counts.replaceSubrange(0..<4, with: [4, 2, 1, 1])
        let affinity = ExpertAffinity(experts: 4, counts: counts)
        let hops = ExpertHops(try #require(ExpertMap.inOrder(experts: 4, ranks: 4, layers: 2)), affinity, ranksPerNode: 2)
        #expect(hops.stay == 0.5 && hops.inside == 0.25 && hops.outside == 0.25)
        #expect(affinity.visits == [8, 0, 0, 0, 4, 2, 1, 1])
    }

    @Test(arguments: ExpertMapDocument.Form.allCases) func `every form reads back`(form: ExpertMapDocument.Form) throws {
        let map = try #require(ExpertMap(experts: 4, ranks: 2, slots: 4, expertOfSlot: [3, 1, 0, 2, 2, 0, 1, 3]))
        let text = try #require(ExpertMapDocument.text(map, grid, as: form))
        #expect(try ExpertMapDocument.parse(text: text, file: "m", ranks: 2, for: grid) == map)
        let copies = try #require(ExpertMap(experts: 4, ranks: 2, slots: 6, expertOfSlot: [3, 1, 0, 2, 2, 0, 1, 3, 0, 0, 1, 2]))
        #expect((ExpertMapDocument.text(copies, grid, as: form) == nil) == (form == .megatron))
        guard let text = ExpertMapDocument.text(copies, grid, as: form) else { return }
        #expect(try ExpertMapDocument.parse(text: text, file: "m", ranks: 2, for: grid) == copies)
    }

    @Test func `rows go to the layers that name them, whatever their order`() throws {
        let (first, second) = (grid.layers[0], grid.layers[1])
        let text = "{\"expert_order\": {\"\(second)\": [2, 0, 1, 3], \"\(first)\": [3, 1, 0, 2]}}"
        #expect(try ExpertMapDocument.parse(text: text, file: "m", ranks: 2, for: grid).expertOfSlot == [3, 1, 0, 2, 2, 0, 1, 3])
    }

    @Test func `a table says the GPU of each expert`() throws {
        let text = "layer,expert,gpu\n0,3,0\n0,1,0\n0,0,1\n0,2,1\n1,2,0\n1,0,0\n1,1,1\n1,3,1\n"
        let map = try ExpertMapDocument.parse(text: text, file: "m", ranks: nil, for: grid)
        #expect(map.rankOfExpert == [1, 0, 1, 0, 0, 1, 0, 1] && map.ranks == 2)
    }

    @Test(arguments: [
        ("[[0,1,2,3]]", "the map has 1 layers, and tiny has 2"), ("[[0,1,2],[0,1,2]]", "rows have 3 slots"),
        ("[[0,1,2,2],[0,1,2,3]]", "do not hold each"), ("[[0,1,2,4],[0,1,2,3]]", "m:1:9"), ("{\"a\": 1}", "no map"),
        ("layer,expert,gpu\n0,0,0\n0,1,0\n0,2,1\n0,3,0\n1,0,0\n1,1,0\n1,2,1\n1,3,1\n", "GPU 0 holds 3"),
        ("layer,expert,gpu\n0,0,0\n", "the map has 1 layers"),
        ("{\"expert_order\": {\"90\": [0,1,2,3], \"91\": [0,1,2,3]}}", "the map has layers 90, 91, and tiny has 2"),
        ("{\"expert_order\": {\"a\": [0,1,2,3]}}", "'a' is no layer"),
    ]) func `what is no map is refused`(text: String, complaint: String) {
        let error = #expect(throws: DocumentError.self) { try ExpertMapDocument.parse(text: text, file: "m", ranks: nil, for: grid) }
        #expect(error.map { "\($0)".contains(complaint) } == true, "\(error.map { "\($0)" } ?? "")")
    }
}
