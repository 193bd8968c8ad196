import ArgumentParser
import PlanStore

/// `meshwright cache info`: how many plans there are, their size and their use.
struct CacheInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "info", abstract: "Shows where the cache lies and how full it is.")

    @OptionGroup var cache: CacheLocationOption
    @OptionGroup var output: PlainFormatOption

    func run() throws {
        let summary =
            CacheFile.exists(path: cache.location)
            ? try PlanDatabase(path: cache.location).summary() : CacheSummary.empty(path: cache.location)
        switch output.format {
        case .json: Console.print(try JSONText.string(of: CacheInfoDocument(summary)))
        case .text: Console.print(Self.text(summary))
        }
    }

    /// The summary in lines for people.
    static func text(_ summary: CacheSummary) -> String {
        let limits = CacheLimits.standard
        return """
            file     \(summary.path)\(summary.fileBytes == 0 ? " (not there yet)" : "")
            plans    \(summary.entries) of at most \(limits.entries)
            answers  \(ByteText.string(summary.resultBytes)) of at most \(ByteText.string(limits.bytes))
            on disk  \(ByteText.string(summary.fileBytes))
            hits     \(summary.hits)
            journal  \(summary.journal)
            """
    }
}

/// The JSON form of `cache info`.
struct CacheInfoDocument: Encodable {
    var schema = "meshwright.cache-info/1"
    var path: String
    var entries: Int
    var hits: Int
    var resultBytes: Int
    var fileBytes: Int
    var maximumEntries = CacheLimits.standard.entries
    var maximumBytes = CacheLimits.standard.bytes
    var journal: String
    var databaseVersion: Int

    init(_ summary: CacheSummary) {
        path = summary.path
        entries = summary.entries
        hits = summary.hits
        resultBytes = summary.resultBytes
        fileBytes = summary.fileBytes
        journal = summary.journal
        databaseVersion = summary.schema
    }

    enum CodingKeys: String, CodingKey {
        case schema, path, entries, hits, journal
        case resultBytes = "result_bytes"
        case fileBytes = "file_bytes"
        case maximumEntries = "maximum_entries"
        case maximumBytes = "maximum_bytes"
        case databaseVersion = "database_version"
    }
}
