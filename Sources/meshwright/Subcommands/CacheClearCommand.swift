import ArgumentParser
import PlanStore

/// `meshwright cache clear`: forgets every plan and frees the room; a damaged file is moved aside.
struct CacheClearCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "clear", abstract: "Forgets every plan; moves a damaged file aside.")

    @OptionGroup var cache: CacheLocationOption
    @OptionGroup var output: PlainFormatOption

    func run() throws {
        let outcome = try Self.clear(cache.location)
        switch output.format {
        case .json: Console.print(try JSONText.string(of: outcome))
        case .text: Console.print(outcome.text)
        }
    }

    /// Empties the cache at a path.
    static func clear(_ path: String) throws -> Outcome {
        guard CacheFile.exists(path: path) else { return Outcome(removed: 0) }
        do {
            let database = try PlanDatabase(path: path)
            let removed = try database.clear()
            try database.vacuum()
            return Outcome(removed: removed)
        } catch PlanStoreError.damaged {
            return Outcome(removed: 0, movedTo: try CacheFile.moveAside(path: path))
        }
    }

    /// What clearing did, which is also its JSON form.
    struct Outcome: Encodable, Equatable {
        var schema = "meshwright.cache-clear/1"
        var removed: Int
        /// Where a damaged file lies now.
        var movedTo: String?

        var text: String {
            if let movedTo { return "the damaged file is now \(movedTo)" }
            return removed == 1 ? "forgot 1 plan" : "forgot \(removed) plans"
        }

        enum CodingKeys: String, CodingKey {
            case schema, removed
            case movedTo = "moved_to"
        }
    }
}
