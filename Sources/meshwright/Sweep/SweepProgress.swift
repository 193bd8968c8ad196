import Foundation
import Synchronization

/// How far a sweep is and what time is left, on standard error: a line that is redrawn on a terminal, a line a minute elsewhere.
final class SweepProgress: Sendable {
    private struct State {
        var cells = 0
        var cost = 0.0
        var drawn = ContinuousClock.now
        var isShown = false
    }

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now
    private let cells: Int
    private let cost: Double
    private let remembered: Int
    private let state = Mutex(State())

    /// The progress of so many cells that are to be searched, beside those that were remembered.
    init(cells: Int, cost: Double, remembered: Int) { (self.cells, self.cost, self.remembered) = (cells, cost, remembered) }

    /// A cell is done.
    func finished(_ cost: Double) {
        state.withLock { state in
            state.cells += 1
            state.cost += cost
            let now = ContinuousClock.now
            guard now - state.drawn > (isTerminal ? .milliseconds(400) : .seconds(60)) else { return }
            state.drawn = now
            state.isShown = true
            let line = line(state, elapsed: (now - start) / .seconds(1))
            if isTerminal { Console.draw("\r\u{1B}[K\(line)") } else { Console.complain("meshwright: \(line)") }
        }
    }

    /// Wipes the line away.
    func clear() {
        state.withLock { state in
            if isTerminal, state.isShown { Console.draw("\r\u{1B}[K") }
            state.isShown = false
        }
    }

    private func line(_ state: State, elapsed: Double) -> String {
        let left = state.cost > 0 ? elapsed * max(0, cost - state.cost) / state.cost : 0
        let known = remembered > 0 ? ", \(remembered) remembered" : ""
        return "\(state.cells) of \(cells) cells\(known), \(Self.text(left)) left"
    }

    /// A time in the two largest units: `3 min 20 s`.
    static func text(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e9).rounded())
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return "\(whole / 60) min \(whole % 60) s"
        default: return "\(whole / 3600) h \(whole % 3600 / 60) min"
        }
    }
}
