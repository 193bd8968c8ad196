import ArgumentParser

/// `meshwright cluster`: lists, shows, imports and checks clusters.
struct ClusterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Lists and shows clusters, imports measurements, detects what is there, finds bad links, and says what changed.",
        subcommands: [
            ClusterListCommand.self, ClusterShowCommand.self, ClusterImportCommand.self, ClusterCheckCommand.self,
            ClusterDetectCommand.self, ClusterDiffCommand.self, ClusterProfileScriptCommand.self,
        ])
}
