/// The answers of cells that differ in two pinned sizes alone, as a matrix.
public struct SweepMatrix: Sendable {
    /// The sizes of its rows and columns.
    public let rowDimension, columnDimension: StudyPins.Dimension
    /// Their values, in the study's order.
    public let rowSizes, columnSizes: [Int]
    /// Rows of the sweep by their index, row after row; nil where rules leave a cell out.
    public let cells: [Int?]
    /// The index of the fastest; nil where nothing fits.
    public let best: Int?

    /// The row of the sweep at a row and a column.
    public subscript(row: Int, column: Int) -> Int? { cells[row * columnSizes.count + column] }

    /// The matrices of a study that pins two sizes or more to several values: one for all cells that are alike in everything else.
    static func all(_ study: Study, _ rows: [SweepRow]) -> [SweepMatrix] {
        let several = StudyPins.Dimension.allCases.filter { (study.pins[$0]?.count ?? 0) > 1 }
        guard several.count > 1, let first = several.first, let last = several.last,
            let rowSizes = study.pins[first], let columnSizes = study.pins[last]
        else { return [] }
        func alike(_ row: SweepRow) -> StudyCell {
            var cell = row.cell
            cell.pins[first] = nil
            cell.pins[last] = nil
            return cell
        }
        var groups: [(cell: StudyCell, rows: [Int])] = []
        var places: [StudyCell: Int] = [:]
        for index in rows.indices where rows[index].cell.isInGrid {
            let cell = alike(rows[index])
            if let place = places[cell] {
                groups[place].rows.append(index)
            } else {
                places[cell] = groups.count
                groups.append((cell, [index]))
            }
        }
        return groups.map { group in
            var cells = [Int?](repeating: nil, count: rowSizes.count * columnSizes.count)
            for index in group.rows {
                guard let row = rows[index].cell.pins[first].flatMap(rowSizes.firstIndex),
                    let column = rows[index].cell.pins[last].flatMap(columnSizes.firstIndex)
                else { continue }
                cells[row * columnSizes.count + column] = index
            }
            let planned = group.rows.filter { rows[$0].result?.plan != nil }
            let best = planned.min { (rows[$0].result?.plan?.stepTime ?? 0, $0) < (rows[$1].result?.plan?.stepTime ?? 0, $1) }
            return SweepMatrix(
                rowDimension: first, columnDimension: last, rowSizes: rowSizes, columnSizes: columnSizes, cells: cells, best: best)
        }
    }
}
