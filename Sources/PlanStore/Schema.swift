import GRDB

/// The tables of the cache and how they came about.
enum Schema {
    /// SQLite's `application_id`: the letters MWPL; tells our files from other programs'.
    static let applicationID = 0x4d57_504c

    /// SQLite's `user_version`: the number of migrations.
    static let version = 1

    /// The migrations in order; one that has been released is never edited, a change is a further one.
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 plans") { db in
            // The answers lie in a table of their own, so that counting a hit does not rewrite one.
            try db.execute(
                sql: """
                    CREATE TABLE plan (
                        id INTEGER PRIMARY KEY,
                        key TEXT NOT NULL UNIQUE,
                        model TEXT NOT NULL,
                        cluster TEXT NOT NULL,
                        tool_version TEXT NOT NULL,
                        created REAL NOT NULL,
                        last_used REAL NOT NULL,
                        hits INTEGER NOT NULL DEFAULT 0,
                        bytes INTEGER NOT NULL,
                        sha256 TEXT NOT NULL
                    );
                    CREATE TABLE answer (
                        plan_id INTEGER PRIMARY KEY REFERENCES plan (id) ON DELETE CASCADE,
                        result BLOB NOT NULL
                    );
                    PRAGMA application_id = \(applicationID);
                    PRAGMA user_version = 1;
                    """)
        }
        return migrator
    }()

    /// Brings a database up to date, or refuses it untouched.
    ///
    /// - Throws: `PlanStoreError.foreign` or `.newer` for a file that is not ours to change; SQLite's errors.
    static func prepare(_ queue: DatabaseQueue, path: String) throws {
        guard try !isCurrent(queue, path: path) else { return }
        do {
            try migrator.migrate(queue)
        } catch {
            // Another process may have migrated the same new file between our look and our migration.
            let migratedMeanwhile = try queue.read { db in try migrator.hasCompletedMigrations(db) }
            if !migratedMeanwhile { throw error }
        }
    }

    /// Whether a database is as this release writes it; false for one that has no tables yet or is an earlier release's.
    ///
    /// - Throws: `PlanStoreError.foreign` or `.newer` for a file that is not ours; SQLite's errors.
    static func isCurrent(_ queue: DatabaseQueue, path: String) throws -> Bool {
        try queue.read { db in
            let application = try integer(db, "PRAGMA application_id")
            let version = try integer(db, "PRAGMA user_version")
            guard application == applicationID || application == 0 else { throw PlanStoreError.foreign(path: path) }
            // The migrator makes its own table before the first migration, so a file another process is just creating may show it alone.
            if application == 0,
                try integer(db, "SELECT COUNT(*) FROM sqlite_schema WHERE name NOT LIKE 'grdb_%' AND name NOT LIKE 'sqlite_%'") > 0
            {
                throw PlanStoreError.foreign(path: path)
            }
            if try version > Self.version || migrator.hasBeenSuperseded(db) { throw PlanStoreError.newer(path: path) }
            return application == applicationID && version == Self.version
        }
    }

    private static func integer(_ db: Database, _ sql: String) throws -> Int {
        try Int.fetchOne(db, sql: sql) ?? 0
    }
}
