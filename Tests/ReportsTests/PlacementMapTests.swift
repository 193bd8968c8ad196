import Foundation
import Hardware
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

    @Test func nodesOfTheSameStagesFold() throws {
        // Five nodes of one GPU: stages 0, 0, 1, 2, 1.
        let stages = [0, 0, 1, 2, 1]
        let map = PlacementMap(
            stages.indices.map { .init(rank: $0, node: $0, gpu: 0) }, stages: stages, nodeNames: stages.indices.map { "n\($0)" },
            gpusPerNode: [1, 1, 1, 1, 1])
        let folded = try #require(map.folded(most: 3))
        #expect(folded.nodes.map(\.name) == ["n0 to n1", "n2 and 1 more", "n3"])
        #expect(folded.nodes.map { $0.gpus[0]?.rank } == [0, 2, 3])
        #expect(map.folded(most: 2) == nil)
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

    /// Paper and ink follow the reader's preference; only what has a colour of its own keeps it.
    @Test func picturesFollowLightAndDark() throws {
        let matrix = BandwidthMatrix(names: ["a", "b", "c"], values: [0, 10e9, 20e9, 15e9, 0, 0, 20e9, 10e9, 0])
        let heat = BandwidthHeatMap(matrix)
        for svg in [map.svg, heat.svg] {
            #expect(svg.contains("prefers-color-scheme: dark"))
            #expect(svg.contains("class=\"paper\"") && !svg.contains("fill=\"#ffffff\""))
        }
        // A missing link is hatched, the slowest and the middle are colours, and none of them is like paper.
        #expect(heat.svg.contains("b to c: no link"))
        #expect(heat.svg.components(separatedBy: "url(#none)").count - 1 == 4 + 1)
        for share in stride(from: 0.0, through: 1, by: 0.05) {
            let colour = heat.colour(share)
            #expect(max(colour.red, colour.green, colour.blue) - min(colour.red, colour.green, colour.blue) > 20, "\(share)")
        }
        #expect(heat.text(colour: .full).contains("··: no link"))
    }

    @Test func placesOutsideTheClusterAreLeftOut() {
        let map = PlacementMap([.init(rank: 0, node: 5, gpu: 0)], stages: [0], nodeNames: ["a"], gpusPerNode: [1])
        #expect(map.nodes[0].gpus[0] == nil)
    }
}
