import ArgumentParser
import Hardware
import Reports

/// `meshwright cluster show`: a cluster's nodes, links and what of them is measured.
struct ClusterShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a cluster's nodes, links, switch levels and what of them is measured.")

    @Argument(help: "A shipped name such as dgx-h100, or the path of a cluster file.", completion: .shipped(.cluster))
    var cluster: String

    @OptionGroup var size: ClusterSizeOption
    @OptionGroup var output: PlainFormatOption
    @OptionGroup var terminal: TerminalOption

    @Option(
        help: ArgumentHelp("Draw the matrix of measured bandwidths as an SVG picture.", valueName: "file"),
        completion: .file(extensions: ["svg"]))
    var svg: String?

    func run() throws {
        let profile = try size.scaled(try ProfileLibrary.installed.cluster(cluster))
        let summary = ClusterSummary(profile)
        let matrix = profile.nodeBandwidth ?? profile.gpuBandwidth
        if let svg {
            try OutputFile.check([OutputFile(option: "--svg", path: svg)], inputs: [OutputFile.file(.cluster, cluster)])
            guard let matrix else {
                throw CommandFailure(.badInput, "'\(profile.name)' has no measured matrix to draw; 'cluster import' adds one")
            }
            try AtomicFile.write(Array(BandwidthHeatMap(matrix, limit: 128).svg.utf8), to: svg)
        }
        switch output.format {
        case .json: Console.print(try JSONText.string(of: summary))
        case .text:
            Console.print(summary.text, terminator: "")
            // Two columns a cell, after the names.
            if let matrix {
                let map = BandwidthHeatMap(matrix, limit: max(8, (terminal.columns - 18) / 2))
                Console.print("\n" + map.text(colour: terminal.colours), terminator: "")
            }
        }
    }
}
