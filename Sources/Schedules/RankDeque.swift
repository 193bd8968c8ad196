/// Ranks that can go on: the one woken last comes first, those that have gone far ahead last. Each is in it once at most.
struct RankDeque: Sendable {
    private var ranks: [Int32] = []
    private var mask = 0
    private var head = 0
    private var count = 0

    /// Empties it and makes room for every rank.
    mutating func reset(_ ranks: Int) {
        var room = 1
        while room < ranks + 1 { room *= 2 }
        self.ranks.reset(0, room)
        (mask, head, count) = (room - 1, 0, 0)
    }

    /// Puts a rank first.
    @inline(__always)
    mutating func push(_ rank: Int32) {
        ranks[(head + count) & mask] = rank
        count += 1
    }

    /// Puts a rank last.
    @inline(__always)
    mutating func pushBehind(_ rank: Int32) {
        head = (head + mask) & mask
        ranks[head] = rank
        count += 1
    }

    /// Takes the first rank.
    @inline(__always)
    mutating func pop() -> Int32? {
        guard count > 0 else { return nil }
        count -= 1
        return ranks[(head + count) & mask]
    }
}
