import Schedules

/// The colours of operations, the same in every picture.
///
/// The hues are those of Okabe and Ito's colour-blind-safe set ("Color Universal Design", 2008), toned so that white or black letters
/// stay readable on them; forward, input gradient and weight gradient differ in lightness as well as in hue.
enum TimelinePalette {
    /// What a cell or a pixel of a picture may show.
    static func colour(_ kind: Timeline.Kind) -> Colour {
        switch kind {
        case .forward: Colour(0x2F74B5)
        case .backwardInput: Colour(0xE69F00)
        case .backwardWeight: Colour(0x2BA884)
        case .backward: Colour(0xD9652B)
        case .overlappedPair: Colour(0xB565A7)
        case .send: Colour(0x8894A6)
        case .gradientReduce: Colour(0x7E6BC9)
        case .parameterGather: Colour(0xA99AE0)
        case .optimizer: Colour(0x5A6473)
        case .copyDown: Colour(0x4AA3A2)
        case .copyUp: Colour(0x86C5B7)
        case .hostUpdate: Colour(0x8A6D3B)
        case .tensorExchange: Colour(0xC2679A)
        case .contextExchange: Colour(0x5FA8D3)
        case .expertExchange: Colour(0xC9A227)
        }
    }

    /// The colour of an operation of a rank's `chunk`-th chunk: later chunks are paler.
    static func colour(_ kind: Timeline.Kind, chunk: Int) -> Colour {
        colour(kind).mixed(with: Colour(0xFFFFFF), min(Double(chunk) * 0.24, 0.48))
    }

    /// Letters that can be read on a colour.
    static func ink(on colour: Colour) -> Colour { colour.luminance > 0.26 ? Colour(0x10151C) : Colour(0xFFFFFF) }
}

/// Which of its rank's chunks an operation belongs to, counted from 0.
struct ChunkNumbers {
    private var numbers: [Int]

    init(_ timeline: Timeline) {
        var rank: [Int32] = []
        for span in timeline.spans where span.kind.isCompute && span.stage >= 0 && Int(span.stage) < timeline.spans.count {
            while rank.count <= Int(span.stage) { rank.append(-1) }
            rank[Int(span.stage)] = span.rank
        }
        var seen = [Int](repeating: 0, count: max(timeline.rankCount, 0))
        numbers = rank.map { owner in
            guard seen.indices.contains(Int(owner)) else { return 0 }
            seen[Int(owner)] += 1
            return seen[Int(owner)] - 1
        }
    }

    subscript(stage: Int32) -> Int { numbers.indices.contains(Int(stage)) ? numbers[Int(stage)] : 0 }
}
