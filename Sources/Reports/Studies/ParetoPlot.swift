import Studies

/// Cost against days in characters: `*` on the front, `·` beside it.
struct ParetoPlot {
    private let axes: ParetoAxes

    init(_ report: SweepReport, _ job: SweepAnswers.Job) { axes = ParetoAxes(report, job) }

    /// The picture, no wider than `width` columns.
    func lines(width: Int) -> [String] {
        let height = 12
        let labels = axes.expenseTicks.map { ParetoAxes.label($0.value) }
        let margin = (labels.map(\.columns).max() ?? 0) + 2
        let columns = max(20, width - margin - 2)
        var cells = [[Character]](repeating: [Character](repeating: " ", count: columns), count: height)
        // The front is drawn last, so that nothing hides it.
        for point in axes.points.sorted(by: { !$0.isBest && $1.isBest }) {
            let column = Int((point.x * Double(columns - 1)).rounded())
            let row = height - 1 - Int((point.y * Double(height - 1)).rounded())
            cells[row][column] = point.isBest ? "*" : "·"
        }
        var titles = [String](repeating: "", count: height)
        for (tick, label) in zip(axes.expenseTicks, labels) {
            titles[height - 1 - Int((tick.place * Double(height - 1)).rounded())] = label
        }
        var lines = (0..<height).map { row in
            let edge: Character = titles[row].isEmpty ? "│" : "┤"
            let left = String(repeating: " ", count: margin - 1 - titles[row].columns) + titles[row] + String(edge)
            return left + String(cells[row])
        }
        var axis = [Character](repeating: "─", count: columns)
        var names = [Character](repeating: " ", count: columns + 8)
        var free = 0
        for tick in axes.dayTicks {
            let column = Int((tick.place * Double(columns - 1)).rounded())
            axis[column] = "┬"
            let label = "\(DurationText.digits(tick.value, 3)) d"
            guard column >= free, column + label.count <= columns else { continue }
            for (offset, character) in label.enumerated() { names[column + offset] = character }
            free = column + label.count + 2
        }
        lines.append(String(repeating: " ", count: margin - 1) + "└" + String(axis))
        lines.append(String(repeating: " ", count: margin) + String(names).trimmingTrailing)
        return lines.map(\.trimmingTrailing)
    }
}

extension String {
    fileprivate var trimmingTrailing: String {
        var text = self[...]
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}
