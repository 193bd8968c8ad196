import ArgumentParser
import Hardware
import Reports

/// `meshwright cluster show`: a cluster's nodes, links and what of them is measured.
struct ClusterShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a cluster's nodes, links, switch levels and what of them is measured.")

    @Argument(help: "A shipped name such as dgx-h100, or the path of a cluster file.")
    var cluster: String

    @OptionGroup var size: ClusterSizeOption
    @OptionGroup var output: PlainFormatOption

    func run() throws {
        let summary = ClusterSummary(try size.scaled(try ProfileLibrary.installed.cluster(cluster)))
        switch output.format {
        case .json: print(try JSONText.string(of: summary))
        case .text: print(summary.text, terminator: "")
        }
    }
}
