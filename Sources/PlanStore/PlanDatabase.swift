public import Foundation
import GRDB

/// The SQLite file of remembered plans; every operation says how it failed.
///
/// A run that only wants to be faster uses ``PlanCache``, which never fails. Opening reads the header and the list of migrations, never the
/// plans. Several processes can use one file at a time.
public final class PlanDatabase: Sendable {
    /// The absolute path of the file.
    public var path: String { file.path }

    let file: DatabaseFile
    /// The file's identity when it was opened.
    let identity: UInt64?
    let queue: DatabaseQueue
    private let limits: CacheLimits
    private let busyTimeout: TimeInterval
    private let isReadOnly: Bool

    /// Opens the file, creating it and its directory where missing.
    ///
    /// - Throws: `PlanStoreError`; a file that is another program's or a newer release's has not been changed then.
    public convenience init(path: String, limits: CacheLimits = .standard) throws(PlanStoreError) {
        try self.init(path: path, limits: limits, busyTimeout: 5)
    }

    /// Opens the file with a journal and a patience (in seconds) of the caller's choice.
    init(
        path: String, limits: CacheLimits = .standard, busyTimeout: TimeInterval, journal: JournalMode? = nil
    ) throws(PlanStoreError) {
        let file = try DatabaseFile(path: path)
        try file.createDirectory()
        do {
            // One connection: a run asks one question. A pool would also set the journal before we know that the file is ours.
            let queue = try DatabaseQueue(path: file.path, configuration: Self.configuration(busyTimeout))
            try Schema.prepare(queue, path: file.path)
            try Self.setJournal(journal ?? .suiting(directory: file.directory), of: queue)
            self.queue = queue
        } catch {
            throw PlanStoreError(error, path: file.path)
        }
        self.file = file
        self.identity = file.identity
        self.limits = limits
        self.busyTimeout = busyTimeout
        isReadOnly = false
    }

    /// Opens a file that exists to read it: nothing is created, changed or counted as a hit.
    ///
    /// - Throws: `PlanStoreError`; `.empty` for a file that no release has begun.
    public init(reading path: String) throws(PlanStoreError) {
        let file = try DatabaseFile(path: path)
        guard !file.isOtherFile else { throw .otherFile(path: file.path) }
        busyTimeout = 5
        do {
            queue = try DatabaseQueue(path: file.path, configuration: Self.configuration(busyTimeout, isReadOnly: true))
            guard try Schema.isCurrent(queue, path: file.path) else { throw PlanStoreError.empty(path: file.path) }
        } catch {
            throw PlanStoreError(error, path: file.path)
        }
        self.file = file
        identity = file.identity
        limits = .standard
        isReadOnly = true
    }

    private static func configuration(_ busyTimeout: TimeInterval, isReadOnly: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(busyTimeout)
        configuration.label = "plans"
        return configuration
    }

    /// The answer remembered under a key, counted as a hit; `nil` when there is none.
    ///
    /// - Throws: `PlanStoreError`; `.altered` when the answer's bytes are no longer those that were saved, which is forgotten then.
    public func lookup(_ key: String) throws(PlanStoreError) -> Data? {
        try attempt { queue in
            let found = try queue.read { db in
                try Row.fetchOne(
                    db, sql: "SELECT id, sha256, result FROM plan JOIN answer ON plan_id = id WHERE key = ?", arguments: [key])
            }
            guard let found else { return nil }
            let id = try value(Int64.self, found, 0)
            let result = try value(Data.self, found, 2)
            guard SHA256.hexadecimal(of: result) == (try value(String.self, found, 1)) else {
                if !isReadOnly { try queue.write { db in try db.execute(sql: "DELETE FROM plan WHERE id = ?", arguments: [id]) } }
                throw PlanStoreError.altered(path: path)
            }
            if !isReadOnly { countHit(of: id, in: queue) }
            return result
        }
    }

