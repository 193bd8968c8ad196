import Foundation
import Synchronization

/// A bar on standard error, drawn only where that is a terminal, and only for work that takes a while.
final class ProgressBar: Sendable {
    private let isShown = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now
    private let drawn = Mutex(-1)

    /// Draws the share of the work that is done.
    func update(_ share: Double) {
        guard isShown, ContinuousClock.now - start > .milliseconds(400) else { return }
        let percent = Int((100 * min(max(share, 0), 1)).rounded(.down))
        drawn.withLock { last in
            guard percent != last else { return }
            last = percent
            let full = percent * 30 / 100
            Console.draw("\r[\(String(repeating: "#", count: full))\(String(repeating: ".", count: 30 - full))] \(percent) %")
        }
    }

    /// Wipes the bar away.
    func clear() {
        drawn.withLock { last in
            if last >= 0 { Console.draw("\r\u{1B}[K") }
            last = -1
        }
    }
}
