import ArgumentParser
import Calibration
import Documents

/// Which of a table's runs are compared.
struct ValidateSelection: ParsableArguments {
    @Option(help: "Only runs of this quality: A, B or C; several letters for several.")
    var quality: String?

    @Option(help: ArgumentHelp("Only runs whose ids stand in this file, one a line.", valueName: "FILE"))
    var ids: String?

    @Option(
        help: ArgumentHelp(
            "Only the half of the configurations that a fit with this seed does not see; the shipped constants saw the other half of seed 3.",
            valueName: "seed"))
    var unseen: UInt64?

    /// Whether any run is left out.
    var isGiven: Bool { quality != nil || ids != nil || unseen != nil }

    func validate() throws {
        if let quality, quality.isEmpty || !quality.allSatisfy({ "ABC".contains($0) }) {
            throw ValidationError("--quality \(quality): one or more of the letters A, B, C")
        }
    }

    /// The predictions of the runs asked for; an id that the table lacks is an error.
    func selected(_ all: [RunPrediction], table: String) throws -> [RunPrediction] {
        var chosen = all
        if let unseen {
            let split = RunSplit(all, seed: unseen)
            chosen.removeAll { split.isFitted($0.run) }
        }
        if let quality { chosen.removeAll { !quality.contains($0.run.quality) } }
        if let ids {
            let wanted = try TextFile.read(path: ids).split(whereSeparator: \.isNewline).map { String($0.filter { !$0.isWhitespace }) }
            let present = Set(all.map(\.run.id))
            for (line, id) in wanted.enumerated() where !id.isEmpty && !present.contains(id) {
                throw DocumentError(
                    SourceLocation(file: ids, line: line + 1), .invalid("\(table) has no run '\(id)'", remedy: "list ids of its runs"))
            }
            let set = Set(wanted)
            chosen.removeAll { !set.contains($0.run.id) }
        }
        return chosen
    }
}
