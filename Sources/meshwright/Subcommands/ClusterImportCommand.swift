import ArgumentParser
import Foundation
import Hardware
import Interchange
import Quantities
import Reports

/// `meshwright cluster import`: turns what was measured into a cluster file.
struct ClusterImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Turns measurements and topologies into a cluster file.",
        discussion: """
            Kinds: \(ClusterSourceArgument.kinds). Several --from are put together. What no file says comes from the options or from --like,
            and standard error says so. docs/cluster-import.md shows the formats. Without --from, nodes as the GPU is usually sold are written,
            to be changed by hand.
            """)

    @Option(
        name: .customLong("from"), help: ArgumentHelp("A file and its format; may be repeated.", valueName: "kind:file"),
        transform: ClusterSourceArgument.parse)
    var sources: [ClusterSourceArgument] = []

    @Option(
        name: .customLong("gpu"),
        help: ArgumentHelp(
            "The GPU type: a shipped name, or the path of a GPU file. Repeated as NAME@NODES for the groups of a mixed cluster.",
            valueName: "name|path"), completion: .shipped(.gpu), transform: GPUKindArgument.parse)
    var gpuKinds: [GPUKindArgument]

    /// The GPU of the first nodes.
    private var gpu: String { gpuKinds[0].name }

    @Option(help: "The cluster's name. Without --from by default that of the GPU.")
    var name: String?

    @Option(
        help: ArgumentHelp("A cluster that says what no file does; by default a shipped one of the same GPU.", valueName: "name|path"),
        completion: .shipped(.cluster))
    var like: String?

    @Option(help: "Nodes to use, where not those that the files name.")
    var nodes: Int?

    @Option(help: "GPUs of a node.")
    var gpusPerNode: Int?

    @Option(help: "Adapters of a node that carry training.")
    var adapters: Int?

    @Option(help: ArgumentHelp("Line rate of an adapter, such as 400Gbit/s.", valueName: "rate"), transform: RateArgument.bytes)
    var adapterBandwidth: BytesPerSecond?

    @Option(
        help: ArgumentHelp(
            "What carried measured links between nodes, where files do not say: node, adapter, '2 adapters', gpu or '4 gpus'.",
            valueName: "what"),
        completion: .list(["node", "adapter", "gpu"]))
    var scope: String?

    @Option(help: ArgumentHelp("Oversubscription of switch levels whose files do not state it.", valueName: "ratio"))
    var oversubscription: Double?

    @Option(help: "The collective of logs that do not name it: all_reduce, all_gather, reduce_scatter, alltoall or sendrecv.")
    var collective: String?

    @Option(help: "Ranks of benchmarks that do not state them.")
    var ranks: Int?

    @Option(
        name: .customLong("zone"), help: ArgumentHelp("A zone of Sailor's fits and its nodes; may be repeated.", valueName: "name=nodes"),
        transform: ZoneArgument.parse)
    var zones: [ZoneArgument] = []

    @Flag(help: "Give pairs that were measured one way only the same bandwidth the other way.")
    var symmetrise = false

    @Option(name: OptionNames.output.specification, help: "The cluster file to write.", completion: .file(extensions: ["yaml"]))
    var output: String?

    @OptionGroup var replacing: ForceOption

    func validate() throws {
        guard !gpuKinds.isEmpty else { throw ValidationError("Missing expected argument '--gpu <name|path>'") }
        if gpuKinds.count > 1, gpuKinds.contains(where: { $0.nodes == nil }) {
            throw ValidationError("several --gpu need their nodes, in the order of the nodes: --gpu h100-80gb-sxm@4 --gpu a100-80gb-sxm@2")
        }
        if gpuKinds.count > 1, sources.isEmpty || nodes != nil || !zones.isEmpty {
            throw ValidationError("several --gpu go with --from, and without --nodes and --zone")
        }
        if let own = gpuKinds[0].nodes, let nodes, own != nodes { throw ValidationError("--nodes \(nodes) is not the \(own) of --gpu") }
        if sources.isEmpty, nodes == nil, gpuKinds[0].nodes == nil {
            throw ValidationError(
                "nothing to import; add --from KIND:FILE, KIND one of \(ClusterSourceArgument.kinds), or --nodes for a plain profile of the GPU"
            )
        }
        if sources.isEmpty, like != nil {
            throw ValidationError("--like says what no file of --from does; without --from, copy that cluster")
        }
        if !sources.isEmpty, name == nil { throw ValidationError("Missing expected argument '--name <name>'") }
        if let name, name.isEmpty { throw ValidationError("--name is empty; give the cluster a name such as my-cluster") }
        let counts = [("--nodes", nodes, 1), ("--gpus-per-node", gpusPerNode, 1), ("--adapters", adapters, 1), ("--ranks", ranks, 2)]
        for (option, count, least) in counts {
            guard let count, !(least...65_536).contains(count) else { continue }
            throw ValidationError("\(option) is \(count); it must be \(least) to 65536")
        }
        if let adapters, adapters > 256 { throw ValidationError("--adapters is \(adapters); a node has 1 to 256") }
        if let gpusPerNode, gpusPerNode > 1024 { throw ValidationError("--gpus-per-node is \(gpusPerNode); a node has 1 to 1024") }
        if let oversubscription, !(1...1000).contains(oversubscription) {
            throw ValidationError("--oversubscription is \(oversubscription); it must be 1 to 1000")
        }
        if let collective, Collective(rawValue: collective) == nil {
            let known = Collective.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--collective \(collective): expected one of \(known)")
        }
        if let scope, MeasurementScope(scope) == nil {
            throw ValidationError("--scope \(scope): expected \(MeasurementScope.expected)")
        }
    }

    func run() throws {
        let library = ProfileLibrary.installed
        try OutputFile.check(
            [OutputFile(option: "--output", path: OutputFile.path(output), replaces: replacing.force)],
            inputs: sources.map(\.path) + [OutputFile.file(.gpu, gpu), OutputFile.file(.cluster, like)])
        let type = try library.gpu(gpu)
        guard !sources.isEmpty else { return try write(plain(type, library)) }
        var request = ClusterAssembly.Request(name: name ?? type.name, gpu: type)
        var said: [String] = []
        if let like {
            request.like = try library.cluster(like)
        } else if let sibling = try library.shippedCluster(with: request.gpu) {
            request.like = sibling
            said.append("what no file says is taken from \(sibling.name), which has the same GPU; --like takes it from another")
        } else if nodes ?? gpuKinds[0].nodes == 1, type.usualNode != nil {
            // A box alone needs no network, which nothing says.
            request.like = try library.usualNode(of: gpu)
            said.append("what no file says is that of a node as \(type.name) is usually sold; --like takes it from a profile")
        }
        request.nodes = nodes ?? (gpuKinds.count == 1 ? gpuKinds[0].nodes : nil)
        if gpuKinds.count > 1 {
            request.kinds = try gpuKinds.map { kind in
                let type = try library.gpu(kind.name)
                return .init(gpu: type, nodes: kind.nodes ?? 1, like: like == nil ? try library.shippedCluster(with: type) : request.like)
            }
        }
        request.gpusPerNode = gpusPerNode
        request.adapters = adapters
        request.adapterBandwidth = adapterBandwidth
        request.oversubscription = oversubscription
        request.scope = scope.flatMap { MeasurementScope($0) }
        request.ranks = ranks
        request.zones = zones.map { ($0.name, $0.nodes) }
        request.symmetrises = symmetrise
        let operation = collective.flatMap(Collective.init)
        let evidence = try sources.map { try $0.kind.read(path: $0.path, collective: operation) }
        let assembly = try ClusterAssembly(evidence, request)
        for note in said + assembly.notes { ErrorReporting.warn(note) }
        try write(assembly.profile)
    }

    /// Nodes as the GPU is usually sold, with what the options say of them.
    private func plain(_ type: GPU, _ library: ProfileLibrary) throws -> ClusterProfile {
        var profile = try library.usualNode(of: gpu)
        AssumedCluster.say(profile.name, profile, remedy: false)
        profile.name = name ?? type.name
        let before = profile.groups[0]
        if let gpusPerNode {
            profile.groups[0].gpusPerNode = gpusPerNode
            if before.fabric.domainSize == before.gpusPerNode { profile.groups[0].fabric.domainSize = gpusPerNode }
        }
        if let adapters {
            profile.groups[0].network.adaptersPerNode = adapters
            profile.provenance["network.adapters_per_node"] = Provenance(source: "--adapters")
        }
        if let adapterBandwidth {
            profile.groups[0].network.adapterBandwidth = adapterBandwidth
            profile.provenance["network.adapter_bandwidth"] = Provenance(source: "--adapter-bandwidth")
        }
        // Curves of other nodes say nothing of these.
        if profile.groups[0] != before { profile.curves = [] }
        return try profile.scaled(nodes: nodes ?? gpuKinds[0].nodes ?? 1)
    }

    private func write(_ profile: ClusterProfile) throws {
        let isFile = gpu.contains("/") || gpu.hasSuffix(".yaml") || gpu.hasSuffix(".yml")
        let reference = isFile ? URL(fileURLWithPath: gpu).standardizedFileURL.path : profile.first.gpu.name
        let first = profile.first.gpu.name
        let text = profile.text(gpuReference: { $0.name == first ? reference : $0.name })
        guard let output = OutputFile.path(output) else { return Console.print(text, terminator: "") }
        try AtomicFile.write(Array(text.utf8), to: output)
    }
}
