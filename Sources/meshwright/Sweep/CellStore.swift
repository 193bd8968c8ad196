import Foundation
import PlanStore
import Quantities
import Studies
import Synchronization

/// The answers of cells on disk, each written as soon as it is found, for all threads of a run.
///
/// They lie apart from the plans that `plan` remembers, which forgets beyond a thousand. Unlike a cache, which may forget, a store that cannot be
/// written for a while is opened again: what is not written yet waits, and what is left at the end is counted.
final class CellStore: Sendable {
    /// A million cells and 4 GiB of answers.
    static let limits = CacheLimits(entries: 1_000_000, bytes: 4 << 30)
    /// How long a file that failed is left alone.
    private static let pause = Duration.seconds(5)

    private struct State {
        var cache: PlanCache
        /// Cells that wait to be written, oldest first.
        var waiting: [CachedPlan] = []
        var opened = ContinuousClock.now
        /// What was said of a damaged file that was begun anew.
        var notice: String?
    }

    private let path: String
    private let isNamed: Bool
    private let state: Mutex<State>

    /// Opens the file at a path, or begins it; without a path the usual one.
    ///
    /// - Throws: `CommandFailure` where a named file is none that cells can ever be kept in, which is left as it is.
    init(path named: String?) throws {
        path = named ?? Self.usualPath
        isNamed = named != nil
        let cache = Self.open(path, isNamed: isNamed)
        if isNamed, let refusal = cache.refusal { throw CommandFailure(.badInput, "--store \(refusal)") }
        state = Mutex(State(cache: cache))
    }

    private static func open(_ path: String, isNamed: Bool) -> PlanCache {
        PlanCache(path: path, limits: limits, isNamed: isNamed, noun: "store")
    }

    /// Where cells are kept unless a path is given: beside the plans that `plan` remembers.
    static var usualPath: String {
        let plans = CacheLocation.standard(environment: ProcessInfo.processInfo.environment)
        return URL(filePath: plans).deletingLastPathComponent().appending(path: "cells.sqlite").path
    }

    /// The first thing that went wrong and still is.
    var warning: String? { state.withLock { $0.notice ?? $0.cache.warning } }

    /// The answer under a key.
    func result(_ key: String) -> CellResult? { state.withLock { $0.cache.lookup(key) }.flatMap(Self.result) }

    /// The answer that bytes of a store hold.
    static func result(_ bytes: Data) -> CellResult? { try? JSONDecoder().decode(CellResult.self, from: bytes) }

    /// Keeps an answer, now or as soon as the file can be written.
    func keep(_ result: CellResult, of cell: StudyCell, under key: String) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let bytes = try? encoder.encode(result) else { return }
        let plan = CachedPlan(key: key, model: cell.model, cluster: cell.cluster.name, toolVersion: ToolVersion.current, result: bytes)
        state.withLock { state in
            state.waiting.append(plan)
            write(&state, opensAtOnce: false)
        }
    }

    /// Writes what waits; how many cells could not be written.
    func finish() -> Int {
        state.withLock { state in
            write(&state, opensAtOnce: true)
            return state.waiting.count
        }
    }

    private func write(_ state: inout State, opensAtOnce: Bool) {
        guard !state.waiting.isEmpty else { return }
        if !state.cache.isOn, opensAtOnce || ContinuousClock.now - state.opened > Self.pause {
            state.cache = Self.open(path, isNamed: isNamed)
            state.opened = .now
        }
        while state.cache.isOn, let next = state.waiting.first {
            state.cache.save(next)
            guard state.cache.isOn else { return }
            state.waiting.removeFirst()
        }
        if state.cache.isOn { state.notice = state.notice ?? state.cache.warning }
    }
}
