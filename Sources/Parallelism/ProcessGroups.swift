extension RankGrid {
    /// The process groups in which collectives run.
    public enum GroupKind: String, CaseIterable, Hashable, Sendable {
        /// Ranks that share every matrix of the dense part.
        case tensor
        /// Ranks that share a sequence.
        case context
        /// Replicas that hold the same part of the sequence axis.
        case data
        /// Replicas of the same dense parameters: data and context together, over which gradients and optimizer state go.
        case dataContext
        /// The stages of one pipeline.
        case pipeline
        /// Ranks that share the experts of a layer.
        case expert
        /// Ranks that share every matrix of an expert.
        case expertTensor
        /// Replicas of the same experts.
        case expertData
        /// First and last stage of a pipeline, which share tied embeddings; a single rank without a pipeline.
        case embedding
    }

    /// All groups of a kind; groups by their smallest rank, ranks in the order of their collective.
    ///
    /// Every rank is in exactly one group of a kind, except that middle stages are in no embedding group.
    public func groups(_ kind: GroupKind) -> [[Int]] {
        (0..<worldSize).filter { leads(kind, $0) }.map { group(kind, of: $0) }
    }

    /// Whether a rank is the smallest of its group.
    private func leads(_ kind: GroupKind, _ rank: Int) -> Bool {
        let place = dense.indices(of: rank, order)
        switch kind {
        case .tensor: return place.first == 0
        case .context: return place.second == 0
        case .data: return place.data == 0
        case .dataContext: return place.data == 0 && place.second == 0
        case .pipeline, .embedding: return place.pipeline == 0
        case .expertTensor: return experts.indices(of: rank, order).first == 0
        case .expert: return experts.indices(of: rank, order).second == 0
        case .expertData: return experts.indices(of: rank, order).data == 0
        }
    }

    /// The group of a kind that `rank` belongs to, in the order of its collective; empty for a middle stage's embedding group.
    public func group(_ kind: GroupKind, of rank: Int) -> [Int] {
        switch kind {
        case .tensor: return line(dense, through: rank, \.first)
        case .context: return line(dense, through: rank, \.second)
        case .data: return line(dense, through: rank, \.data)
        case .pipeline: return line(dense, through: rank, \.pipeline)
        case .expertTensor: return line(experts, through: rank, \.first)
        case .expert: return line(experts, through: rank, \.second)
        case .expertData: return line(experts, through: rank, \.data)
        case .dataContext:
            return line(dense, through: rank, \.data).flatMap { line(dense, through: $0, \.second) }
        case .embedding:
            let stages = line(dense, through: rank, \.pipeline)
            guard let first = stages.first, let last = stages.last, rank == first || rank == last else { return [] }
            return first == last ? [first] : [first, last]
        }
    }

    /// Ranks that differ from `rank` along one dimension of a grid only.
    private func line(_ extents: Extents, through rank: Int, _ dimension: KeyPath<Extents, Int>) -> [Int] {
        let stride = extents.strides(order)[keyPath: dimension]
        let start = rank - extents.indices(of: rank, order)[keyPath: dimension] * stride
        return (0..<extents[keyPath: dimension]).map { start + $0 * stride }
    }
}
