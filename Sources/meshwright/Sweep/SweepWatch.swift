import Foundation
import Reports
import Studies
import Synchronization

/// The table of a sweep on standard error, drawn anew as cells are found; at most twice a second, and cut to the window.
final class SweepWatch: Sendable {
    private let study: Study
    private let questions: SweepQuestions
    private let cells: [Int]
    private let columns, lines: Int
    private let results: Mutex<(all: [CellResult?], drawn: ContinuousClock.Instant)>

    init(_ study: Study, _ questions: SweepQuestions, _ cells: [Int], _ terminal: TerminalOption) {
        (self.study, self.questions, self.cells) = (study, questions, cells)
        columns = terminal.columns
        var size = winsize()
        lines = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 4 ? Int(size.ws_row) : 40
        results = Mutex(([], .now))
    }

    /// What is there before the first search.
    func begin(_ known: [CellResult?]) {
        results.withLock { $0.all = known }
        draw()
    }

    /// A cell more is there.
    func found(_ result: CellResult, at index: Int) {
        let isDue = results.withLock { results in
            results.all[index] = result
            guard ContinuousClock.now - results.drawn > .milliseconds(500) else { return false }
            results.drawn = .now
            return true
        }
        if isDue { draw() }
    }

    private func draw() {
        let known = results.withLock(\.all)
        let rows = cells.map { questions.row($0, known[$0]) }
        let found = rows.count { $0.result != nil }
        let text = SweepText(SweepReport(study, rows: rows), width: columns, colour: .none).rendered()
        let shown = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(lines - 2).joined(separator: "\u{1B}[K\n")
        // Home, the picture, and what is left of the last one wiped away.
        Console.draw("\u{1B}[H\(shown)\u{1B}[K\n\(found) of \(rows.count) cells\u{1B}[J")
    }
}
