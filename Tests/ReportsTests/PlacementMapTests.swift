import Foundation
import Search
import Testing

@testable import Reports

@Suite struct PlacementMapTests {
    /// Two nodes of two GPUs, one rank a GPU but the last; ranks 0 and 1 hold stage 0, rank 2 holds stage 1.
    private var map: PlacementMap {
        PlacementMap(
            [.init(rank: 0, node: 1, gpu: 0), .init(rank: 1, node: 1, gpu: 1), .init(rank: 2, node: 0, gpu: 0)], stages: [0, 0, 1],
            nodeNames: ["alpha", "b<&>"], gpusPerNode: [2, 2])
    }

    @Test func drawsABoxANode() {
        #expect(
            map.lines(width: 40).map { $0.rendered(.none) } == [
                "┌ alpha ┐ ┌ b<&> ─┐",
                "│ 1 ·   │ │ 0 0   │",
                "└───────┘ └───────┘",
            ])
        #expect(map.lines(width: 12).count == 6)
    }

    @Test func coloursStages() {
        let text = map.lines(width: 40)[1].rendered(.full)
        #expect(text.contains("48;2;47;116;181"))
        #expect(PlacementMap.colour(stage: 0) != PlacementMap.colour(stage: 8))
    }

    @Test func svgNamesRanksAndEscapesNames() {
        let svg = map.svg
        #expect(svg.contains("<title>rank 2, stage 1, GPU 0</title>"))
        #expect(svg.contains("b&lt;&amp;&gt;"))
        #expect(!svg.contains("b<&>"))
        #expect(svg.components(separatedBy: "<g").count == svg.components(separatedBy: "</g>").count)
    }

    @Test func placesOutsideTheClusterAreLeftOut() {
        let map = PlacementMap([.init(rank: 0, node: 5, gpu: 0)], stages: [0], nodeNames: ["a"], gpusPerNode: [1])
        #expect(map.nodes[0].gpus[0] == nil)
    }
}
