import Foundation
import GRDB
import Testing

@testable import PlanStore

/// Whatever the file is like, a run gets its answer or nothing, and at most one warning.
struct PlanCacheTests {
    let cache: TemporaryCache

    init() throws { cache = try TemporaryCache() }

    private func impatientCache() -> PlanCache {
        PlanCache(path: cache.path) { path throws(PlanStoreError) in try PlanDatabase(path: path, busyTimeout: 0.05) }
    }

    @Test func worksSilentlyWhenAllIsWell() {
        var plans = PlanCache(path: cache.path)
        #expect(plans.lookup("key 1") == nil)
        plans.save(plan(1))
        #expect(plans.lookup("key 1") == plan(1).result)
        #expect(plans.isOn && plans.warning == nil)
    }

    @Test func garbageIsMovedAsideWholeAndTheCacheBegunAnew() throws {
        let garbage = Data(repeating: 0x5a, count: 20_000)
        try cache.write(garbage)
        var plans = PlanCache(path: cache.path)
        #expect(plans.warning == "\(cache.path): the cache was damaged and is begun anew; the old file is now \(cache.path).corrupt-1")
        #expect(try cache.bytes("plans.sqlite.corrupt-1") == garbage)
        plans.save(plan(1))
        #expect(plans.lookup("key 1") == plan(1).result)
    }

    @Test func aNamedFileThatIsNoDatabaseIsLeftAlone() throws {
        let text = Data("model: m, and enough to be no header\n".utf8)
        try cache.write(text)
        let plans = PlanCache(path: cache.path, isNamed: true, noun: "store")
        #expect(!plans.isOn && plans.refusal == .otherFile(path: cache.path))
        #expect(plans.warning == "the store is not used: \(cache.path): no SQLite database, left alone; name another file")
        #expect(try cache.bytes() == text && cache.files == ["plans.sqlite"])
    }

    @Test func anAlteredAnswerCostsNoOther() throws {
        try cache.fill(3)
        try cache.execute("UPDATE answer SET result = x'00' WHERE plan_id = 2")
        var plans = PlanCache(path: cache.path)
        let found = (0..<3).map { plans.lookup("key \($0)") != nil }
        #expect(found.count { $0 } == 2 && plans.isOn)
        #expect(plans.warning == "\(cache.path): an answer was altered on disk and is forgotten")
    }

    @Test func damageFoundByALookupIsAMissAndTheNextSaveIsKept() throws {
        try cache.fill(20)
        var bytes = try cache.bytes()
        bytes.replaceSubrange(8_192..<bytes.count, with: repeatElement(0xa5, count: bytes.count - 8_192))
        try cache.write(bytes)
        var plans = PlanCache(path: cache.path)
        for index in 0..<20 { #expect(plans.lookup("key \(index)") == nil) }
        #expect(plans.warning?.contains("begun anew") == true)
        plans.save(plan(7))
        #expect(plans.lookup("key 7") == plan(7).result)
        #expect(cache.files.filter { $0.hasSuffix(".corrupt-1") }.count == 1)
    }

    @Test func damageFoundBySavingIsCuredAndThePlanKept() throws {
        try cache.fill(1)
        try cache.execute("DROP TABLE answer")
        var plans = PlanCache(path: cache.path)
        #expect(plans.warning == nil)
        plans.save(plan(3))
        #expect(plans.warning?.contains("begun anew") == true)
        #expect(plans.lookup("key 3") == plan(3).result)
    }

    @Test func earlierDamagedFilesAreKept() throws {
        for number in 1...3 {
            try cache.write(Data("garbage number \(number), long enough to be no header of a database, as every reader sees".utf8))
            #expect(PlanCache(path: cache.path).warning?.hasSuffix(".corrupt-\(number)") == true)
        }
    }

    @Test func aFilePutInTheDamagedOnesPlaceIsNotMoved() throws {
        try cache.fill(1)
        try cache.execute("DROP TABLE answer")
        var plans = PlanCache(path: cache.path)
        // Another run has found the damage first and begun anew.
        try FileManager.default.moveItem(atPath: cache.path, toPath: cache.path + ".elsewhere")
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: cache.path + suffix) }
        try cache.fill(5)
        #expect(plans.lookup("key 0") == nil)
        #expect(plans.lookup("key 4") == plan(4, bytes: 10_000).result)
        #expect(!cache.files.contains { $0.contains("corrupt") })
    }

    @Test func aLockedFileTurnsTheCacheOff() throws {
        try cache.fill(1)
        let other = try cache.hold("PRAGMA journal_mode = delete; BEGIN EXCLUSIVE")
        var plans = impatientCache()
        #expect(!plans.isOn)
        #expect(plans.warning == "the cache is not used: \(cache.path): in use by another process")
        #expect(plans.lookup("key 0") == nil)
        plans.save(plan(1))
        try other.close()
    }

    @Test func aPlaceThatCannotBeTurnsTheCacheOff() throws {
        try cache.write(Data("a file".utf8))
        var plans = PlanCache(path: cache.path + "/plans.sqlite")
        #expect(plans.warning == "the cache is not used: \(cache.path)/plans.sqlite: the directory cannot be created")
        #expect(plans.lookup("key 0") == nil)
        plans.save(plan(1))
        #expect(try cache.bytes() == Data("a file".utf8))
    }

    @Test func aNewerSchemaTurnsTheCacheOff() throws {
        try cache.fill(1)
        try cache.execute("PRAGMA user_version = 9")
        var plans = PlanCache(path: cache.path)
        #expect(plans.warning?.contains("written by a newer meshwright") == true)
        #expect(plans.lookup("key 0") == nil)
        #expect(cache.files == ["plans.sqlite"])
    }

    @Test func manyRunsBeginningOneFileAtOnceAllWork() async throws {
        let path = cache.path
        let warnings = await withTaskGroup(of: String?.self) { group in
            for index in 0..<8 {
                group.addTask {
                    var plans = PlanCache(path: path)
                    plans.save(plan(index))
                    return plans.lookup("key \(index)") == plan(index).result ? plans.warning : "plan \(index) is missing"
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
        }
        #expect(warnings == [])
        #expect(try PlanDatabase(path: path).summary().entries == 8)
    }
}
