import Calculators
import Testing

@Suite struct BlockGridTests {
    /// A training on four V100 at 128 features, as GraphVite's benchmarks are.
    private func grid(vertices: Double, samples: Double = 1e9) -> BlockGrid {
        BlockGrid(
            vertices: vertices, samples: samples, dimension: 128, gpus: 4, negatives: 1, episode: 2e8, memoryRate: 9e11, accessShare: 0.5,
            linkRate: 12e9)
    }

    @Test func `memory of a GPU is as published`() {
        // GraphVite's benchmarks: a machine of 24 threads and four V100, batches of 100,000.
        let published: [(vertices: Double, mebibytes: Double)] = [(1_138_499, 801), (1_715_255, 943), (7_944_949, 2.42 * 1024)]
        for row in published {
            let memory = grid(vertices: row.vertices).memory / 1_048_576
            #expect(abs(memory / row.mebibytes - 1) < 0.003, "\(memory) MiB, \(row.mebibytes) published")
        }
    }

    @Test func `a million vertices and five million edges take about a minute`() {
        // 4,000 passes over 4,945,382 edges; published 1.17 min, within a factor of two.
        let time = grid(vertices: 1_138_499, samples: 4000 * 4_945_382).time(fixesVertices: true)
        #expect((35.0...140).contains(time))
    }

    @Test func `vertices that stay halve the transfers, and one GPU has none`() {
        var grid = grid(vertices: 1e6)
        #expect(grid.transfer(fixesVertices: false) == 2 * grid.transfer(fixesVertices: true))
        let contexts: Double = 2 * 128 * 1e6 / 4 * 4
        #expect(grid.transfer(fixesVertices: true) == contexts)
        grid.gpus = 1
        #expect(grid.transfer(fixesVertices: false) == 0)
    }

    @Test func `slow sampling is the bound`() {
        var grid = grid(vertices: 1e6, samples: 1e9)
        grid.sampleRate = 1e7
        #expect(grid.time(fixesVertices: true) == 100)
    }
}
