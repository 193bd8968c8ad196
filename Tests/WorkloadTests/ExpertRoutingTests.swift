import Documents
import Testing

@testable import Workload

/// Which experts tokens visit, and what that makes of ranks: three layers of which the first is dense, four experts, two a token.
@Suite struct ExpertRoutingTests {
    private let grid = MixtureGrid(model: "tiny", layers: [1, 2], modelLayers: 3, experts: 4, perToken: 2)

    private func read(_ text: String) throws -> RoutingRecord {
        try RoutingDocument.parse(bytes: Array(text.utf8), file: "r", for: grid)
    }

    private func complaint(_ text: String) -> String {
        do { return "read as \(try read(text).routing.shares)" } catch { return "\(error)" }
    }

    /// A NumPy file of bytes.
    private func array(shape: String, _ elements: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x93]
        bytes += Array("NUMPY".utf8)
        let header = Array("{'descr': '|u1', 'fortran_order': False, 'shape': \(shape), }\n".utf8)
        bytes += [1, 0, UInt8(header.count), 0]
        return bytes + header + elements
    }

    @Test func `the busiest rank of each layer over the mean`() {
        // Of two ranks the first has 5/8 of layer 0 and the second 3/4 of layer 1.
        let routing = ExpertRouting(source: "hand", experts: 4, counts: [3, 2, 2, 1, 1, 1, 4, 2])
        #expect(routing.busiest(layer: 0, ranks: 2) == 1.25)
        #expect(routing.busiest(layer: 1, ranks: 2) == 1.5)
        #expect(routing.busiest(ranks: 2) == 1.375)
        #expect(routing.busiest(ranks: 4) == 1.75)
        #expect(routing.busiest(ranks: 1) == 1)
        #expect(routing.worstLayer(ranks: 4).layer == 1 && routing.worstLayer(ranks: 4).busiest == 2)
        #expect(routing.loads(ranks: 2) == [0.875, 1.125])
        // A number of ranks that does not divide the experts is taken as the next that does, and none traps.
        #expect(routing.busiest(ranks: 3) == routing.busiest(ranks: 2) && routing.busiest(ranks: .max) == routing.busiest(ranks: 4))
        #expect(routing.busiest(ranks: -1) == 1)
    }

    /// Twenty layers whose busiest expert has 1.02, 1.04, … times the mean, and ten times that in the last four: at most eight groups, none of hot and cold.
    @Test func `layers that are alike are priced together`() {
        var (most, counts): ([Double], [Double]) = ([], [])
        for layer in 1...20 {
            let cold: Double = 1 + 0.02 * Double(layer)
            let busiest: Double = layer > 16 ? 10 * cold : cold
            most.append(busiest)
            counts.append(busiest)
            counts += [Double](repeating: (100 - busiest) / 99, count: 99)
        }
        let routing = ExpertRouting(source: "hand", experts: 100, counts: counts)
        #expect(routing.layerGroups == RoutingGroups.most)
        let groups = (0..<20).map { routing.group(ofLayer: $0) }
        #expect(Set(groups[..<16]).isDisjoint(with: groups[16...]))
        var (sum, spread) = (0.0, 0.0)
        for layer in 0..<20 {
            let own = routing.busiest(ranks: 100, group: groups[layer])
            let together = zip(most, groups).filter { $0.1 == groups[layer] }.map(\.0)
            let mean: Double = together.reduce(0, +) / Double(together.count)
            #expect(abs(own - mean) < 1e-9)
            sum += own / 20
            let off: Double = most[layer] / own - 1
            spread = max(spread, abs(off))
        }
        #expect(abs(sum - routing.busiest(ranks: 100)) < 1e-9)
        #expect(abs(spread - routing.groupSpread(ranks: 100)) < 1e-9 && spread < 0.05)
        // Few different layers are apart, whatever their number.
        let turns: [Double] = [3, 1, 1, 3]
        let few = ExpertRouting(source: "hand", experts: 2, counts: Array(repeatElement(turns, count: 20).joined()))
        #expect(few.layerGroups == 2 && few.groupSpread(ranks: 2) < 1e-12 && few.group(ofLayer: 39) == 1)
        // Maps move experts of whole layers.
        let swapped: [Int32] = Array(repeatElement([1, 0], count: 40).joined())
        let placed = few.placed(named: "load", busiest: [1: 1], orders: [2: swapped])
        let shares = placed.rankShares(layer: 0, ranks: 2)
        #expect(shares?.loads == [0.25, 0.75] && shares?.visits == [0.25, 0.75])
        #expect(few.rankShares(layer: 1, ranks: 2)?.loads == [0.25, 0.75] && few.rankShares(layer: 0, ranks: 3) == nil)
    }

    @Test func `every treatment computes the rows that its name says`() throws {
        // Shares of 3/8, 2/8, 2/8, 1/8: of ranks of two 5/8 and 3/8.
        let routing = ExpertRouting(source: "hand", experts: 4, counts: [3, 2, 2, 1])
        func treated(_ name: String) throws -> ExpertRouting { routing.treated(by: try #require(RoutingTreatment(name))) }
        #expect(try treated("dropless") == routing && routing.dropped == 0 && routing.rows == 1)
        let dropping = try treated("drop:1.0")
        // The first expert keeps 2/8, so that 1/8 is dropped and ranks have 4/8 and 3/8 of all visits.
        #expect(dropping.dropped == 0.125 && dropping.rows == 0.875 && dropping.busiest(ranks: 2) == 1)
        let padding = try treated("pad:1.25")
        #expect(padding.dropped == 0.0625 && padding.busiest(ranks: 1) == 1.25 && padding.busiest(ranks: 4) == 1.25)
        #expect(padding.treatment.isStatic && !dropping.treatment.isStatic)
        #expect(try treated("forced").busiest(ranks: 4) == 1)
        #expect(abs(try treated("aux-free").busiest(ranks: 4) - 1.04) < 1e-12)
        for name in ["drop:1.25", "pad:2.0", "aux-free", "forced", "dropless"] { #expect(RoutingTreatment(name)?.name == name) }
        for name in ["drop", "drop:", "drop:nan", "pad:0", "pad:-1", "pad:inf", "even"] { #expect(RoutingTreatment(name) == nil) }
    }

    @Test func `experts on a map load the ranks that hold them`() throws {
        let routing = ExpertRouting(source: "hand", experts: 4, counts: [3, 2, 2, 1])
        let map = try #require(ExpertMap(experts: 4, ranks: 2, slots: 4, expertOfSlot: [0, 3, 1, 2]))
        let placed = try #require(routing.placed(by: map, named: "map.json"))
        #expect(placed.busiest(ranks: 2) == 1 && placed.busiest(ranks: 4) == 1.5 && placed.placement == "map.json")
        let copies = try #require(ExpertMap(experts: 4, ranks: 2, slots: 6, expertOfSlot: [0, 3, 1, 2, 0, 1]))
        #expect(routing.placed(by: copies, named: "map.json") == nil)
    }

    @Test func `huge counts do not overflow`() {
        let routing = ExpertRouting(source: "hand", experts: 2, counts: [.greatestFiniteMagnitude, .greatestFiniteMagnitude])
        #expect(routing.shares == [0.5, 0.5])
    }

    @Test func `a synthetic skew gives no expert more than its share of distinct visits`() throws {
        let large = MixtureGrid(model: "large", layers: Array(0..<8), modelLayers: 8, experts: 256, perToken: 8)
        for exponent in [0.0, 0.5, 1.1, 3, 10] {
            let routing = try #require(try ExpertRouting.synthetic("zipf:\(exponent)", for: large))
            #expect(routing.shares.max() ?? 1 <= 0.125 + 1e-12)
            for layer in 0..<8 {
                let sum: Double = routing.shares[layer * 256..<(layer + 1) * 256].reduce(0, +)
                #expect(abs(sum - 1) < 1e-12)
            }
            #expect(routing.impossibleLayers(perToken: 8).isEmpty)
            if exponent == 0 { #expect(abs(routing.busiest(ranks: 64) - 1) < 1e-12) }
        }
        let zipf = try #require(try ExpertRouting.synthetic("zipf:1.1", for: large))
        let (first, second) = (Array(zipf.shares[..<256]), Array(zipf.shares[256..<512]))
        #expect(zip(first.sorted(), second.sorted()).allSatisfy { abs($0 - $1) < 1e-12 } && first != second)
        #expect(try ExpertRouting.synthetic("balanced", for: large)?.busiest(ranks: 256) == 1)
        #expect(try ExpertRouting.synthetic("counts.csv", for: large) == nil)
        for text in ["zipf", "zipf:", "zipf:nan", "zipf:-1", "zipf:11"] {
            #expect(throws: RoutingProblem.self) { try ExpertRouting.synthetic(text, for: large) }
        }
    }

    @Test func `counts as a table, as lists and as arrays are one`() throws {
        let csv = "layer,expert,tokens\n" + (0..<8).map { "\($0 / 4),\($0 % 4),\($0 + 1)\n" }.joined()
        let lists = "[[1,2,3,4],[5,6,7,8]]"
        let sglang = "{\"rank\": 0, \"logical_count\": [[[0,0,0,0],[1,1,1,1],[2,2,2,2]], [[0,0,0,0],[0,1,2,3],[3,4,5,6]]]}"
        let numpy = array(shape: "(2, 4)", [1, 2, 3, 4, 5, 6, 7, 8])
        let expected = ExpertRouting(source: "r", experts: 4, counts: [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(try read(csv).routing == expected)
        #expect(try read(lists).routing == expected)
        #expect(try read(sglang).routing == expected)
        #expect(try RoutingDocument.parse(bytes: numpy, file: "r", for: grid).routing == expected)
        // Layers may be numbered as in the model.
        #expect(try read(csv.replacing("\n1,", with: "\n2,").replacing("\n0,", with: "\n1,")).routing == expected)
        #expect(try read(sglang).notes.count == 2)
    }

    @Test func `pairs of successive layers are visits too`() throws {
        let record = try read("layer,expert,next_expert,tokens\n0,0,1,3\n0,2,1,1\n")
        let counts = try #require(record.affinity?.counts)
        #expect(counts[1] == 3 && counts[9] == 1)
        let expected = ExpertRouting(source: "r", experts: 4, counts: [3, 0, 1, 0, 0, 4, 0, 0])
        #expect(record.routing == expected)
    }

    @Test func `the experts of tokens are visits and pairs`() throws {
        let bytes = array(shape: "(3, 2)", [0, 3, 0, 3, 2, 1])
        let record = try RoutingDocument.parse(bytes: bytes, file: "r", for: grid)
        let expected = ExpertRouting(source: "r", experts: 4, counts: [2, 0, 1, 0, 0, 1, 0, 2])
        #expect(record.routing == expected)
        #expect(record.affinity?.counts[3] == 2 && record.notes.isEmpty)
    }

    @Test func `what is wrong is said with its place and both shapes`() {
        let table = "layer,expert,tokens\n"
        #expect(complaint(table + "0,4,1\n1,0,1\n").contains("r:2:3: there is no expert 4: tiny has 2 mixture layers (of 3) of 4 experts"))
        #expect(complaint(table + "7,0,1\n").contains("r:2:1: layer 7 has no experts"))
        #expect(complaint(table + "0,0,1\n").contains("the file has 1 layers, 0 to 0, and tiny has 2 mixture layers"))
        #expect(complaint(table + "0,0,-1\n1,0,1\n").contains("r:2:5"))
        #expect(complaint(table + "0,0,1\n1,0,1\n0,0,2\n").contains("line 2 already"))
        #expect(complaint(table + "0,0,0\n1,0,1\n").contains("no expert of layer 0 was visited"))
        #expect(complaint("layer,expert\n0,0\n").contains("tokens"))
        #expect(complaint("[[1,2],[3,4]]").contains("r:1:2: layer 0 has 2 experts, the file 2 layers, and tiny has 2 mixture"))
        #expect(complaint("[[1,2,3,4]]").contains("the file has 1 layers"))
        #expect(complaint("[[1,2,3,4],[1,2,3,-4]]").contains("r:1:19"))
        #expect(complaint("[[0,0,0,0],[0,0,0,0]]").contains("no expert of layer 0"))
        #expect(complaint("[[1,0,0,0],[1,2,3,4],[1,2,3,4]]").contains("r:1:3: layer 0 of tiny is dense"))
        #expect(complaint("{\"physical_to_logical_map\": []}").contains("a map of experts"))
        #expect(complaint("[]").contains("expected a list of layers"))
        #expect(complaint("PK\u{3}\u{4}").contains("torch.save"))
        #expect(complaint("layer,expert,next_expert,tokens\n0,0,4,1\n").contains("r:2:5: there is no expert 4"))
    }
}
