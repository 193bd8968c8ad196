import Foundation
import GRDB
import Testing

@testable import PlanStore

/// Remembering, forgetting and sharing.
struct PlanDatabaseTests {
    let cache: TemporaryCache

    init() throws { cache = try TemporaryCache() }

    @Test func anAnswerComesBackByteForByteInALaterRun() throws {
        try cache.fill(3)
        let database = try PlanDatabase(path: cache.path)
        #expect(try database.lookup("key 1") == plan(1, bytes: 10_000).result)
        #expect(try database.lookup("key 3") == nil)
    }

    @Test func savingAgainReplaces() throws {
        let database = try PlanDatabase(path: cache.path)
        try database.save(plan(1))
        var other = plan(1)
        other.result = Data("other".utf8)
        try database.save(other)
        #expect(try database.lookup("key 1") == Data("other".utf8))
        #expect(try database.summary().entries == 1)
    }

    @Test func listingShowsHitsMostRecentlyUsedFirst() throws {
        let database = try PlanDatabase(path: cache.path)
        let before = Date()
        for index in 0..<3 { try database.save(plan(index, bytes: 50 + index)) }
        _ = try database.lookup("key 1")
        _ = try database.lookup("key 1")
        let entries = try database.list()
        #expect(entries.map(\.key) == ["key 1", "key 2", "key 0"])
        #expect(entries.map(\.hits) == [2, 0, 0])
        #expect(entries.map(\.bytes) == [51, 52, 50])
        #expect(entries[0].model == "gpt-2" && entries[0].cluster == "dgx-h100" && entries[0].toolVersion == "0.1.0")
        #expect(entries[0].created >= before && entries[0].lastUsed > entries[0].created)
    }

    @Test func summaryCountsWhatIsThere() throws {
        let database = try PlanDatabase(path: cache.path)
        for index in 0..<3 { try database.save(plan(index, bytes: 1_000)) }
        _ = try database.lookup("key 2")
        let summary = try database.summary()
        #expect(summary.entries == 3)
        #expect(summary.hits == 1)
        #expect(summary.resultBytes == 3_000)
        #expect(summary.fileBytes > 3_000)
        #expect(summary.schema == 1)
        #expect(summary.path == cache.path)
    }

    @Test func theLeastRecentlyUsedGoFirstBeyondTheNumberOfEntries() throws {
        let database = try PlanDatabase(path: cache.path, limits: CacheLimits(entries: 3, bytes: 1 << 20))
        for index in 0..<3 { try database.save(plan(index)) }
        _ = try database.lookup("key 0")
        try database.save(plan(3))
        #expect(try database.list().map(\.key) == ["key 3", "key 0", "key 2"])
        let answers = try database.queue.read { db in try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM answer") }
        #expect(answers == 3)
    }

    @Test func theLeastRecentlyUsedGoFirstBeyondTheBytes() throws {
        let database = try PlanDatabase(path: cache.path, limits: CacheLimits(entries: 100, bytes: 2_500))
        for index in 0..<4 { try database.save(plan(index, bytes: 1_000)) }
        #expect(try database.list().map(\.key) == ["key 3", "key 2"])
    }

    @Test func anAnswerTooLargeForTheCacheDrivesNothingOut() throws {
        let database = try PlanDatabase(path: cache.path, limits: CacheLimits(entries: 100, bytes: 2_500))
        try database.save(plan(1, bytes: 1_000))
        try database.save(plan(2, bytes: 3_000))
        #expect(try database.list().map(\.key) == ["key 1"])
    }

    @Test func clearingForgetsAllAndVacuumingShrinksTheFile() throws {
        try cache.fill(20, bytesEach: 20_000)
        let database = try PlanDatabase(path: cache.path)
        #expect(try database.clear() == 20)
        #expect(try database.lookup("key 1") == nil)
        #expect(try database.summary().entries == 0)
        #expect(try database.summary().fileBytes > 400_000)
        try database.vacuum()
        #expect(try database.summary().fileBytes < 100_000)
    }

    @Test(arguments: [JournalMode.writeAheadLog, .rollback])
    func worksWithBothJournalsAndChangesBetweenThem(journal: JournalMode) throws {
        let first = try PlanDatabase(path: cache.path, busyTimeout: 1, journal: journal)
        try first.save(plan(1))
        #expect(try first.summary().journal == journal.rawValue)
        try first.close()
        let other = journal == .rollback ? JournalMode.writeAheadLog : .rollback
        let second = try PlanDatabase(path: cache.path, busyTimeout: 1, journal: other)
        #expect(try second.lookup("key 1") == plan(1).result)
        #expect(try second.summary().journal == other.rawValue)
    }

    @Test func aNewDirectoryIsForTheUserAlone() throws {
        let path = cache.directory.appending(path: "a/b/plans.sqlite").path
        _ = try PlanDatabase(path: path)
        let attributes = try FileManager.default.attributesOfItem(atPath: cache.directory.appending(path: "a/b").path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
    }

    @Test func thePathIsAlwaysAFile() throws {
        let database = try PlanDatabase(path: cache.directory.appending(path: ":memory:").path)
        try database.save(plan(1))
        #expect(cache.files.contains(":memory:"))
        #expect(throws: PlanStoreError.unreachable(path: "", reason: "not a file's path")) { try PlanDatabase(path: "") }
    }

    @Test(arguments: [JournalMode.writeAheadLog, .rollback])
    func writersTakeTurns(journal: JournalMode) async throws {
        let path = cache.path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    let database = try PlanDatabase(path: path, busyTimeout: 30, journal: journal)
                    for index in 0..<25 {
                        let plan = plan(writer * 100 + index)
                        try database.save(plan)
                        guard try database.lookup(plan.key) == plan.result else { throw PlanStoreError.damaged(path: path) }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try PlanDatabase(path: path).summary().entries == 100)
    }
}
