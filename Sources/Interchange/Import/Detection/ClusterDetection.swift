import Documents
public import Hardware
import Quantities

/// What the programs of a node tell of its cluster, each as far as it is understood.
public struct ClusterDetection: Sendable {
    /// What was found, by program.
    public private(set) var evidence: [ClusterEvidence] = []
    /// What was passed over or looks wrong, one line each.
    public private(set) var notes: [String] = []
    /// The host of this node, and the programs that say so.
    public private(set) var host = DetectedHost()
    /// Names of the nodes with GPUs that Slurm lists.
    public private(set) var slurmNodes: [String] = []
    /// GPUs of a node that a program here or Slurm states.
    public var gpusPerNode: Int? { found?.count ?? slurmGPUs }
    /// Whether this node has GPUs.
    public var hasGPUs: Bool { found != nil }
    /// The GPU as its driver or Slurm names it; nil where nothing does.
    public var gpuName: String? { found?.product.text ?? slurmType.flatMap { GPUProduct($0)?.text } }

    private var found: DetectedGPUs?
    private var slurmGPUs: Int?
    private var slurmType: String?
    let date: String
    /// Which command of Slurm told of the nodes, and when.
    private(set) var slurmSource = ""

    /// Reads what programs printed.
    ///
    /// - Parameter date: the day, which becomes part of the origin of every number.
    public init(_ outputs: [Probe: ProbeOutput], meminfo: String?, date: String) {
        self.date = date
        var gpus: [DetectedGPUs] = []
        for probe in Probe.allCases {
            guard let output = outputs[probe] else { continue }
            switch probe {
            case .nvidiaGPUs: gpus += found(DetectedGPUs.nvidia(output.text), probe)
            case .amdProducts: gpus += found(DetectedGPUs.amd(output.text), probe)
            case .amdAsics: if gpus.isEmpty { gpus += found(DetectedGPUs.amd(output.text), probe) }
            case .processors: host = DetectedHost.lscpu(output.text)
            case .nvidiaTopology: read(output, .smi)
            case .amdTopology: read(output, .rocmSMI)
            case .amdLinks: if outputs[.amdTopology] == nil { read(output, .amdSMI) }
            case .bandwidth: read(output, .nvbandwidth)
            case .adapters: read(output) { DetectedAdapters.ibstat($0, into: &$1) }
            case .interfaces: if outputs[.adapters] == nil { read(output) { DetectedAdapters.interfaces($0, into: &$1) } }
            case .slurmNodes, .slurmInfo, .slurmTopology: break
            }
        }
        if let meminfo { host.memory = DetectedHost.meminfo(meminfo) }
        if let first = gpus.first {
            found = first
            let probe: Probe = outputs[.nvidiaGPUs] != nil ? .nvidiaGPUs : outputs[.amdProducts] != nil ? .amdProducts : .amdAsics
            var one = ClusterEvidence(origin: .init(kind: .smi, file: probe.rawValue, date: date, program: probe.rawValue))
            one.node.gpus = first.count
            evidence.append(one)
            if gpus.count > 1 {
                notes.append(
                    "the node has GPUs of several products, \(gpus.map(\.product.text).joined(separator: " and ")); those of the first are taken"
                )
            }
            if let table = evidence.first(where: { $0.node.gpus != nil }), table.node.gpus != first.count {
                notes.append("\(table.origin.source) shows \(table.node.gpus ?? 0) GPUs and the driver lists \(first.count)")
            }
        }
        readSlurm(outputs)
    }

    /// The shipped type of the GPUs; nil where their product is not known, or is none of them.
    public func type(among types: [GPU]) -> GPU? {
        if let found { return found.type(among: types) }
        guard let slurmType, let product = GPUProduct(slurmType) else { return nil }
        return DetectedGPUs(product: product, count: 1, mebibytes: nil).type(among: types)
    }

    /// The origin of what a probe says.
    public func source(_ probe: Probe) -> String { "\(probe.rawValue), \(date)" }

    private mutating func found(_ gpus: [DetectedGPUs], _ probe: Probe) -> [DetectedGPUs] {
        if gpus.isEmpty { notes.append("\(probe.rawValue): no GPU that is known was read from its output") }
        return gpus
    }

