import ArgumentParser
import Documents
import Foundation
import Interchange
import Reports

/// `meshwright capture`: what a user's own script would start, without starting it.
struct CaptureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Runs a launch script with stand-ins for the launchers, and writes down what it would have started.",
        discussion: """
            meshwright capture --output run.json -- bash train.sh 8 4 1
            meshwright simulate --from capture:run.json --cluster dgx-h100

            The script itself runs, as you would run it. \(StandIns.launchers.joined(separator: ", ")) are replaced by programs that only write \
            down how they are called, with the configuration files that they are given; scripts of the shell behind them are run, sbatch runs the \
            batch script with Slurm's variables, nvidia-smi lists --gpus-per-node GPUs. What computes for scripts goes to the real programs: \
            python -c, python - and Python's own modules, conda and uv but for their run. Environments that a bash script activates stand behind \
            the stand-ins. Programs called by their full path are not replaced. Of the environment only variables of launchers and frameworks are \
            kept, and none whose name speaks of a key, token or password; of configuration files such values are withheld.

            Exit status: 0 with something started, 65 when nothing was, or when the script failed.
            """)

    @Option(
        name: OptionNames.output.specification, help: ArgumentHelp("The file to write. By default standard output.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(help: ArgumentHelp("Seconds after which the script is stopped.", valueName: "seconds"))
    var timeout = 60

    @Option(name: .customLong("gpus-per-node"), help: ArgumentHelp("GPUs that nvidia-smi lists.", valueName: "count"))
    var gpusPerNode = 8

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The command that starts your training, behind --.", valueName: "command"))
    var command: [String] = []

    func validate() throws {
        if command.isEmpty { throw ValidationError("Write the command behind --: meshwright capture -- bash train.sh") }
        if !(1...86_400).contains(timeout) { throw ValidationError("--timeout \(timeout): between 1 and 86400 seconds") }
        if !(0...1024).contains(gpusPerNode) { throw ValidationError("--gpus-per-node \(gpusPerNode): between 0 and 1024") }
    }

    func run() throws {
        try OutputFile.check([OutputFile(option: "--output", path: OutputFile.path(output))], inputs: command)
        let folder = FileManager.default.temporaryDirectory.appending(path: "meshwright-capture-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let standIns = try StandIns(in: folder, gpus: gpusPerNode, outer: ProcessInfo.processInfo.environment)
        let status = try execute(standIns)
        let starts = try standIns.starts()
        let words = command.joined(separator: " ")
        guard !starts.isEmpty else {
            throw CommandFailure(
                .badInput,
                status == 0
                    ? "'\(words)' started none of \(StandIns.launchers.joined(separator: ", "))"
                    : "'\(words)' left with status \(status) before it started anything")
        }
        if status != 0 { ErrorReporting.warn("'\(words)' left with status \(status); what it started before is kept") }
        let text = JSONWriter.text(CapturedStarts(command: command, starts: starts).document)
        if let output = OutputFile.path(output) {
            try AtomicFile.write(Array(text.utf8), to: output)
        } else {
            Console.print(text, terminator: "")
        }
    }

    /// Runs the command to its end and gives its exit status.
    private func execute(_ standIns: StandIns) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.environment = standIns.environment(ProcessInfo.processInfo.environment)
        process.standardInput = FileHandle.nullDevice
        // What the script prints is no part of the answer.
        process.standardOutput = FileHandle(fileDescriptor: 2)
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        guard ended.wait(timeout: .now() + .seconds(timeout)) == .success else {
            process.terminate()
            throw CommandFailure(
                .badInput, "'\(command.joined(separator: " "))' ran for more than \(timeout) s and was stopped; give it more with --timeout"
            )
        }
        return process.terminationStatus
    }
}
