import Foundation
import GRDB
import Testing

@testable import PlanStore

/// Every way a file can refuse, made for real and named as what it is.
struct PlanStoreErrorTests {
    let cache: TemporaryCache

    init() throws { cache = try TemporaryCache() }

    @Test func garbageIsDamage() throws {
        try cache.write(Data(repeating: 0x5a, count: 20_000))
        #expect(throws: PlanStoreError.damaged(path: cache.path)) { try PlanDatabase(path: cache.path) }
    }

    @Test func aTruncatedFileIsDamage() throws {
        try cache.fill(20)
        try cache.write(try cache.bytes().prefix(8_192))
        #expect(throws: PlanStoreError.damaged(path: cache.path)) {
            let database = try PlanDatabase(path: cache.path)
            for index in 0..<20 { _ = try database.lookup("key \(index)") }
        }
    }

    @Test func damagedPagesAreFoundByTheQueryThatMeetsThem() throws {
        try cache.fill(20)
        var bytes = try cache.bytes()
        bytes.replaceSubrange(4_096..<bytes.count, with: repeatElement(0xa5, count: bytes.count - 4_096))
        try cache.write(bytes)
        #expect(throws: PlanStoreError.damaged(path: cache.path)) {
            let database = try PlanDatabase(path: cache.path)
            _ = try database.lookup("key 7")
        }
    }

    @Test func anAlteredAnswerIsForgottenAloneWhereTheFileMayChange() throws {
        try cache.fill(20)
        var bytes = try cache.bytes()
        let answer = try #require(bytes.firstRange(of: Data("answer 7 ".utf8)))
        bytes[answer.lowerBound + 50] ^= 1
        try cache.write(bytes)
        let database = try PlanDatabase(path: cache.path)
        #expect(try database.lookup("key 6") != nil)
        let reader = try PlanDatabase(reading: cache.path)
        #expect(throws: PlanStoreError.altered(path: cache.path)) { try reader.lookup("key 7") }
        #expect(throws: PlanStoreError.altered(path: cache.path)) { try reader.lookup("key 7") }
        #expect(throws: PlanStoreError.altered(path: cache.path)) { try database.lookup("key 7") }
        #expect(try database.lookup("key 7") == nil)
        #expect(try database.summary().entries == 19)
    }

    @Test func readingChangesNothing() throws {
        #expect(throws: PlanStoreError.self) { try PlanDatabase(reading: cache.path) }
        #expect(cache.files.isEmpty)
        try cache.write(Data())
        #expect(throws: PlanStoreError.empty(path: cache.path)) { try PlanDatabase(reading: cache.path) }
        #expect(try cache.bytes().isEmpty)
        let text = Data("model: m, and enough to be no header\n".utf8)
        try cache.write(text)
        #expect(throws: PlanStoreError.otherFile(path: cache.path)) { try PlanDatabase(reading: cache.path) }
        #expect(try cache.bytes() == text)
        try FileManager.default.removeItem(atPath: cache.path)
        try cache.fill(3)
        let reader = try PlanDatabase(reading: cache.path)
        #expect(try reader.lookup("key 1") == plan(1, bytes: 10_000).result && reader.list().allSatisfy { $0.hits == 0 })
    }

    @Test func missingTablesAndValuesOfTheWrongTypeAreDamage() throws {
        try cache.fill(1)
        try cache.execute("UPDATE plan SET hits = 'many'")
        #expect(throws: PlanStoreError.damaged(path: cache.path)) { try PlanDatabase(path: cache.path).list() }
        try cache.execute("DROP TABLE answer")
        #expect(throws: PlanStoreError.damaged(path: cache.path)) { try PlanDatabase(path: cache.path).lookup("key 0") }
    }

    @Test func aDirectoryThatCannotBeMadeIsUnreachable() throws {
        try cache.write(Data("a file".utf8))
        let path = cache.path + "/plans.sqlite"
        #expect(throws: PlanStoreError.unreachable(path: path, reason: "the directory cannot be created")) { try PlanDatabase(path: path) }
    }

    @Test func aDirectoryIsNoFile() throws {
        let path = cache.directory.path
        #expect(throws: PlanStoreError.unreachable(path: path, reason: "cannot be opened or created")) { try PlanDatabase(path: path) }
    }

    @Test func aHeldFileIsLocked() throws {
        try cache.fill(1)
        let other = try cache.hold("PRAGMA journal_mode = delete; BEGIN EXCLUSIVE")
        #expect(throws: PlanStoreError.locked(path: cache.path)) { try PlanDatabase(path: cache.path, busyTimeout: 0.05) }
        try other.close()
    }

    @Test func aWriterInTheLogHoldsUpSavingButNoLookup() throws {
        try cache.fill(1)
        let database = try PlanDatabase(path: cache.path, busyTimeout: 0.05, journal: .writeAheadLog)
        let other = try cache.hold("BEGIN IMMEDIATE")
        #expect(try database.lookup("key 0") == plan(0, bytes: 10_000).result)
        #expect(throws: PlanStoreError.locked(path: cache.path)) { try database.save(plan(1)) }
        try other.close()
        try database.save(plan(1))
    }

    @Test(arguments: ["PRAGMA user_version = 2", "INSERT INTO grdb_migrations VALUES ('2 of the future')"])
    func aNewerSchemaIsLeftAlone(change: String) throws {
        try cache.fill(2)
        try cache.execute(change)
        let before = try cache.bytes()
        #expect(throws: PlanStoreError.newer(path: cache.path)) { try PlanDatabase(path: cache.path) }
        #expect(try cache.bytes() == before)
    }

    @Test(arguments: ["CREATE TABLE photo (id)", "PRAGMA application_id = 7"])
    func anotherProgramsDatabaseIsLeftAlone(content: String) throws {
        try cache.execute(content)
        let before = try cache.bytes()
        #expect(throws: PlanStoreError.foreign(path: cache.path)) { try PlanDatabase(path: cache.path) }
        #expect(try cache.bytes() == before)
        #expect(cache.files == ["plans.sqlite"])
    }

    @Test func aFullDiskIsUnwritableAndWhatWasThereStays() throws {
        try cache.fill(2)
        let database = try PlanDatabase(path: cache.path)
        try database.queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA max_page_count = 1") }
        #expect(throws: PlanStoreError.unwritable(path: cache.path, reason: "no space left")) { try database.save(plan(2, bytes: 1 << 20)) }
        #expect(try database.lookup("key 1") != nil)
    }

    @Test func aReadOnlyFileIsUnwritable() throws {
        let database = try PlanDatabase(path: cache.path)
        try database.queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA query_only = 1") }
        #expect(throws: PlanStoreError.unwritable(path: cache.path, reason: "read-only")) { try database.save(plan(1)) }
    }

    @Test func everyErrorIsOneLineThatNamesTheFile() {
        let errors: [PlanStoreError] = [
            .unreachable(path: "/f", reason: "r"), .locked(path: "/f"), .damaged(path: "/f"), .altered(path: "/f"),
            .otherFile(path: "/f"), .empty(path: "/f"), .newer(path: "/f"), .foreign(path: "/f"),
            .unwritable(path: "/f", reason: "r"), .failed(path: "/f", reason: "r"),
        ]
        for error in errors {
            #expect(error.description.hasPrefix("/f: "))
            #expect(!error.description.contains("\n"))
        }
    }
}
