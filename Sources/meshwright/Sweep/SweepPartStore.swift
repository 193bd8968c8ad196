import Foundation
import PlanStore
import Studies

/// The store that a part of a sweep wrote, to be read: whatever it is like, it is not changed.
struct SweepPartStore {
    /// The file.
    let path: String
    private let study: String
    private let database: PlanDatabase

    /// Opens the store of a part of a study.
    init(_ path: String, study: String) throws {
        (self.path, self.study) = (path, study)
        guard CacheFile.exists(path: path) else {
            throw CommandFailure(.badInput, "\(path): there is no such store; name the files that the parts wrote with --store")
        }
        do {
            database = try PlanDatabase(reading: path)
        } catch {
            throw Self.failure(error, path)
        }
    }

    /// What the store says of each key; a part that says nothing of any is refused.
    func results(_ keys: [String?]) throws -> [CellResult?] {
        let found = try keys.map { key in try key.flatMap(result) }
        guard found.contains(where: { $0 != nil }) else { throw try nothing() }
        return found
    }

    /// How many answers it holds, of any study.
    func entries() throws -> Int {
        do { return try database.summary().entries } catch { throw Self.failure(error, path) }
    }

    /// An answer; one that was altered on disk is missing, and said.
    private func result(_ key: String) throws -> CellResult? {
        do {
            return try database.lookup(key).flatMap(CellStore.result)
        } catch .altered {
            Console.complain("\(path): the answer of a cell was altered on disk and does not count")
            return nil
        } catch {
            throw Self.failure(error, path)
        }
    }

    /// Why a store has no cell of the study.
    private func nothing() throws -> CommandFailure {
        let entries: [CacheEntry]
        do { entries = try database.list() } catch { throw Self.failure(error, path) }
        guard let first = entries.first else { return CommandFailure(.badInput, "\(path): the store is empty; its part was not searched") }
        return CommandFailure(
            .badInput,
            "\(path): none of its \(entries.count) cells is of \(study): it is the store of another study, or was made by another release "
                + "(\(first.toolVersion)) or from other files of models and clusters")
    }

    private static func failure(_ error: PlanStoreError, _ path: String) -> CommandFailure {
        switch error {
        case .damaged:
            CommandFailure(.badInput, "\(path): no store, or a damaged one; search its part again with --shard i/n and another --store")
        case .empty: CommandFailure(.badInput, "\(path): the store is empty; its part was not searched")
        default: CommandFailure(.badInput, "\(error)")
        }
    }
}
