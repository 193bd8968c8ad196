public import Documents

/// Writes and reads maps of experts as other programs have them.
public enum ExpertMapDocument {
    /// Who reads the map.
    public enum Form: String, CaseIterable, Hashable, Sendable {
        /// `physical_to_logical_map` with a row for every layer of the model, dense ones in order (`--init-expert-location` of SGLang).
        case sglang
        /// A list of mixture layers, each the expert of every slot (`phy2log` of EPLB, and what vLLM calls `physical_to_logical_map`).
        case eplb
        /// Which expert of the checkpoint becomes expert i of each layer, so that ranks that hold experts in their order hold those of the map.
        case megatron
    }

    /// The map as text of JSON; nil where a form cannot say it: Megatron holds no copies.
    public static func text(_ map: ExpertMap, _ grid: MixtureGrid, as form: Form) -> String? {
        func row(_ layer: Int) -> String {
            "[" + map.expertOfSlot[layer * map.slots..<(layer + 1) * map.slots].map { "\($0)" }.joined(separator: ", ") + "]"
        }
        switch form {
        case .eplb: return "[" + (0..<map.layers).map(row).joined(separator: ",\n ") + "]\n"
        case .megatron:
            guard !map.hasCopies else { return nil }
            let rows = (0..<map.layers).map { "  \"\(grid.layers[$0])\": \(row($0))" }
            return "{\"expert_order\": {\n" + rows.joined(separator: ",\n") + "\n}}\n"
        case .sglang:
            var next = 0
            let dense = "[" + (0..<map.slots).map { "\($0 % map.experts)" }.joined(separator: ", ") + "]"
            let rows = (0..<grid.modelLayers).map { layer -> String in
                guard next < grid.layers.count, grid.layers[next] == layer else { return dense }
                next += 1
                return row(next - 1)
            }
            return "{\"physical_to_logical_map\": [\n" + rows.joined(separator: ",\n") + "\n]}\n"
        }
    }

    /// The map that a file holds, of so many ranks: JSON in any of the forms, or CSV with columns `layer`, `expert` and `gpu`.
    public static func read(path: String, ranks: Int?, for grid: MixtureGrid) throws(DocumentError) -> ExpertMap {
        try parse(text: TextFile.read(path: path), file: path, ranks: ranks, for: grid)
    }

    /// The map of a text; `file` names it in errors. `ranks` may be left open where the file says it.
    public static func parse(text: String, file: String, ranks: Int?, for grid: MixtureGrid) throws(DocumentError) -> ExpertMap {
        let reader = ExpertMapReader(file: file, grid: grid)
        switch text.utf8.first(where: { !" \t\r\n".utf8.contains($0) }) {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            return try reader.map(JSONDocument.parse(text: text, file: file), ranks: ranks)
        default: return try reader.map(CSVTable.parse(text: text, file: file), ranks: ranks)
        }
    }
}

/// Reads one map.
private struct ExpertMapReader {
    let file: String
    let grid: MixtureGrid

    func problem(_ what: String, _ remedy: String, at place: SourceLocation? = nil) -> DocumentError {
        DocumentError(place ?? SourceLocation(file: file), .invalid(what, remedy: remedy))
    }

    func map(_ node: YAMLNode, ranks: Int?) throws(DocumentError) -> ExpertMap {
        var node = node
        if case .mapping(let entries, let place) = node {
            guard let entry = entries.first(where: { ["physical_to_logical_map", "expert_order", "phy2log"].contains($0.key.text) }) else {
                throw problem("the object has no map", "expected physical_to_logical_map, phy2log or expert_order", at: place)
            }
            node = entry.value
            if case .mapping(let rows, let place) = node { node = .sequence(try inOrder(rows, place), location: place) }
        }
        let expert: YAMLType<Int> = .int(in: 0...max(0, grid.experts - 1))
        let rows = try YAMLType<[[Int]]>.list(of: .list(of: expert)).read(node)
        guard let slots = rows.first?.count, rows.allSatisfy({ $0.count == slots }), slots >= grid.experts else {
            throw problem(
                "its rows have \(Set(rows.map(\.count)).sorted().map(String.init).joined(separator: ", ")) slots, and \(grid.words)",
                "expected rows of one length, of \(grid.experts) slots at least", at: node.location)
        }
        guard rows.count == grid.layers.count || rows.count == grid.modelLayers else {
            throw problem(
                "the map has \(rows.count) layers, and \(grid.words)", "expected a row a mixture layer, or a layer", at: node.location)
        }
        let kept = rows.count == grid.layers.count ? rows : grid.layers.map { rows[$0] }
        return try checked(kept.flatMap { $0.map(Int32.init) }, slots: slots, ranks: ranks ?? 1)
    }

