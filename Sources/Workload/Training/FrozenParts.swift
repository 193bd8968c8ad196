/// Parts of a model that are not trained.
public struct FrozenParts: Hashable, Sendable {
    /// The embedding, and what else stands before the first layer.
    public var embedding = false
    /// The head.
    public var head = false
    /// Ranges of layers, counted from 0.
    public var layers: [ClosedRange<Int>] = []

    /// Nothing.
    public init() {}

    /// All of a model.
    public init(everythingOf model: TransformerModel) {
        (embedding, head) = (true, true)
        layers = [0...max(0, model.layerClasses.ofLayer.count - 1)]
    }

    /// The layers of `count` that are not among some.
    public static func layers(beside trained: Set<Int>, of count: Int) -> [ClosedRange<Int>] {
        (0..<count).filter { !trained.contains($0) }.reduce(into: []) { ranges, layer in
            if let last = ranges.last, last.upperBound == layer - 1 {
                ranges[ranges.count - 1] = last.lowerBound...layer
            } else {
                ranges.append(layer...layer)
            }
        }
    }

    /// Whether nothing is frozen.
    public var isEmpty: Bool { !embedding && !head && layers.isEmpty }

    /// Whether a layer is frozen.
    public func contains(_ layer: Int) -> Bool { layers.contains { $0.contains(layer) } }

    /// Reads a list such as `embedding,head,layers:0-23,layers:30`.
    public init(_ text: String) throws(FrozenPartsError) {
        for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            switch part {
            case "embedding": embedding = true
            case "head": head = true
            default:
                guard part.hasPrefix("layers:"), let range = Self.range(part.dropFirst(7)) else { throw FrozenPartsError(part: part) }
                layers.append(range)
            }
        }
    }

    private static func range(_ text: Substring) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil, first >= 0, first <= last else { return nil }
        return first...last
    }

    /// The list as it is written.
    public var text: String {
        let ranges = layers.map { $0.count == 1 ? "layers:\($0.lowerBound)" : "layers:\($0.lowerBound)-\($0.upperBound)" }
        return ((embedding ? ["embedding"] : []) + (head ? ["head"] : []) + ranges).joined(separator: ",")
    }
}

/// A part that no model has.
public struct FrozenPartsError: Error, CustomStringConvertible, Sendable {
    /// As it was written.
    public let part: String
    /// The part, and what there is.
    public var description: String { "'\(part)' is no part to freeze; there are embedding, head, and layers such as layers:0-23" }
}
