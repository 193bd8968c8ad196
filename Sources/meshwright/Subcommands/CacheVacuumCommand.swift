import ArgumentParser
import PlanStore

/// `meshwright cache vacuum`: gives the room of forgotten plans back to the disk.
struct CacheVacuumCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vacuum", abstract: "Gives the room of forgotten plans back to the disk.")

    @OptionGroup var cache: CacheLocationOption
    @OptionGroup var output: PlainFormatOption

    func run() throws {
        var outcome = Outcome(bytesBefore: 0, bytesAfter: 0)
        if CacheFile.exists(path: cache.location) {
            let database = try PlanDatabase(path: cache.location)
            outcome.bytesBefore = try database.summary().fileBytes
            try database.vacuum()
            outcome.bytesAfter = try database.summary().fileBytes
        }
        switch output.format {
        case .json: Console.print(try JSONText.string(of: outcome))
        case .text: Console.print("\(ByteText.string(outcome.bytesBefore)) before, \(ByteText.string(outcome.bytesAfter)) now")
        }
    }

    /// The file's size around the rebuild, which is also the JSON form.
    struct Outcome: Encodable {
        var schema = "meshwright.cache-vacuum/1"
        var bytesBefore: Int
        var bytesAfter: Int

        enum CodingKeys: String, CodingKey {
            case schema
            case bytesBefore = "bytes_before"
            case bytesAfter = "bytes_after"
        }
    }
}
