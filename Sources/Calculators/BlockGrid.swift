/// Node embeddings trained block by block: vertices in as many parts as GPUs, edges in a grid of blocks, of which those that share neither row nor
/// column run at once (Zhu et al., GraphVite, arXiv:1903.00757).
public struct BlockGrid: Hashable, Sendable {
    /// Vertices and samples of edges in the whole training.
    public var vertices, samples: Double
    /// Width of an embedding.
    public var dimension: Double
    /// GPUs, which is also the number of parts.
    public var gpus: Int
    /// Negative samples for each edge.
    public var negatives: Double
    /// Samples between two exchanges of all parts.
    public var episode: Double
    /// Bytes a second of a GPU's memory, the share of it that rows at random places reach, and of the link to the host.
    public var memoryRate, accessShare, linkRate: Double
    /// Samples a second that the processors make; nil where they are never short.
    public var sampleRate: Double?
    /// Threads of processors for each GPU, one of which drives it while the others draw samples, and samples of a batch.
    public var threads = 6.0
    /// See `threads`.
    public var batch = 100_000.0

    /// A training.
    public init(
        vertices: Double, samples: Double, dimension: Double, gpus: Int, negatives: Double, episode: Double, memoryRate: Double,
        accessShare: Double, linkRate: Double, sampleRate: Double? = nil
    ) {
        (self.vertices, self.samples, self.dimension, self.gpus) = (vertices, samples, dimension, gpus)
        (self.negatives, self.episode) = (negatives, episode)
        (self.memoryRate, self.accessShare, self.linkRate, self.sampleRate) = (memoryRate, accessShare, linkRate, sampleRate)
    }

    /// Bytes of a GPU that the program does not allocate: the context of CUDA and its libraries on a V100, which nothing derives. What is left of
    /// each of GraphVite's three published figures is within 1 % of it.
    public static let context = 327.0 * 1_048_576

    /// Bytes on a GPU, as GraphVite allocates them (core/solver.h): one part of the vertices and one of the contexts in fp32, a table of 8 B a vertex
    /// to draw negative samples from, a batch of edges with its negatives, losses and random numbers, and 5 million random numbers of 8 B for each
    /// thread that draws samples.
    public var memory: Double {
        let part = (vertices / Double(gpus)).rounded(.up)
        let batches = batch * (8 + 4 * negatives + 4 + 16 * negatives)
        return (2 * dimension * 4 + 8) * part + batches + max(0, threads - 1) * 5e6 * 8 + Self.context
    }

    /// Samples a second that the GPUs train: each reads and writes a row for the vertex and one for each of its contexts.
    public var trainRate: Double {
        Double(gpus) * memoryRate * accessShare / (2 * dimension * (1 + negatives) * 4 * 2)
    }

    /// Bytes over the link of a GPU in a round: both parts out and in, the context alone where vertices stay.
    public func transfer(fixesVertices: Bool) -> Double {
        gpus == 1 ? 0 : (fixesVertices ? 2 : 4) * dimension * vertices / Double(gpus) * 4
    }

    /// Seconds of the training: rounds of samples and exchanges, as many rounds an episode as GPUs; at least what making the samples takes.
    public func time(fixesVertices: Bool) -> Double {
        let rounds = (samples / episode).rounded(.up) * Double(gpus)
        return max(samples / trainRate + rounds * transfer(fixesVertices: fixesVertices) / linkRate, sampleRate.map { samples / $0 } ?? 0)
    }
}
