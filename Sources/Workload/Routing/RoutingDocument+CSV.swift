import Documents

extension RoutingDocument {
    /// Columns `layer`, `expert` and `tokens`, and `next_expert` where rows are pairs of successive layers.
    func record(_ table: CSVTable) throws(DocumentError) -> RoutingRecord {
        let layer = try table.column("layer")
        let expert = try table.column("expert")
        let next = table.optionalColumn("next_expert")
        var counted: CSVTable.Column?
        for name in ["tokens", "count", "load", "share"] where counted == nil { counted = table.optionalColumn(name) }
        let count = if let counted { counted } else { try table.column("tokens") }
        guard table.rows > 0 else { throw problem("the table has no rows", "add a row a layer and expert") }
        let layers = try layers(table, layer, steps: next == nil ? 0 : 1)
        let experts = grid.experts
        let width = next == nil ? experts : experts * experts
        var counts = [Double](repeating: 0, count: (layers.count - (next == nil ? 0 : 1)) * width)
        var lines = [Int32](repeating: 0, count: counts.count)
        let index: YAMLType<Int> = .int(in: 0...Int(Int32.max))
        for row in 0..<table.rows {
            let number = try table.value(layer, row: row, index)
            guard let place = layers.firstIndex(of: number) else { continue }
            var cell = place * width + (try visited(table, expert, row, index)) * (next == nil ? 1 : experts)
            if let next { cell += try visited(table, next, row, index) }
            guard cell < counts.count else {
                throw problem("layer \(number) is the last, and no pair begins there", "leave it out", at: table.location(layer, row: row))
            }
            let line = table.location(layer, row: row).line
            guard lines[cell] == 0 else {
                throw problem(
                    "layer \(number) and expert were given in line \(lines[cell]) already", "keep one of the two",
                    at: table.location(layer, row: row))
            }
            lines[cell] = Int32(clamping: line)
            counts[cell] = try table.value(count, row: row, .nonNegative)
        }
        let missing = lines.count { $0 == 0 }
        let notes = missing == 0 || next != nil ? [] : ["\(missing) pairs of layer and expert have no row and count as 0"]
        func place(_ cell: Int) -> SourceLocation { SourceLocation(file: file, line: max(1, Int(lines[min(cell, lines.count - 1)]))) }
        guard next == nil else { return try record(pairs: counts, steps: layers.count - 1, notes: notes, place: place) }
        return try record(counts: counts, rows: layers.count, notes: notes) { place($0 * experts + $1) }
    }

    private func visited(_ table: CSVTable, _ column: CSVTable.Column, _ row: Int, _ type: YAMLType<Int>) throws(DocumentError) -> Int {
        let number = try table.value(column, row: row, type)
        guard number < grid.experts else {
            throw problem(
                "there is no expert \(number): \(grid.words)", "experts are 0 to \(grid.experts - 1)", at: table.location(column, row: row))
        }
        return number
    }

    /// The numbers of the mixture layers as the table counts them: among mixtures, or among all layers.
    private func layers(_ table: CSVTable, _ column: CSVTable.Column, steps: Int) throws(DocumentError) -> [Int] {
        var seen: Set<Int> = []
        var first: [Int: Int] = [:]
        for row in 0..<table.rows {
            let number = try table.value(column, row: row, .int(in: 0...Int(Int32.max)))
            if seen.insert(number).inserted { first[number] = row }
        }
        let among = Array(grid.layers.indices)
        for numbers in [among, grid.layers] where seen == Set(numbers.dropLast(steps)) { return numbers }
        let legal = Set(among).union(grid.layers)
        if let stranger = seen.subtracting(legal).min(), let row = first[stranger] {
            throw problem(
                "layer \(stranger) has no experts: \(grid.words)",
                "mixture layers are 0 to \(among.count - 1), or \(Self.span(grid.layers)) among all layers",
                at: table.location(column, row: row))
        }
        throw problem(
            "the file has \(seen.count + steps) layers, \(Self.span(seen.sorted())), and \(grid.words)",
            "give each mixture layer its rows")
    }

    private static func span(_ layers: [Int]) -> String {
        guard let first = layers.first, let last = layers.last else { return "none" }
        return last - first == layers.count - 1 ? "\(first) to \(last)" : layers.prefix(8).map(String.init).joined(separator: ", ") + " …"
    }
}
