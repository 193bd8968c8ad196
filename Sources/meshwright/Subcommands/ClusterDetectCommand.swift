import ArgumentParser
import Documents
import Foundation
import Hardware
import Interchange
import Quantities
import Reports

/// `meshwright cluster detect`: a profile of what the programs of a node tell of its cluster.
struct ClusterDetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect",
        abstract: "Runs what is there on a node and writes a profile of its cluster.",
        discussion: """
            meshwright cluster detect --name mine --output mine.yaml

            Run it on a node with GPUs. Of nvidia-smi, rocm-smi, amd-smi, ibstat, ibdev2netdev, scontrol, sinfo, lscpu and nvbandwidth what is on PATH is run,
            each for some seconds at most; none of them is needed. Every number of the profile names its program and the day, what is
            borrowed is marked, and standard error names what is missing with the command that would measure it.
            """)

    @Option(name: OptionNames.output.specification, help: "The cluster file to write.", completion: .file(extensions: ["yaml"]))
    var output: String?

    @Option(
        help: ArgumentHelp("The GPU type, where no program names one that is shipped: a shipped name, or a path.", valueName: "name|path"),
        completion: .shipped(.gpu))
    var gpu: String?

    @Option(help: "The cluster's name. By default 'detected'.")
    var name = "detected"

    @Option(help: "Nodes to use, where Slurm does not list them.")
    var nodes: Int?

    @Option(help: "Adapters of a node that carry training, where some are for storage.")
    var adapters: Int?

    @Option(help: ArgumentHelp("Seconds that a program may take; nvbandwidth may take six times as long.", valueName: "seconds"))
    var timeout = 10

    @Flag(inversion: .prefixedNo, help: "Run nvbandwidth where it is there, which takes the GPUs for some seconds.")
    var measure = true

    @OptionGroup var replacing: ForceOption

    func validate() throws {
        if name.isEmpty { throw ValidationError("--name is empty; give the cluster a name such as my-cluster") }
        if !(1...3600).contains(timeout) { throw ValidationError("--timeout \(timeout): between 1 and 3600 seconds") }
        if let adapters, !(1...64).contains(adapters) { throw ValidationError("--adapters is \(adapters); it must be 1 to 64") }
        if let nodes, !(1...65_536).contains(nodes) { throw ValidationError("--nodes is \(nodes); it must be 1 to 65536") }
    }

    func run() throws {
        let library = ProfileLibrary.installed
        try OutputFile.check(
            [OutputFile(option: "--output", path: OutputFile.path(output), replaces: replacing.force)], inputs: [OutputFile.file(.gpu, gpu)]
        )
        let (outputs, missing) = probe()
        let meminfo = try? TextFile.read(path: "/proc/meminfo")
        let date = Date.now.formatted(.iso8601.year().month().day())
        let found = ClusterDetection(outputs, meminfo: meminfo, date: date)
        for note in found.notes { ErrorReporting.warn(note) }
        let type = try type(found, library, missing)
        let like = try library.shippedCluster(with: type) ?? library.usualNode(of: gpu ?? type.name)
        let detected = try found.profile(name: name, gpu: type, like: like, nodes: nodes, adapters: adapters)
        for note in detected.notes { ErrorReporting.warn(note) }
        let advice = DetectionAdvice.missing(of: detected.profile, isAMD: type.architecture.hasPrefix("cdna"))
        if !missing.isEmpty { ErrorReporting.warn("not on PATH: \(missing.joined(separator: ", "))") }
        for one in advice { ErrorReporting.warn("missing: \(one.what); measure it with: \(one.command)") }
        try write(detected.profile, advice, date)
    }

    /// What programs printed, and those that are not there.
    private func probe() -> (outputs: [Probe: ProbeOutput], missing: [String]) {
        let runner = ProbeRunner(timeout: timeout, measuringTimeout: min(3600, 6 * timeout))
        var outputs: [Probe: ProbeOutput] = [:]
        var missing: [String] = []
        for probe in Probe.allCases where measure || !probe.measures {
            switch runner.run(probe) {
            case .missing: if missing.last != probe.words[0], !missing.contains(probe.words[0]) { missing.append(probe.words[0]) }
            case .failed(let why): ErrorReporting.warn("\(probe.rawValue): \(why)")
            case .done(let text): outputs[probe] = ProbeOutput(command: probe.rawValue, text: text)
            }
        }
        return (outputs, missing)
    }

    /// The GPU type: what programs name, where that is shipped, else the option.
    private func type(_ found: ClusterDetection, _ library: ProfileLibrary, _ missing: [String]) throws -> GPU {
        let types = library.names(of: .gpu).compactMap { try? library.gpu($0) }
        let own = found.type(among: types)
        if let gpu {
            let asked = try library.gpu(gpu)
            if let own, own.name != asked.name { ErrorReporting.warn("--gpu \(gpu) is used; programs say \(own.name)") }
            return asked
        }
        if let own {
            if !found.hasGPUs {
                ErrorReporting.warn(
                    "this node has no GPU; Slurm's nodes have \(found.gpuName ?? own.name), taken for \(own.name), as nothing says more; --gpu names another"
                )
            }
            return own
        }
        let known = types.map(\.name).joined(separator: ", ")
        if let name = found.gpuName {
            throw CommandFailure(.badInput, "\(name) is no shipped GPU type; name the nearest with --gpu, one of \(known)")
        }
        let start = found.slurmNodes.first.map { "srun -w \($0) --gpus-per-node=1 " } ?? ""
        throw CommandFailure(
            .badInput,
            "no program says which GPUs there are"
                + (missing.isEmpty ? "" : " (\(missing.filter { $0.hasSuffix("-smi") }.joined(separator: ", ")) not on PATH)")
                + "; run '\(start)meshwright cluster detect' on a node with GPUs, or name them with --gpu, one of \(known)")
    }

    private func write(_ profile: ClusterProfile, _ advice: [DetectionAdvice], _ date: String) throws {
        let comment =
            ["Detected on \(date). Each number names the program that it is from; unverified ones are borrowed or assumed."]
            + advice.map { "missing: \($0.what): \($0.command)" }
        let isFile = gpu.map { $0.contains("/") || $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") } ?? false
        let reference = isFile ? URL(fileURLWithPath: gpu ?? "").standardizedFileURL.path : profile.first.gpu.name
        let text = profile.text(comment: comment, gpuReference: { _ in reference })
        guard let output = OutputFile.path(output) else { return Console.print(text, terminator: "") }
        try AtomicFile.write(Array(text.utf8), to: output)
    }
}
