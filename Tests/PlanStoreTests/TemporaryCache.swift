import Foundation
import GRDB

@testable import PlanStore

/// A directory of its own for a test's database, removed with it.
final class TemporaryCache {
    let directory: URL
    var path: String { directory.appending(path: "plans.sqlite").path }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "meshwright-tests-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// The names of all files in the directory, in order.
    var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).sorted()
    }

    /// The bytes of a file.
    func bytes(_ name: String = "plans.sqlite") throws -> Data {
        try Data(contentsOf: directory.appending(path: name))
    }

    /// Replaces the database file's bytes.
    func write(_ bytes: Data) throws {
        try bytes.write(to: URL(filePath: path))
    }

    /// Saves plans `0..<count` and closes the file, so that everything lies in it and nothing in a log.
    func fill(_ count: Int, bytesEach: Int = 10_000) throws {
        let database = try PlanDatabase(path: path)
        for index in 0..<count { try database.save(plan(index, bytes: bytesEach)) }
        try database.close()
    }

    /// A connection of another process, which holds the transaction that the statements begin until it is closed.
    func hold(_ sql: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { db in try db.execute(sql: sql) }
        return queue
    }

    /// Runs statements on the file behind the cache's back.
    func execute(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in try db.execute(sql: sql) }
        try queue.close()
    }
}

/// A plan whose answer is told from every other's.
func plan(_ index: Int, bytes: Int = 100) -> CachedPlan {
    var answer = Data("answer \(index) ".utf8)
    answer.append(contentsOf: (0..<max(0, bytes - answer.count)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ index) })
    return CachedPlan(key: "key \(index)", model: "gpt-2", cluster: "dgx-h100", toolVersion: "0.1.0", result: answer)
}
