import ArgumentParser
import Hardware
import Interchange
import Reports

/// `meshwright cluster check`: finds links and nodes that are slower than their like.
struct ClusterCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Finds bad links, nodes and collectives, and says which nodes a job should leave out.",
        discussion: """
            Links are sorted into kinds first, which are by design: inside and between halls, fast and slow nodes. A link or node is bad
            if it is more than 10 % under its like and slower than chance explains. Curves of collectives are bad that reach less than 70 % of what adapters or fabric allow, three quarters of what fewer nodes do, or whose
            time grows thrice as much as the message; the likely cause is named. --from adds files that show the inside of a node, of the
            kinds smi, rocm-smi, amd-smi and nccl-xml.

            Exit status: 0 where nothing is wrong, 1 with findings, 65 for bad input.
            """)

    @Argument(help: "A shipped name, or the path of a cluster file.", completion: .shipped(.cluster))
    var cluster: String

    @Option(
        name: .customLong("from"), help: ArgumentHelp("The topology of a node; may be repeated.", valueName: "kind:file"),
        transform: ClusterSourceArgument.parse)
    var sources: [ClusterSourceArgument] = []

    @OptionGroup var output: PlainFormatOption

    func validate() throws {
        guard let stranger = sources.first(where: { ![.smi, .rocmSMI, .amdSMI, .ncclXML].contains($0.kind) }) else { return }
        throw ValidationError(
            "--from \(stranger.kind.rawValue): a check reads smi, rocm-smi, amd-smi and nccl-xml; import the others into the cluster file")
    }

    func run() throws {
        let profile = try ProfileLibrary.installed.cluster(cluster)
        let faults = try sources.flatMap { source in
            try source.kind.read(path: source.path).notes.filter(\.isFault).map(\.description)
        }
        let report = ClusterCheckReport(profile, faults: faults)
        switch output.format {
        case .json: Console.print(try JSONText.string(of: report))
        case .text: Console.print(report.text, terminator: "")
        }
        if !report.isClean { throw ExitStatus.found }
    }
}
