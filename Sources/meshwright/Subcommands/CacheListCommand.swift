import ArgumentParser
import Foundation
import PlanStore

/// `meshwright cache list`: the remembered plans, most recently used first.
struct CacheListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the remembered plans, most recently used first.")

    @OptionGroup var cache: CacheLocationOption
    @OptionGroup var output: PlainFormatOption

    func run() throws {
        let entries = CacheFile.exists(path: cache.location) ? try PlanDatabase(path: cache.location).list() : []
        switch output.format {
        case .json: Console.print(try JSONText.string(of: CacheListDocument(entries)))
        case .text: Console.print(Self.text(entries))
        }
    }

    /// One line a plan, in columns as wide as their widest value.
    static func text(_ entries: [CacheEntry]) -> String {
        guard !entries.isEmpty else { return "no plans remembered" }
        let rows =
            [["KEY", "MODEL", "CLUSTER", "VERSION", "CREATED", "LAST USED", "HITS", "SIZE"]]
            + entries.map { entry in
                [
                    String(entry.key.prefix(12)), entry.model, entry.cluster, entry.toolVersion,
                    entry.created.ISO8601Format(), entry.lastUsed.ISO8601Format(), String(entry.hits), ByteText.string(entry.bytes),
                ]
            }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
                .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }.joined(separator: "\n")
    }
}

/// The JSON form of `cache list`.
struct CacheListDocument: Encodable {
    /// A remembered plan.
    struct Entry: Encodable {
        var key: String
        var model: String
        var cluster: String
        var toolVersion: String
        var created: Date
        var lastUsed: Date
        var hits: Int
        var bytes: Int

        enum CodingKeys: String, CodingKey {
            case key, model, cluster, created, hits, bytes
            case toolVersion = "tool_version"
            case lastUsed = "last_used"
        }
    }

    var schema = "meshwright.cache-list/1"
    var plans: [Entry]

    init(_ entries: [CacheEntry]) {
        plans = entries.map {
            Entry(
                key: $0.key, model: $0.model, cluster: $0.cluster, toolVersion: $0.toolVersion, created: $0.created,
                lastUsed: $0.lastUsed, hits: $0.hits, bytes: $0.bytes)
        }
    }
}