    private mutating func read(_ output: ProbeOutput, _ kind: ImportKind) {
        do throws(DocumentError) {
            var one = try kind.parse(text: output.text, file: output.command)
            (one.origin.program, one.origin.date) = (output.command, date)
            evidence.append(one)
        } catch {
            notes.append("\(error): passed over")
        }
    }

    private mutating func read(_ output: ProbeOutput, _ body: (String, inout ClusterEvidence) -> Void) {
        var one = ClusterEvidence(origin: .init(kind: .perftest, file: output.command, date: date, program: output.command))
        body(output.text, &one)
        if one.node == NodeFacts(), one.notes.isEmpty { notes.append("\(output.command): no adapter was read from its output") }
        evidence.append(one)
    }

    /// Nodes and switches: those with GPUs like most.
    private mutating func readSlurm(_ outputs: [Probe: ProbeOutput]) {
        var nodes: [DetectedSlurm.Node] = []
        var command = ""
        if let output = outputs[.slurmNodes] { (nodes, command) = (DetectedSlurm.scontrol(output.text).nodes, output.command) }
        if nodes.isEmpty, let output = outputs[.slurmInfo] { (nodes, command) = (DetectedSlurm.sinfo(output.text).nodes, output.command) }
        guard !nodes.isEmpty else {
            if outputs[.slurmNodes] != nil || outputs[.slurmInfo] != nil { notes.append("Slurm lists no node with GPUs") }
            return
        }
        var usual = DetectedSlurm(nodes: nodes).usual
        if let found {
            // Nodes like this one, where Slurm says which are.
            let alike = nodes.filter {
                $0.gpus == found.count
                    && ($0.type.isEmpty || GPUProduct($0.type)?.model == found.product.model || GPUProduct($0.type) == nil)
            }
            if !alike.isEmpty { usual = alike }
        }
        if usual.count < nodes.count {
            notes.append(
                "\(nodes.count - usual.count) of Slurm's \(nodes.count) nodes with GPUs have others than the rest and are left out")
        }
        let down = usual.filter(\.isDown).map(\.name)
        if !down.isEmpty { notes.append("Slurm has \(down.count) of them down or drained: \(down.prefix(8).joined(separator: ", "))") }
        slurmNodes = usual.map(\.name)
        slurmSource = "\(command), \(date)"
        slurmGPUs = usual.first?.gpus
        slurmType = usual.first.flatMap { $0.type.isEmpty ? nil : $0.type }
        if found == nil {
            host = DetectedHost()
            host.cores = usual.first?.cores
            host.memory = usual.first?.mebibytes.map { Bytes($0 * 1_048_576) }
        }
        var one = ClusterEvidence(origin: .init(kind: .slurm, file: command, date: date, program: command))
        one.node.gpus = found == nil ? slurmGPUs : nil
        one.switches = tree(outputs[.slurmTopology], &one) ?? plain(command)
        evidence.append(one)
    }

    /// Slurm's switches with these nodes only.
    private mutating func tree(_ output: ProbeOutput?, _ evidence: inout ClusterEvidence) -> SwitchTree? {
        guard let output else { return nil }
        do throws(DocumentError) {
            var own = try ImportKind.slurm.parse(text: output.text, file: output.command)
            let kept = Set(slurmNodes)
            guard let whole = own.switches, kept.isSubset(of: whole.nodes) else {
                notes.append("\(output.command): does not show the switches of all nodes with GPUs; one non-blocking network is taken")
                return nil
            }
            evidence.origin.program = output.command
            let dropped = whole.without(nodesNotIn: kept)
            own.switches = try SwitchTree(dropped)
            return own.switches
        } catch {
            notes.append("\(error): passed over")
            return nil
        }
    }

    private func plain(_ command: String) -> SwitchTree? {
        try? SwitchTree([.init(name: "all", nodes: slurmNodes, switches: [], location: SourceLocation(file: command, line: 1))])
    }
}

extension SwitchTree {
    /// The switches with some nodes only, without those under which none is left.
    fileprivate func without(nodesNotIn kept: Set<String>) -> [Switch] {
        var left = switches
        for place in left.indices { left[place].nodes.removeAll { !kept.contains($0) } }
        while true {
            let empty = Set(left.filter { $0.nodes.isEmpty && $0.switches.isEmpty }.map(\.name))
            guard !empty.isEmpty, empty.count < left.count else { return left }
            left.removeAll { empty.contains($0.name) }
            for place in left.indices { left[place].switches.removeAll { empty.contains($0) } }
        }
    }
}
