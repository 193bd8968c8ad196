import Foundation
import PlanStore
import Quantities
import Studies
import Synchronization

/// The answers of cells on disk, each written as soon as it is found, for all threads of a run.
///
/// They lie apart from the plans that `plan` remembers, which forgets beyond a thousand.
final class CellStore: Sendable {
    /// A million cells and 4 GiB of answers.
    static let limits = CacheLimits(entries: 1_000_000, bytes: 4 << 30)

    private let cache: Mutex<PlanCache>

    /// Opens the file at a path, or begins it.
    init(path: String) { cache = Mutex(PlanCache(path: path, limits: Self.limits)) }

    /// Where cells are kept unless a path is given: beside the plans that `plan` remembers.
    static var usualPath: String {
        let plans = CacheLocation.standard(environment: ProcessInfo.processInfo.environment)
        return URL(filePath: plans).deletingLastPathComponent().appending(path: "cells.sqlite").path
    }

    /// The first thing that went wrong.
    var warning: String? { cache.withLock { $0.warning } }

    /// The answer under a key.
    func result(_ key: String) -> CellResult? {
        cache.withLock { $0.lookup(key) }.flatMap { try? JSONDecoder().decode(CellResult.self, from: $0) }
    }

    /// Keeps an answer.
    func keep(_ result: CellResult, of cell: StudyCell, under key: String) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let bytes = try? encoder.encode(result) else { return }
        let plan = CachedPlan(key: key, model: cell.model, cluster: cell.cluster.name, toolVersion: ToolVersion.current, result: bytes)
        cache.withLock { $0.save(plan) }
    }
}
