/// Stage collectives in flat buffers, with those that each cell takes part in.
struct CollectiveBuffers {
    /// Where the members of each collective begin.
    let start: UnsafeMutablePointer<Int32>
    /// Cells by the collective they belong to.
    let members: UnsafeMutablePointer<Int32>
    /// Whether bytes go around a ring; from each to all others where they do not.
    let isRing: UnsafeMutablePointer<Bool>
    /// Bytes through a link, as `StageCollective` has them.
    let bytes: UnsafeMutablePointer<Double>
    /// Seconds that hide.
    let hidden: UnsafeMutablePointer<Double>
    /// Seconds that show, at present.
    let seconds: UnsafeMutablePointer<Double>
    /// Seconds per byte that each member of an all-to-all needs to send to all others, and to receive, by its place in `members`.
    let sending: UnsafeMutablePointer<Double>
    let receiving: UnsafeMutablePointer<Double>
    /// Where the collectives of each cell begin in `owners`.
    let slots: UnsafeMutablePointer<Int32>
    /// Collectives by the cell that takes part.
    let owners: UnsafeMutablePointer<Int32>

    init(_ collectives: [PlacementProblem.StageCollective], cells: Int, _ arena: inout BufferArena) {
        var start: [Int32] = [0]
        var owned = [[Int32]](repeating: [], count: cells)
        for (index, collective) in collectives.enumerated() {
            start.append((start.last ?? 0) + Int32(collective.members.count))
            for member in collective.members { owned[Int(member)].append(Int32(index)) }
        }
        var slots: [Int32] = [0]
        for list in owned { slots.append((slots.last ?? 0) + Int32(list.count)) }
        self.start = arena.copy(start)
        members = arena.copy(collectives.flatMap(\.members))
        isRing = arena.copy(
            collectives.map {
                switch $0.shape {
                case .ring: true
                case .allToAll: false
                }
            })
        bytes = arena.copy(collectives.map(\.bytes))
        hidden = arena.copy(collectives.map(\.hidden))
        seconds = arena.zeros(collectives.count)
        sending = arena.zeros(Int(start.last ?? 0))
        receiving = arena.zeros(Int(start.last ?? 0))
        self.slots = arena.copy(slots)
        owners = arena.copy(owned.flatMap { $0 })
    }
}
