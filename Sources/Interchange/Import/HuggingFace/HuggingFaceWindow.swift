import Documents
import Workload

/// Reads which layers of a configuration attend within a window, and how wide it is.
struct HuggingFaceWindow {
    let decoder: HuggingFaceDecoder
    private var fields: HuggingFaceFields { decoder.fields }
    private var layers: Int { decoder.layers }

    init(decoder: HuggingFaceDecoder) { self.decoder = decoder }

    /// The window of each layer, nil where it sees the whole sequence.
    func windows() throws(DocumentError) -> [SlidingWindow?] {
        let none = [SlidingWindow?](repeating: nil, count: layers)
        let isChunked = if case .chunked = decoder.family.windows { true } else { false }
        let key = isChunked ? "attention_chunk_size" : "sliding_window"
        let types = try fields.perLayer("layer_types", .word(of: Self.words), layers: layers)
        // A flag that is off outweighs a size and a list.
        let isOff = try fields.stated("use_sliding_window") == false
        guard let size = try size(key), !isOff else {
            if !isOff, let type = types?.first(where: { $0 != "full_attention" }) {
                throw fields.problem(
                    at: fields.has(key) ? key : "layer_types", "layer_types has \(type) and \(key) gives no width",
                    remedy: "give \(key), or make all layers full_attention")
            }
            return none
        }
        guard size < decoder.maxSequenceLength ?? .max else { return none }
        let windowed = if let types { types.map { $0 != "full_attention" } } else { try windowedLayers() }
        return windowed.map { $0 ? SlidingWindow(size: size, globalEvery: 0, isChunked: isChunked) : nil }
    }

    /// The words of `layer_types` for attention.
    static let words = ["full_attention", "sliding_attention", "chunked_attention"]

    /// Null, 0, -1 and false all mean that there is none.
    private func size(_ key: String) throws(DocumentError) -> Int? {
        if fields.has(key) {
            guard let node = try fields.node(key), !Self.isOff(node) else { return nil }
            return try YAMLType<Int>.int(in: ModelLimits.sequenceLength).read(node)
        }
        if case .none = decoder.family.windows { return nil }
        let usual = try fields.int(key, in: 0...ModelLimits.sequenceLength.upperBound) ?? 0
        return usual > 0 ? usual : nil
    }

    private static func isOff(_ node: YAMLNode) -> Bool {
        guard case .scalar(let scalar) = node, !scalar.isQuoted else { return false }
        return ["0", "-1", "false", "False"].contains(scalar.text)
    }

    /// Whether each layer is windowed as the family's code decides, where the file does not list them.
    private func windowedLayers() throws(DocumentError) -> [Bool] {
        func layersWhere(_ isWindowed: (Int) -> Bool) -> [Bool] { (0..<layers).map(isWindowed) }
        switch decoder.family.windows {
        case .none: return layersWhere { _ in false }
        case .all: return layersWhere { _ in true }
        case .globalEvery(let key, let usual):
            if let key, let node = try fields.node(key), case .scalar(let scalar) = node, Int(scalar.text) == nil {
                // A pattern such as LLLG that repeats.
                let letters = Array(scalar.text)
                guard !letters.isEmpty, letters.allSatisfy({ $0 == "L" || $0 == "G" }) else {
                    throw fields.problem(
                        at: key, "'\(scalar.text)' is no pattern of windows", remedy: "expected a number, or letters L and G such as LLLG")
                }
                return layersWhere { letters[$0 % letters.count] == "L" }
            }
            let every = if let key { try fields.int(key, "_\(key)", in: ModelLimits.layers) ?? usual } else { usual }
            return layersWhere { ($0 + 1) % every != 0 }
        case .globalFirst(let period): return layersWhere { $0 % period != 0 }
        case .after, .before, .flagged: return try qwenLayers()
        case .chunked: return try chunkedLayers()
        }
    }

    /// Qwen's flag is off unless given; which layers it windows differs from generation to generation.
    private func qwenLayers() throws(DocumentError) -> [Bool] {
        let isOn = try fields.flag("use_sliding_window")
        let bound = try fields.int("max_window_layers", in: 0...ModelLimits.layers.upperBound) ?? 28
        return (0..<layers).map { layer in
            switch decoder.family.windows {
            case .before: isOn && layer % 2 == 0 && layer < bound
            case .flagged: isOn
            default: isOn && layer >= bound
            }
        }
    }

    /// Llama 4 attends within chunks where it rotates queries and keys; `no_rope_layers` holds 1 for those layers.
    private func chunkedLayers() throws(DocumentError) -> [Bool] {
        if case .sequence(let items, _) = try fields.node("no_rope_layers"), !items.isEmpty,
            let rotated = try fields.perLayer("no_rope_layers", .int(in: 0...1), layers: layers)
        {
            return rotated.map { $0 == 1 }
        }
        let every = try fields.int("no_rope_layer_interval", in: ModelLimits.layers) ?? 4
        return (0..<layers).map { ($0 + 1) % every != 0 }
    }
}