    /// Rows that are named by the numbers of their layers, in the order of the layers.
    private func inOrder(_ rows: [YAMLEntry], _ place: SourceLocation) throws(DocumentError) -> [YAMLNode] {
        var byLayer: [Int: YAMLNode] = [:]
        for row in rows {
            guard let layer = Int(row.key.text), byLayer[layer] == nil else {
                throw problem("'\(row.key.text)' is no layer, or stands twice", "name each row by its layer", at: row.key.location)
            }
            byLayer[layer] = row.value
        }
        guard let layers = [grid.layers, Array(0..<grid.modelLayers)].first(where: { Set($0) == Set(byLayer.keys) }) else {
            throw problem(
                "the map has layers \(byLayer.keys.sorted().map(String.init).joined(separator: ", ")), and \(grid.words)",
                "give each mixture layer its row, by its place among all layers", at: place)
        }
        return layers.compactMap { byLayer[$0] }
    }

    func map(_ table: CSVTable, ranks: Int?) throws(DocumentError) -> ExpertMap {
        let (layer, expert, gpu) = (try table.column("layer"), try table.column("expert"), try table.column("gpu"))
        var seen: Set<Int> = []
        for row in 0..<table.rows { seen.insert(try table.value(layer, row: row, .int(in: 0...Int(Int32.max)))) }
        guard let numbers = [Array(grid.layers.indices), grid.layers].first(where: { seen == Set($0) }) else {
            throw problem("the map has \(seen.count) layers, and \(grid.words)", "give each mixture layer its rows")
        }
        var rows = [[(gpu: Int, expert: Int)]](repeating: [], count: numbers.count)
        for row in 0..<table.rows {
            let number = try table.value(layer, row: row, .int(atLeast: 0))
            guard let place = numbers.firstIndex(of: number) else { continue }
            rows[place].append(
                (
                    try table.value(gpu, row: row, .int(in: 0...65_535)),
                    try table.value(expert, row: row, .int(in: 0...max(0, grid.experts - 1)))
                ))
        }
        let slots = rows[0].count
        let most = (rows.flatMap { $0.map(\.gpu) }.max() ?? 0) + 1
        guard slots > 0, rows.allSatisfy({ $0.count == slots }) else {
            throw problem("layers have different numbers of rows, and \(grid.words)", "give each layer as many slots")
        }
        let ranks = ranks ?? most
        guard most <= ranks, slots % ranks == 0 else {
            throw problem("\(slots) slots of a layer cannot be dealt to \(max(ranks, most)) GPUs evenly", "every GPU holds as many")
        }
        for (number, row) in rows.enumerated() {
            for rank in 0..<ranks where row.count(where: { $0.gpu == rank }) != slots / ranks {
                throw problem(
                    "GPU \(rank) holds \(row.count { $0.gpu == rank }) experts of layer \(number)", "\(slots / ranks) fit on each")
            }
        }
        return try checked(rows.flatMap { row in row.sorted { $0.gpu < $1.gpu }.map { Int32($0.expert) } }, slots: slots, ranks: ranks)
    }

    private func checked(_ slots: [Int32], slots count: Int, ranks: Int) throws(DocumentError) -> ExpertMap {
        guard let map = ExpertMap(experts: grid.experts, ranks: ranks, slots: count, expertOfSlot: slots) else {
            throw problem(
                "\(count) slots a layer on \(ranks) ranks do not hold each of \(grid.experts) experts",
                "every expert has a slot in every layer, and ranks have as many slots")
        }
        return map
    }
}
