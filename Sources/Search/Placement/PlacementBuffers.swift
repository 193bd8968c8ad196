/// Owner of the flat buffers of a `PlacementState`.
struct BufferArena {
    private var owned: [UnsafeMutableRawPointer] = []

    /// A buffer with the elements of `values`.
    mutating func copy<T: BitwiseCopyable>(_ values: [T]) -> UnsafeMutablePointer<T> {
        let buffer = UnsafeMutablePointer<T>.allocate(capacity: max(1, values.count))
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { buffer.initialize(from: base, count: values.count) }
        }
        owned.append(UnsafeMutableRawPointer(buffer))
        return buffer
    }

    /// A buffer of `count` zeros.
    mutating func zeros(_ count: Int) -> UnsafeMutablePointer<Double> { filled(0, count) }

    /// A buffer of `count` equal elements.
    mutating func filled<T: BitwiseCopyable>(_ value: T, _ count: Int) -> UnsafeMutablePointer<T> {
        let buffer = UnsafeMutablePointer<T>.allocate(capacity: max(1, count))
        buffer.initialize(repeating: value, count: count)
        owned.append(UnsafeMutableRawPointer(buffer))
        return buffer
    }

    /// Releases every buffer.
    func free() {
        for buffer in owned { buffer.deallocate() }
    }
}

/// One end of an arc, as seen from the cell it belongs to.
struct ArcEnd {
    /// The arc.
    var arc: Int32
    /// The cell at the other end.
    var other: Int32
    /// The arc's path or ring.
    var owner: Int32
    /// Factor of this cell's position in the index of the link, and of the other's: (stride, 1) where the arc leaves, (1, stride) where it
    /// arrives.
    var factor: Int32
    var otherFactor: Int32
}

/// Arcs in flat buffers, with the arcs that touch each cell.
struct ArcBuffers {
    let from: UnsafeMutablePointer<Int32>
    let to: UnsafeMutablePointer<Int32>
    /// Where the arcs of each owner begin.
    let start: UnsafeMutablePointer<Int32>
    /// Where the arc ends of each cell begin in `ends`.
    let slots: UnsafeMutablePointer<Int32>
    /// Arc ends by the cell they belong to.
    let ends: UnsafeMutablePointer<ArcEnd>

    /// The arcs that touch a cell, each seen from there.
    func ends(of cell: Int) -> UnsafeBufferPointer<ArcEnd> {
        UnsafeBufferPointer(start: ends + Int(slots[cell]), count: Int(slots[cell + 1] - slots[cell]))
    }

    init(_ arcs: PlacementProblem.Arcs, cells: Int, stride: Int, _ arena: inout BufferArena) {
        var touching = [[ArcEnd]](repeating: [], count: cells)
        let stride = Int32(stride)
        for index in arcs.from.indices {
            let (from, to, owner) = (arcs.from[index], arcs.to[index], arcs.owner[index])
            touching[Int(from)].append(ArcEnd(arc: Int32(index), other: to, owner: owner, factor: stride, otherFactor: 1))
            touching[Int(to)].append(ArcEnd(arc: Int32(index), other: from, owner: owner, factor: 1, otherFactor: stride))
        }
        var slots: [Int32] = [0]
        slots.reserveCapacity(cells + 1)
        for list in touching { slots.append((slots.last ?? 0) + Int32(list.count)) }
        from = arena.copy(arcs.from)
        to = arena.copy(arcs.to)
        start = arena.copy(arcs.start.map(Int32.init))
        self.slots = arena.copy(slots)
        ends = arena.copy(touching.flatMap { $0 })
    }
}

/// What a move changed, so that it can be taken back exactly.
struct UndoLog {
    private struct Change {
        var address: UnsafeMutablePointer<Double>
        var old: Double
    }

    private var changes = UnsafeMutablePointer<Change>.allocate(capacity: 256)
    private var changeCount = 0
    private var capacity = 256
    private var swaps: [(a: Int32, b: Int32)] = []
    private var slowest = (path: 0.0, pathIndex: 0, ring: 0.0, ringIndex: 0)

    /// Forgets what was logged and keeps the four running maxima.
    mutating func begin(_ path: Double, _ pathIndex: Int, _ ring: Double, _ ringIndex: Int) {
        changeCount = 0
        swaps.removeAll(keepingCapacity: true)
        slowest = (path, pathIndex, ring, ringIndex)
    }

    /// Writes a number and keeps the old one.
    @inline(__always)
    mutating func set(_ address: UnsafeMutablePointer<Double>, _ value: Double) {
        if changeCount == capacity { grow() }
        (changes + changeCount).initialize(to: Change(address: address, old: address.pointee))
        changeCount += 1
        address.pointee = value
    }

    /// Exchanges two positions and keeps which.
    @inline(__always)
    mutating func exchange(_ position: UnsafeMutablePointer<Int32>, _ a: Int, _ b: Int) {
        swaps.append((Int32(truncatingIfNeeded: a), Int32(truncatingIfNeeded: b)))
        let old = position[a]
        position[a] = position[b]
        position[b] = old
    }

    /// Restores every number and position, last first, and returns the maxima of `begin`.
    mutating func rollback(_ position: UnsafeMutablePointer<Int32>) -> (Double, Int, Double, Int) {
        while changeCount > 0 {
            changeCount -= 1
            changes[changeCount].address.pointee = changes[changeCount].old
        }
        while let (a, b) = swaps.popLast() {
            let old = position[Int(a)]
            position[Int(a)] = position[Int(b)]
            position[Int(b)] = old
        }
        return (slowest.path, slowest.pathIndex, slowest.ring, slowest.ringIndex)
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Change>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: changes, count: capacity)
        changes.deallocate()
        changes = larger
        capacity *= 2
    }

    /// Releases the log's buffer.
    func free() {
        changes.deallocate()
    }
}
