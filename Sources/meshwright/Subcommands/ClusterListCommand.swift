import ArgumentParser
import Hardware
import Reports

/// `meshwright cluster list`: the shipped clusters.
struct ClusterListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the shipped clusters.")

    @OptionGroup var output: PlainFormatOption

    func run() throws {
        let library = ProfileLibrary.installed
        let clusters = try library.names(of: .cluster).map { ClusterSummary(try library.cluster($0)) }
        switch output.format {
        case .json: Console.print(try JSONText.string(of: ClusterListDocument(clusters: clusters)))
        case .text: Console.print(Self.text(clusters), terminator: "")
        }
    }

    /// One line a cluster.
    static func text(_ clusters: [ClusterSummary]) -> String {
        let columns: [TextTable.Column] = [
            .init("cluster"), .init("GPUs", .trailing), .init("nodes", .trailing), .init("GPU"), .init("fabric"), .init("network"),
            .init("describes"),
        ]
        let rows = clusters.map { cluster in
            [
                cluster.name, "\(cluster.gpus)", "\(cluster.nodes)", cluster.groups.map(\.gpu).joined(separator: ", "),
                cluster.groups.first?.fabric ?? "", cluster.groups.first?.network ?? "", cluster.describes,
            ].map { StyledText($0) }
        }
        return TextTable(columns, rows: rows).rendered(width: .max / 2, colour: .none)
    }
}

/// The JSON form of `cluster list`.
struct ClusterListDocument: Encodable {
    var schema = "meshwright.cluster-list/1"
    var clusters: [ClusterSummary]
}
