/// Parallel sizes that a cell pins; nil is what `plan` chooses.
public struct StudyPins: Hashable, Sendable {
    /// A size that can be pinned, by its key and its flag.
    public enum Dimension: String, CaseIterable, Hashable, Sendable {
        /// Expert, tensor, context and pipeline parallelism.
        case ep, tp, cp, pp
    }

    private var sizes = [Int?](repeating: nil, count: Dimension.allCases.count)

    /// Nothing pinned.
    public init() {}

    /// The size of a dimension.
    public subscript(dimension: Dimension) -> Int? {
        get { sizes[Self.place(dimension)] }
        set { sizes[Self.place(dimension)] = newValue }
    }

    private static func place(_ dimension: Dimension) -> Int { Dimension.allCases.firstIndex(of: dimension) ?? 0 }

    /// The sizes as people write them: `EP8 PP4`; empty where nothing is pinned.
    public var text: String {
        Dimension.allCases.compactMap { dimension in self[dimension].map { "\(dimension.rawValue.uppercased())\($0)" } }.joined(
            separator: " ")
    }
}
