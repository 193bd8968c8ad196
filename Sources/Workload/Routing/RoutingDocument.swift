public import Documents

/// Reads what tokens visited: CSV, NumPy arrays, or the JSON that EPLB, SGLang and vLLM take.
///
/// Counts per layer and expert, counts of pairs in successive layers, or the expert of every token in each layer. Layers are counted among the
/// mixtures, or among all layers of the model where the file has as many: rows of dense layers then have no visits.
public struct RoutingDocument {
    let file: String
    let grid: MixtureGrid

    /// What the file at a path says, for the mixtures of a model; the path `-` is standard input.
    public static func read(path: String, for grid: MixtureGrid) throws(DocumentError) -> RoutingRecord {
        try parse(bytes: TextFile.bytes(path: path, limit: 512), file: path, for: grid)
    }

    /// What bytes say, told apart by how they begin.
    public static func parse(bytes: [UInt8], file: String, for grid: MixtureGrid) throws(DocumentError) -> RoutingRecord {
        let document = RoutingDocument(file: file, grid: grid)
        if NumPyArray.isOne(bytes) { return try document.record(NumPyArray.parse(bytes: bytes, file: file)) }
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            throw document.problem(
                "this is an archive, as torch.save and numpy.savez write it",
                "save the counts alone: numpy.save('counts.npy', torch.load(…)['logical_count'].numpy())")
        }
        let text = try TextFile.text(of: bytes, file: file)
        switch text.utf8.first(where: { !" \t\r\n".utf8.contains($0) }) {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return try document.record(json: JSONDocument.parse(text: text, file: file))
        default: return try document.record(CSVTable.parse(text: text, file: file))
        }
    }

    func problem(_ what: String, _ remedy: String, at place: SourceLocation? = nil) -> DocumentError {
        DocumentError(place ?? SourceLocation(file: file), .invalid(what, remedy: remedy))
    }

    /// A record of counts, a row of E a layer in the file's own numbering; `place` says where the count of a layer and expert stands.
    func record(
        counts: [Double], rows: Int, notes: [String] = [], affinity: ExpertAffinity? = nil, perToken: Int? = nil,
        place: (Int, Int) -> SourceLocation
    ) throws(DocumentError) -> RoutingRecord {
        let experts = grid.experts
        var notes = notes
        for row in 0..<rows {
            for expert in 0..<experts {
                let count = counts[row * experts + expert]
                guard count.isFinite, count >= 0 else {
                    throw problem(
                        "layer \(row), expert \(expert) was visited \(count) times", "counts are 0 or more", at: place(row, expert))
                }
            }
        }
        var kept = counts
        if rows != grid.layers.count {
            guard rows == grid.modelLayers else {
                throw problem(
                    "the file has \(rows) layers, and \(grid.words)",
                    "expected one row for each mixture layer, or for each of the \(grid.modelLayers) layers", at: place(0, 0))
            }
            let mixtures = Set(grid.layers)
            for row in 0..<rows where !mixtures.contains(row) {
                for expert in 0..<experts where counts[row * experts + expert] != 0 {
                    throw problem(
                        "layer \(row) of \(grid.model) is dense, and its expert \(expert) was visited", "rows of dense layers are 0",
                        at: place(row, expert))
                }
            }
            kept = grid.layers.flatMap { counts[$0 * experts..<($0 + 1) * experts] }
            notes.append("\(rows - grid.layers.count) rows of dense layers, all 0, are left out")
        }
        for layer in grid.layers.indices where kept[layer * experts..<(layer + 1) * experts].allSatisfy({ $0 == 0 }) {
            let row = rows == grid.layers.count ? layer : grid.layers[layer]
            throw problem("no expert of layer \(row) was visited", "record more tokens, or leave routing out", at: place(row, 0))
        }
        let routing = ExpertRouting(source: file, experts: experts, counts: kept)
        let perToken = perToken ?? grid.perToken
        let impossible = routing.impossibleLayers(perToken: perToken)
        if let layer = impossible.first {
            notes.append(
                "\(impossible.count) of \(routing.layers) layers (layer \(layer) first) give one expert more than 1/\(perToken) of the "
                    + "visits, which \(perToken) distinct experts a token cannot; they are taken as they are")
        }
        return RoutingRecord(routing, affinity: affinity, notes: notes)
    }

    /// A record of pairs, E·E for every step between mixture layers.
    func record(pairs: [Double], steps: Int, notes: [String] = [], place: (Int) -> SourceLocation) throws(DocumentError) -> RoutingRecord {
        guard steps == grid.layers.count - 1, steps > 0 else {
            throw problem(
                "the file has pairs of \(steps) steps between layers, and \(grid.words)",
                "expected \(max(0, grid.layers.count - 1)) steps", at: place(0))
        }
        for (index, count) in pairs.enumerated() where !(count.isFinite && count >= 0) {
            throw problem("a pair of experts was seen \(count) times", "counts are 0 or more", at: place(index))
        }
        // Scaled so that no sum of finite counts overflows.
        let most = pairs.reduce(0, max)
        let affinity = ExpertAffinity(experts: grid.experts, counts: most > 1e200 ? pairs.map { $0 / most } : pairs)
        return try record(counts: affinity.visits, rows: grid.layers.count, notes: notes, affinity: affinity) { _, _ in place(0) }
    }
}
