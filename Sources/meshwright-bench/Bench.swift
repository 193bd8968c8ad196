import ArgumentParser
import Foundation
import Hardware

/// Measures how fast the parts of Meshwright are; `make bench` runs it in release.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meshwright-bench", abstract: "Times the search, sweeps, the simulator, the placement and the cache.")

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    @Option(
        help: """
            Parts to time: process, sweep, search, jobs, schedules, placement, experts, sequences, import, cache; all of these unless given. placement-seeds repeats the \
            placement on 1,024 nodes over 20 matrices and 20 seeds.
            """)
    var only: [String] = []

    func run() async throws {
        let library = ProfileLibrary(
            executable: Bundle.main.executablePath ?? "", environment: ProcessInfo.processInfo.environment)
        func wants(_ part: String) -> Bool { only.isEmpty || only.contains(part) }
        var rows: [(name: String, value: Double, unit: String)] = []
        if wants("process") { rows += try benchProcess() }
        if wants("sweep") { rows += try benchSweep() }
        if wants("search") { rows += try await benchSearch(library: library) }
        if wants("jobs") { rows += try await benchJobs(library: library) }
        if wants("schedules") { rows += try benchSchedules().map { ($0.name, $0.value, $0.unit) } }
        if wants("placement") { rows += try await benchPlacement(library: library) }
        if wants("experts") { rows += try await benchExperts(library: library) }
        if wants("sequences") { rows += try benchSequences() }
        if only.contains("placement-seeds") { rows += benchPlacementSeeds() }
        if wants("import") { rows += try benchImport(library: library) }
        if wants("cache") { rows += try benchCache() }
        if json {
            let lines = rows.map { "  {\"name\": \"\($0.name)\", \"value\": \($0.value), \"unit\": \"\($0.unit)\"}" }
            print("[\n" + lines.joined(separator: ",\n") + "\n]")
        } else {
            let width = rows.map(\.name.count).max() ?? 0
            for row in rows {
                let name = row.name.padding(toLength: width, withPad: " ", startingAt: 0)
                print("\(name)  \(String(format: "%12.4g", row.value)) \(row.unit)")
            }
        }
    }
}
