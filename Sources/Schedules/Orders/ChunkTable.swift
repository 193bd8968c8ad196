/// The order in which an interleaved schedule walks chunks and micro-batches: groups of N micro-batches, within a group chunk by chunk.
///
/// The last group takes the rest. Backwards walk the same table with the chunks reversed.
struct ChunkTable {
    let microBatches: Int
    let chunks: Int
    let groupSize: Int

    /// Entries: one for each chunk of each micro-batch.
    var count: Int { microBatches * chunks }

    /// Chunk and micro-batch of the k-th forward of a rank.
    func forward(_ k: Int) -> (chunk: Int, microBatch: Int) {
        let (group, place) = k.quotientAndRemainder(dividingBy: groupSize * chunks)
        let size = min(groupSize, microBatches - group * groupSize)
        let (chunk, member) = place.quotientAndRemainder(dividingBy: size)
        return (chunk, group * groupSize + member)
    }

    /// Entries from the k-th on, itself included, that belong to its chunk and group: their micro-batches follow each other.
    func stretch(from k: Int) -> Int {
        let (group, place) = k.quotientAndRemainder(dividingBy: groupSize * chunks)
        let size = min(groupSize, microBatches - group * groupSize)
        return size - place % size
    }

    /// Chunk and micro-batch of the k-th backward of a rank.
    func backward(_ k: Int) -> (chunk: Int, microBatch: Int) {
        let (chunk, microBatch) = forward(k)
        return (chunks - 1 - chunk, microBatch)
    }
}
