public import Documents

extension Study {
    /// The most cells of a study.
    public static let largest = 200_000

    /// Its cells in the order of its lists, the number of GPUs fastest; `gpusPerNode` knows the clusters.
    ///
    /// - Throws: where no cell is left, or too many are.
    public func cells(gpusPerNode: (Cluster) -> Int) throws(DocumentError) -> [StudyCell] {
        let bounds =
            [
                models.count, clusters.count, globalBatches.count, sequenceLengths.count, precisions.count, methods.count, stacks.count,
            ] + pins.values.map(\.count) + options.map(\.values.count)
        var product = 1
        for bound in bounds {
            product *= bound
            guard product <= Self.largest else { throw tooMany }
        }
        var cells: [StudyCell] = []
        var leftOut = [Int](repeating: 0, count: rules.count)
        for model in models {
            for cluster in clusters {
                for cell in combinations(of: StudyCell(model: model.value, cluster: cluster.value, gpusPerNode: gpusPerNode(cluster.value)))
                {
                    if let rule = rules.firstIndex(where: { !$0.allows(cell) }) {
                        leftOut[rule] += 1
                    } else {
                        cells.append(cell)
                        guard cells.count <= Self.largest else { throw tooMany }
                    }
                }
            }
        }
        if cells.isEmpty, let most = leftOut.indices.max(by: { leftOut[$0] < leftOut[$1] }) {
            let rule = rules[most]
            throw DocumentError(
                rule.location,
                .invalid(
                    "the grid is empty: the rules leave out all \(leftOut.reduce(0, +)) cells, this one \(leftOut[most])",
                    remedy: "loosen \(rule.text.quoted)"))
        }
        return cells
    }

    /// A cell of a model and a cluster with every combination of the other values, the last varying fastest.
    private func combinations(of cell: StudyCell) -> [StudyCell] {
        func varied<Value>(_ cells: [StudyCell], _ property: WritableKeyPath<StudyCell, Value>, _ values: [Value]) -> [StudyCell] {
            cells.flatMap { cell in
                values.map { value in
                    var cell = cell
                    cell[keyPath: property] = value
                    return cell
                }
            }
        }
        var cells = varied([cell], \.method, methods)
        cells = varied(cells, \.stack, stacks.map { $0?.value })
        cells = varied(cells, \.precision, precisions)
        cells = varied(cells, \.sequenceLength, sequenceLengths)
        cells = varied(cells, \.globalBatch, globalBatches)
        for option in options {
            cells = cells.flatMap { cell in
                option.values.map { value in
                    var cell = cell
                    cell.choices.append(StudyOption.Choice(name: option.name.value, value: value.value))
                    return cell
                }
            }
        }
        for dimension in StudyPins.Dimension.allCases {
            if let sizes = pins[dimension] { cells = varied(cells, \.pins[dimension], sizes) }
        }
        return varied(cells, \.size, sizes(gpusPerNode: cell.gpusPerNode))
    }

    /// Sizes of the grid, and where asked for those between them, smallest first.
    private func sizes(gpusPerNode: Int) -> [StudyCell.Size] {
        guard let sizes else { return [StudyCell.Size()] }
        let between = searchesBetween ? sizes.between(gpusPerNode: gpusPerNode) : []
        let all = sizes.grid.map { ($0, true) } + between.map { ($0, false) }
        return all.sorted { $0.0 < $1.0 }.map { StudyCell.Size(gpus: $0.0, isInGrid: $0.1) }
    }

    private var tooMany: DocumentError {
        DocumentError(
            location, .invalid("the grid has more than \(Self.largest) cells", remedy: "leave values out, or split the study"))
    }
}
