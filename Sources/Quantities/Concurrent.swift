import Dispatch

/// Work that as many threads as the machine has share.
public enum Concurrent {
    /// The results of `body` for each place from 0 on, in order, whichever thread made them.
    public static func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
        var results = [Result?](repeating: nil, count: count)
        results.withUnsafeMutableBufferPointer { buffer in
            // Every place is written once, by one thread.
            nonisolated(unsafe) let places = buffer
            DispatchQueue.concurrentPerform(iterations: count) { places[$0] = body($0) }
        }
        return results.compactMap(\.self)
    }
}
