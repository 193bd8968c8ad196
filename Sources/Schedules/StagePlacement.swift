/// Which rank holds each stage of the model.
public enum StagePlacement: Hashable, Sendable {
    /// Stage s on rank s mod p: the next chunk starts over at rank 0.
    case loop
    /// Zigzag: every other chunk runs from the last rank to the first, so neighbours in the model stay neighbours; two chunks make a V.
    case zigzag
    /// Two replicas in opposite directions: stage s of the first on rank s, of the second (numbered from p on) on rank p − 1 − s.
    case bidirectional

    /// The rank of every global stage, for `chunks` chunks on each of `ranks` ranks.
    public func ranks(_ ranks: Int, chunks: Int) -> [Int32] {
        let stages = 0..<ranks * (self == .bidirectional ? 2 : chunks)
        return stages.map { stage in
            let (chunk, place) = stage.quotientAndRemainder(dividingBy: ranks)
            let reversed = self != .loop && chunk % 2 == 1
            return Int32(reversed ? ranks - 1 - place : place)
        }
    }
}
