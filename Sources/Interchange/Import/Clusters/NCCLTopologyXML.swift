import Documents
import Hardware

/// Reads the topology of a node that NCCL writes: GPUs, their NVLinks, and network adapters with their speed in Mbit/s.
///
/// The file's identifiers of boards and hosts are not read.
enum NCCLTopologyXML {
    /// PCI classes that NVLinks lead to: a switch, or another GPU.
    private static let switchClass = "0x068000"

    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        let tags = try XMLTags(text, file).tags
        guard let system = tags.first(where: { $0.name == "system" }) else {
            throw .log(file, 1, "there is no <system>", "set NCCL_TOPO_DUMP_FILE and save what NCCL writes there")
        }
        var links: [(count: Int, line: Int)] = []
        var toSwitches = false
        var speeds: [Double] = []
        var isInsideGPU = false
        var depth = 0
        for tag in tags {
            switch tag.name {
            case "gpu":
                links.append((0, tag.line))
                isInsideGPU = true
                depth = tag.depth
            case "nvlink" where isInsideGPU && tag.depth > depth && !links.isEmpty:
                let count = tag.attributes["count"].flatMap { Int($0) } ?? 1
                links[links.count - 1].count += min(max(count, 0), 64)
                if tag.attributes["tclass"] == switchClass { toSwitches = true }
            case "net":
                if let speed = tag.attributes["speed"].flatMap({ $0[...].positive }) { speeds.append(speed * 1.25e5) }
            default: break
            }
        }
        guard !links.isEmpty, links.count <= 256 else {
            throw .log(file, system.line, "there are \(links.count) GPUs", "a node has 1 to 256")
        }
        evidence.node.gpus = links.count
        let most = links.map(\.count).max() ?? 0
        evidence.node.fabric = most == 0 ? .pcie : toSwitches ? .nvswitch : .nvlink
        for (index, gpu) in links.enumerated() where gpu.count < most {
            evidence.note(gpu.line, "GPU \(index) has \(gpu.count) NVLinks where its peers have \(most)", isFault: true)
        }
        guard let fastest = speeds.max() else { return }
        // Adapters for storage and management are slower than those for training.
        let used = speeds.filter { $0 > fastest * 0.99 }.count
        evidence.node.adapters = used
        evidence.node.adapterBandwidth = fastest
        if used < speeds.count {
            evidence.note(system.line, "\(speeds.count - used) slower adapters are left out; use --adapters where they carry training")
        }
    }
}
