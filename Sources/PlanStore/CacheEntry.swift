public import Foundation

/// A plan to remember: the answer and what a listing says about it.
public struct CachedPlan: Sendable {
    /// The question's ``CanonicalKey`` in hexadecimal.
    public var key: String
    /// The model's name, for listings.
    public var model: String
    /// The cluster's name, for listings.
    public var cluster: String
    /// The release that computed the plan.
    public var toolVersion: String
    /// The answer, byte for byte.
    public var result: Data

    /// A plan to remember under a key.
    public init(key: String, model: String, cluster: String, toolVersion: String, result: Data) {
        self.key = key
        self.model = model
        self.cluster = cluster
        self.toolVersion = toolVersion
        self.result = result
    }
}

/// A remembered plan as a listing shows it, without the answer itself.
public struct CacheEntry: Hashable, Sendable {
    /// The question's key in hexadecimal.
    public var key: String
    /// The model's name.
    public var model: String
    /// The cluster's name.
    public var cluster: String
    /// The release that computed the plan.
    public var toolVersion: String
    /// When the plan was computed.
    public var created: Date
    /// When the plan was last answered with, or computed.
    public var lastUsed: Date
    /// How often the plan was answered with.
    public var hits: Int
    /// The size of the answer in bytes.
    public var bytes: Int
}

/// The state of the cache as a whole.
public struct CacheSummary: Hashable, Sendable {
    /// The database file.
    public var path: String
    /// How many plans are remembered.
    public var entries: Int
    /// How often remembered plans were answered with.
    public var hits: Int
    /// The size of all answers in bytes.
    public var resultBytes: Int
    /// The size of the file and its log on disk in bytes.
    public var fileBytes: Int
    /// SQLite's journal: `wal` on a local disk, `delete` (a rollback journal) on a network file system.
    public var journal: String
    /// The number of the schema, SQLite's `user_version`.
    public var schema: Int

    /// The state of a cache whose file does not exist yet.
    public static func empty(path: String) -> CacheSummary {
        CacheSummary(path: path, entries: 0, hits: 0, resultBytes: 0, fileBytes: 0, journal: "none", schema: 0)
    }
}

/// How much the cache may hold; beyond it the plans used least recently are forgotten.
public struct CacheLimits: Hashable, Sendable {
    /// The most plans held.
    public var entries: Int
    /// The most bytes of answers held.
    public var bytes: Int

    /// A bound on the number of plans and on the bytes of their answers.
    public init(entries: Int, bytes: Int) {
        self.entries = entries
        self.bytes = bytes
    }

    /// 1,000 plans and 256 MiB.
    public static let standard = CacheLimits(entries: 1_000, bytes: 256 << 20)
}
