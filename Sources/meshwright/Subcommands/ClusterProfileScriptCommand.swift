import ArgumentParser
import Interchange
import Reports

/// `meshwright cluster profile-script`: a script that measures a cluster with nccl-tests.
struct ClusterProfileScriptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile-script",
        abstract: "Writes a script that measures all pairs of nodes and GPUs with nccl-tests.",
        discussion: "Run it inside an allocation; 'cluster import --from nccl-tests:FILE' reads the log that it writes.")

    @Option(help: "What starts programs on the nodes: slurm or mpirun.")
    var launcher = "slurm"

    @Option(help: "GPUs of a node.")
    var gpusPerNode = 8

    @Option(help: ArgumentHelp("The folder of the nccl-tests programs.", valueName: "folder"))
    var tests = "./build"

    @Option(name: OptionNames.output.specification, help: "The script to write.", completion: .file(extensions: ["sh"]))
    var output: String?

    @OptionGroup var replacing: ForceOption

    private func starter() throws -> ProfileScript.Launcher {
        guard let launcher = ProfileScript.Launcher(rawValue: launcher) else {
            throw ValidationError("--launcher \(launcher): expected slurm or mpirun")
        }
        return launcher
    }

    func validate() throws {
        _ = try starter()
        if !(1...64).contains(gpusPerNode) { throw ValidationError("--gpus-per-node is \(gpusPerNode); it must be 1 to 64") }
        if tests.isEmpty || tests.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw ValidationError("--tests names no folder")
        }
    }

    func run() throws {
        try OutputFile.check([OutputFile(option: "--output", path: OutputFile.path(output), replaces: replacing.force)], inputs: [])
        let text = ProfileScript(launcher: try starter(), gpusPerNode: gpusPerNode, tests: tests).text
        guard let output = OutputFile.path(output) else { return Console.print(text, terminator: "") }
        try AtomicFile.write(Array(text.utf8), to: output)
    }
}