    /// Remembers a plan, replacing what its key held, and forgets the least recently used ones beyond the limits.
    ///
    /// An answer larger than all the room there is, is not kept.
    public func save(_ plan: CachedPlan) throws(PlanStoreError) {
        guard plan.result.count <= limits.bytes else { return }
        try attempt { queue in
            let digest = SHA256.hexadecimal(of: plan.result)
            let now = Date().timeIntervalSince1970
            try queue.write { db in
                try db.execute(sql: "DELETE FROM plan WHERE key = ?", arguments: [plan.key])
                try db.execute(
                    sql: """
                        INSERT INTO plan (key, model, cluster, tool_version, created, last_used, bytes, sha256)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [plan.key, plan.model, plan.cluster, plan.toolVersion, now, now, plan.result.count, digest])
                try db.execute(
                    sql: "INSERT INTO answer (plan_id, result) VALUES (?, ?)", arguments: [db.lastInsertedRowID, plan.result])
                try evict(db)
            }
        }
    }

    /// Every remembered plan, most recently used first.
    public func list() throws(PlanStoreError) -> [CacheEntry] {
        try attempt { queue in
            let rows = try queue.read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT key, model, cluster, tool_version, created, last_used, hits, bytes
                        FROM plan ORDER BY last_used DESC, id DESC
                        """)
            }
            return try rows.map { row in
                CacheEntry(
                    key: try value(String.self, row, 0), model: try value(String.self, row, 1),
                    cluster: try value(String.self, row, 2), toolVersion: try value(String.self, row, 3),
                    created: Date(timeIntervalSince1970: try value(Double.self, row, 4)),
                    lastUsed: Date(timeIntervalSince1970: try value(Double.self, row, 5)),
                    hits: try value(Int.self, row, 6), bytes: try value(Int.self, row, 7))
            }
        }
    }

    /// The state of the cache as a whole.
    public func summary() throws(PlanStoreError) -> CacheSummary {
        try attempt { queue in
            try queue.read { db in
                let totals = try Row.fetchOne(db, sql: "SELECT COUNT(*), IFNULL(SUM(hits), 0), IFNULL(SUM(bytes), 0) FROM plan")
                guard let totals else { throw PlanStoreError.damaged(path: path) }
                return CacheSummary(
                    path: path, entries: try value(Int.self, totals, 0), hits: try value(Int.self, totals, 1),
                    resultBytes: try value(Int.self, totals, 2), fileBytes: file.bytes,
                    journal: try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "",
                    schema: try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0)
            }
        }
    }

    /// Forgets every plan and returns how many there were.
    public func clear() throws(PlanStoreError) -> Int {
        try attempt { queue in
            try queue.write { db in
                try db.execute(sql: "DELETE FROM plan")
                return db.changesCount
            }
        }
    }

    /// Rebuilds the file without the room that forgotten plans left.
    public func vacuum() throws(PlanStoreError) {
        try attempt { queue in
            try queue.vacuum()
            // The rebuilt pages lie in the log until they are copied back.
            try queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        }
    }

    /// Closes the file; later operations fail.
    public func close() throws(PlanStoreError) {
        try attempt { queue in try queue.close() }
    }

    /// Counts a hit where that needs no waiting: the answer is at hand, and the count only serves listing and forgetting.
    private func countHit(of id: Int64, in queue: DatabaseQueue) {
        try? queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA busy_timeout = 0")
            try? db.execute(
                sql: "UPDATE plan SET hits = hits + 1, last_used = ? WHERE id = ?", arguments: [Date().timeIntervalSince1970, id])
            try db.execute(sql: "PRAGMA busy_timeout = \(Int(busyTimeout * 1_000))")
        }
    }

    private func evict(_ db: Database) throws {
        let held = try Row.fetchOne(db, sql: "SELECT COUNT(*), IFNULL(SUM(bytes), 0) FROM plan")
        // Ranking all plans takes longer than saving one, so it waits until there is something to forget.
        if let held, try value(Int.self, held, 0) <= limits.entries, try value(Int.self, held, 1) <= limits.bytes { return }
        try db.execute(
            sql: """
                DELETE FROM plan WHERE id IN (
                    SELECT id FROM (
                        SELECT id, ROW_NUMBER() OVER recent AS place, SUM(bytes) OVER recent AS total
                        FROM plan WINDOW recent AS (ORDER BY last_used DESC, id DESC)
                    ) WHERE place > ? OR total > ?)
                """, arguments: [limits.entries, limits.bytes])
    }

    /// Sets the journal where it differs; another process at work on the file keeps it as it is, which is safe, since the file says how it is.
    private static func setJournal(_ journal: JournalMode, of queue: DatabaseQueue) throws {
        try queue.writeWithoutTransaction { db in
            if try String.fetchOne(db, sql: "PRAGMA journal_mode") != journal.rawValue {
                do {
                    try db.execute(sql: "PRAGMA journal_mode = \(journal.rawValue)")
                } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {}
            }
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
        }
    }

    private func attempt<Result>(_ body: (DatabaseQueue) throws -> Result) throws(PlanStoreError) -> Result {
        do {
            return try body(queue)
        } catch {
            throw PlanStoreError(error, path: path)
        }
    }

    /// A column's value; a damaged page can hold anything, so a value of the wrong type is an error and no trap.
    private func value<Value: DatabaseValueConvertible>(_: Value.Type, _ row: Row, _ column: Int) throws -> Value {
        guard let value = Value.fromDatabaseValue(row[column]) else { throw PlanStoreError.damaged(path: path) }
        return value
    }
}
