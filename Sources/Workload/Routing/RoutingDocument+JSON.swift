import Documents

extension RoutingDocument {
    /// A list of rows of counts, as EPLB takes it, or an object with `logical_count`, as SGLang records and takes it; one of several steps
    /// in time is added up over them.
    func record(json node: YAMLNode) throws(DocumentError) -> RoutingRecord {
        var node = node
        if case .mapping(let entries, let place) = node {
            let known = ["logical_count", "expert_load", "weight"]
            guard let entry = entries.first(where: { known.contains($0.key.text) }) else {
                let found = entries.map(\.key.text)
                let isMap = found.contains("physical_to_logical_map")
                throw problem(
                    "the object has \(found.isEmpty ? "no keys" : found.prefix(4).joined(separator: ", "))",
                    isMap
                        ? "this is a map of experts, not what they did; give logical_count"
                        : "expected one of \(known.joined(separator: ", "))", at: place)
            }
            node = entry.value
        }
        var notes: [String] = []
        guard case .sequence(var rows, let place) = node, let first = rows.first else {
            throw problem("found \(node.kind)", "expected a list of layers, each a list of counts", at: node.location)
        }
        var steps = [rows]
        if case .sequence(let inner, _) = first, case .sequence? = inner.first {
            steps = []
            for step in rows {
                guard case .sequence(let layers, _) = step else {
                    throw problem("found \(step.kind)", "expected a list of layers", at: step.location)
                }
                steps.append(layers)
            }
            rows = steps[0]
            notes.append("\(steps.count) recorded steps are added up")
        }
        var counts = [Double](repeating: 0, count: rows.count * grid.experts)
        var places: [SourceLocation] = []
        for (number, step) in steps.enumerated() {
            guard step.count == rows.count else {
                throw problem("step \(number) has \(step.count) layers, and step 0 has \(rows.count)", "all have the same", at: place)
            }
            for (layer, row) in step.enumerated() {
                guard case .sequence(let items, let start) = row else {
                    throw problem("found \(row.kind)", "expected the counts of layer \(layer) as a list", at: row.location)
                }
                guard items.count == grid.experts else {
                    throw problem(
                        "layer \(layer) has \(items.count) experts, the file \(rows.count) layers, and \(grid.words)",
                        "expected \(grid.experts) counts a layer", at: start)
                }
                for (expert, item) in items.enumerated() {
                    counts[layer * grid.experts + expert] += try YAMLType<Double>.nonNegative.read(item)
                    if number == 0 { places.append(item.location) }
                }
            }
        }
        return try record(counts: counts, rows: rows.count, notes: notes) { places[min($0 * grid.experts + $1, places.count - 1)] }
    }
}
