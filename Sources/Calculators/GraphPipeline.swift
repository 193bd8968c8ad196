/// Full-graph training of a graph network over GPUs: by graph parts, by layers in a pipeline, or by both (Chen et al., GNNPipe, arXiv:2308.10087).
///
/// Features are of one width. What real partitions cut is an input; sampling, caches and hidden exchange are left out.
public struct GraphPipeline: Hashable, Sendable {
    /// Vertices, edges, and features of a vertex in every layer.
    public var vertices, edges, features: Double
    /// Layers of the network.
    public var layers: Int
    /// GPUs.
    public var gpus: Int
    /// Vertices that some other part of `gpus` parts needs, counted once for each part, over all vertices.
    public var boundary: Double
    /// Chunks of the graph that pass through a pipeline.
    public var chunks: Int
    /// Bytes of a feature.
    public var featureBytes = 4.0
    /// FLOP/s, bytes of memory a second, and bytes over the network a second of one GPU.
    public var compute, memoryRate, networkRate: Double

    /// A network on a graph.
    public init(
        vertices: Double, edges: Double, features: Double, layers: Int, gpus: Int, boundary: Double, chunks: Int, compute: Double,
        memoryRate: Double, networkRate: Double
    ) {
        (self.vertices, self.edges, self.features, self.layers, self.gpus) = (vertices, edges, features, layers, gpus)
        (self.boundary, self.chunks) = (boundary, chunks)
        (self.compute, self.memoryRate, self.networkRate) = (compute, memoryRate, networkRate)
    }

    /// A way to split the work: stages of layers times parts of the graph.
    public struct Split: Hashable, Sendable {
        /// Stages and parts; their product is the number of GPUs.
        public var stages, parts: Int
        /// Bytes that all GPUs together send in an epoch.
        public var volume: Double
        /// Time of an epoch, in s.
        public var time: Double
        /// Bytes of features and their gradients on the fullest GPU.
        public var memory: Double
    }

    /// Every split of the GPUs, by stages: 1 is graph parallelism, as many as GPUs the pure pipeline. Stages are at most the layers.
    public var splits: [Split] {
        (1...gpus).filter { gpus % $0 == 0 && $0 <= layers }.map { split(stages: $0) }
    }

    /// One split.
    ///
    /// An epoch goes forward and, at twice the work, back. Stages hand over all features once each way: 2(S − 1)wFV. Parts fetch their neighbours'
    /// features in every layer: 2LwFV_b. Chunks fill and drain a pipeline, (K + S − 1) times its slowest stage.
    public func split(stages: Int) -> Split {
        let parts = gpus / stages
        let (w, f, v) = (featureBytes, features, vertices)
        let volume = 2 * Double(stages - 1) * w * f * v + 2 * Double(layers) * w * f * v * boundary(parts: parts)
        // The longest stage has the layers that do not divide.
        let held = Double((layers + stages - 1) / stages)
        let steps = stages == 1 ? 1 : Double(chunks)
        let share = 1 / (Double(parts) * steps)
        let work = held * (2 * v * share * f * f / compute + edges * share * f * w / memoryRate)
        let handed = stages == 1 ? 0 : w * f * v * share / networkRate
        let fetched = held * w * f * v * boundary(parts: parts) / Double(parts) / steps / networkRate
        // Handing over hides behind work; fetching neighbours comes before it.
        let chunk = { (passes: Double) in max(passes * work, handed) + fetched }
        return Split(
            stages: stages, parts: parts, volume: volume, time: (steps + Double(stages) - 1) * (chunk(1) + chunk(2)),
            memory: 2 * w * f * v / Double(parts) * held)
    }

    /// The boundary of fewer parts than were measured: as of vertices whose neighbours lie anywhere, (p − 1)/p of them elsewhere.
    private func boundary(parts: Int) -> Double {
        guard gpus > 1, parts > 1 else { return 0 }
        let share = { (p: Int) in Double(p - 1) / Double(p) }
        return boundary * share(parts) / share(gpus)
    }
}
