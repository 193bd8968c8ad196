/// What moves between ranks beside the passes of every stage, for pictures: collectives inside layers, where a pass has them.
public struct StageLanes: Hashable, Sendable {
    /// An exchange within a pass, as shares of the pass's time from its start.
    public struct Piece: Hashable, Sendable {
        /// Whose exchange it is: `.tensorExchange`, `.contextExchange` or `.expertExchange`.
        public var kind: Timeline.Kind
        /// From when to when, between 0 and 1.
        public var start, end: Double

        /// A piece from its parts.
        public init(_ kind: Timeline.Kind, start: Double, end: Double) { (self.kind, self.start, self.end) = (kind, start, end) }
    }

    /// The exchanges of a forward and of a backward pass; one list a stage.
    public var forward, backward: [[Piece]]

    /// The operations of an order beyond which nothing inside them is drawn.
    public static let mostOperations = 20_000

    /// Lanes from the exchanges of every stage.
    public init(forward: [[Piece]], backward: [[Piece]]) { (self.forward, self.backward) = (forward, backward) }

    /// Pieces of a kind behind each other joined where the gap between them is too short to be seen, as a share of the pass.
    public static func joined(_ pieces: [Piece], gap: Double) -> [Piece] {
        let byKind = Dictionary(grouping: pieces.filter { $0.end > $0.start }, by: \.kind)
        return Timeline.Kind.allCases.flatMap { kind in
            var joined: [Piece] = []
            for piece in (byKind[kind] ?? []).sorted(by: { $0.start < $1.start }) {
                if let last = joined.last, piece.start - last.end <= gap {
                    joined[joined.count - 1].end = max(last.end, piece.end)
                } else {
                    joined.append(piece)
                }
            }
            return joined
        }
    }
}
