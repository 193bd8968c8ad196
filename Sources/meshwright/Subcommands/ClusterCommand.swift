import ArgumentParser

/// `meshwright cluster`: lists and shows clusters.
struct ClusterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Lists the shipped clusters, or shows one.",
        subcommands: [ClusterListCommand.self, ClusterShowCommand.self])
}
