import Calculators
import Testing

@Suite struct GraphPipelineTests {
    private func graph(layers: Int, gpus: Int, boundary: Double) -> GraphPipeline {
        GraphPipeline(
            vertices: 1e6, edges: 1e8, features: 256, layers: layers, gpus: gpus, boundary: boundary, chunks: 32, compute: 14e12,
            memoryRate: 9e11, networkRate: 1.2e10)
    }

    @Test func `one GPU sends nothing, and its time is its work`() {
        let split = graph(layers: 4, gpus: 1, boundary: 0).splits
        #expect(split.count == 1 && split[0].volume == 0)
        let dense: Double = 2 * 1e6 * 256 * 256 / 14e12
        let sparse: Double = 1e8 * 256 * 4 / 9e11
        #expect(abs(split[0].time - 12 * (dense + sparse)) < 1e-12)
        let features: Double = 2 * 4 * 256 * 1e6 * 4
        #expect(split[0].memory == features)
    }

    @Test func `a layer a stage hands features over between all`() {
        let split = graph(layers: 8, gpus: 8, boundary: 2).split(stages: 8)
        #expect(split.parts == 1)
        let expected: Double = 2 * 7 * 4 * 256 * 1e6
        #expect(split.volume == expected)
    }

    @Test func `graph parallelism fetches the boundary in every layer each way`() {
        let split = graph(layers: 8, gpus: 8, boundary: 2).split(stages: 1)
        let expected: Double = 2 * 8 * 4 * 256 * 1e6 * 2
        #expect(split.volume == expected)
    }

    @Test func `volume falls by the number of layers over the stages' borders, as published`() {
        // Published: 22.89 times at most and 8.69 on average on networks of 32 to 64 layers over up to 8 GPUs. L V_b / ((n - 1) V) must reach them
        // with boundaries that real partitions have.
        for (layers, factor) in [(32, 8.69), (64, 22.89)] {
            let boundary = factor * 7 / Double(layers)
            #expect((0.5...3).contains(boundary))
            let graph = graph(layers: layers, gpus: 8, boundary: boundary)
            #expect(abs(graph.split(stages: 1).volume / graph.split(stages: 8).volume - factor) < 1e-9)
        }
    }

    @Test func `more chunks only shorten a pipeline, down to its work`() {
        var graph = graph(layers: 32, gpus: 8, boundary: 1)
        var last = Double.infinity
        for chunks in [1, 2, 8, 64, 4096] {
            graph.chunks = chunks
            let time = graph.split(stages: 8).time
            #expect(time < last)
            last = time
        }
        // Graph parallelism has the same work, and before it one fetch of the boundary in every layer each way.
        let fetches: Double = 2 * 32 * 4 * 256 * 1e6 / 8 / 1.2e10
        let work: Double = graph.split(stages: 1).time - fetches
        #expect(abs(last / work - 1) < 0.01)
    }
}
