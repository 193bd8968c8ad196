/// How samples become rows of a fixed number of tokens.
public enum PackingMode: String, CaseIterable, Hashable, Sendable {
    /// A sample a row, filled up with padding.
    case none
    /// Samples behind each other and cut where a row is full, as Megatron's GPTDataset and TorchTitan do: nothing is padded, documents are cut.
    case pack
    /// Whole samples, the longest first, each into the fullest row that still takes it (Ding et al., Fewer Truncations, arXiv:2404.10830).
    case bestFit = "best-fit"
}

/// Rows of samples.
public struct PackedRows: Hashable, Sendable {
    /// Tokens of a row.
    public let capacity: Int
    /// The lengths of the documents, or of the pieces of them, in each row.
    public let rows: [[Int]]
    /// Documents that were cut.
    public let cut: Int

    /// Share of all tokens of the rows that hold nothing.
    public var padding: Double {
        let tokens = rows.reduce(0) { $0 + $1.reduce(0, +) }
        return rows.isEmpty ? 0 : 1 - Double(tokens) / (Double(rows.count) * Double(capacity))
    }

    /// Rows of `capacity` tokens; samples that are longer are cut to it where rows keep samples whole.
    public init(_ samples: [Int], _ mode: PackingMode, capacity: Int) {
        let capacity = max(1, capacity)
        self.capacity = capacity
        switch mode {
        case .none: (rows, cut) = (samples.map { [min($0, capacity)] }, samples.count { $0 > capacity })
        case .pack: (rows, cut) = Self.cutting(samples, capacity)
        case .bestFit: (rows, cut) = (Self.bestFit(samples, capacity), samples.count { $0 > capacity })
        }
    }

    private static func cutting(_ samples: [Int], _ capacity: Int) -> ([[Int]], Int) {
        var (rows, row, room, cut): ([[Int]], [Int], Int, Int) = ([], [], capacity, 0)
        for sample in samples {
            var left = sample
            if left > room { cut += 1 }
            while left > 0 {
                let piece = min(left, room)
                row.append(piece)
                left -= piece
                room -= piece
                if room == 0 {
                    rows.append(row)
                    (row, room) = ([], capacity)
                }
            }
        }
        if !row.isEmpty { rows.append(row) }
        return (rows, cut)
    }

    /// Best fit, the longest first. Rows are kept by the room that is left in them, in a tree over all rooms, so that a row is found in log₂(capacity).
    private static func bestFit(_ samples: [Int], _ capacity: Int) -> [[Int]] {
        var rows: [[Int]] = []
        var byRoom = RoomTree(capacity: capacity)
        for sample in samples.map({ min($0, capacity) }).sorted(by: >) {
            if let (room, row) = byRoom.takeLeast(atLeast: sample) {
                rows[row].append(sample)
                byRoom.put(row, room: room - sample)
            } else {
                rows.append([sample])
                byRoom.put(rows.count - 1, room: capacity - sample)
            }
        }
        return rows
    }
}

/// Rows by the room left in them: a tree over rooms whose nodes say whether any row lies below.
private struct RoomTree {
    private var counts: [Int32]
    private var rows: [Int: [Int]] = [:]
    private let leaves: Int
    /// Rooms are counted in units of this many tokens, rounded down, so that the tree stays small.
    private let unit: Int

    init(capacity: Int) {
        unit = max(1, capacity >> 16)
        var leaves = 1
        while leaves < capacity / unit + 1 { leaves *= 2 }
        self.leaves = leaves
        counts = Array(repeating: 0, count: 2 * leaves)
    }

    mutating func put(_ row: Int, room: Int) {
        rows[room / unit, default: []].append(row << 32 | room)
        change(room / unit, by: 1)
    }

    /// A row with the least room that takes so many tokens.
    mutating func takeLeast(atLeast tokens: Int) -> (room: Int, row: Int)? {
        var place = tokens / unit
        while let found = firstOccupied(from: place) {
            if let index = rows[found]?.lastIndex(where: { $0 & 0xFFFF_FFFF >= tokens }), let entry = rows[found]?.remove(at: index) {
                change(found, by: -1)
                return (entry & 0xFFFF_FFFF, entry >> 32)
            }
            place = found + 1
        }
        return nil
    }

    private mutating func change(_ place: Int, by step: Int32) {
        var node = leaves + place
        while node > 0 {
            counts[node] += step
            node /= 2
        }
    }

    private func firstOccupied(from place: Int) -> Int? {
        guard place < leaves else { return nil }
        var node = leaves + place
        if counts[node] > 0 { return place }
        while node > 1 {
            if node % 2 == 0, counts[node + 1] > 0 {
                node += 1
                while node < leaves { node = counts[2 * node] > 0 ? 2 * node : 2 * node + 1 }
                return node - leaves
            }
            node /= 2
        }
        return nil
    }
}
