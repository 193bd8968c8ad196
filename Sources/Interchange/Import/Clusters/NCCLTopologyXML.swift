import Documents
import Hardware

/// Reads the topology of a node that NCCL or RCCL writes, or that clouds give to `NCCL_TOPO_FILE`: GPUs, their links, and network adapters
/// with their speed in Mbit/s.
///
/// A dump of a rack (MNNVL) holds the GPUs of all its hosts, told apart by `host_hash`. Files of clouds have devices of the GPU and network
/// classes of PCI instead of GPUs and networks. The file's identifiers of boards and hosts are not read.
enum NCCLTopologyXML {
    /// PCI classes as NCCL writes them: an NVSwitch, and a CPU with NVLinks.
    private static let switchClass = "0x068000"
    private static let processorClass = "0x068001"

    private struct GPU {
        var host: String
        var bus: String
        var line: Int
        var device: Int?
        /// The version of its instructions, such as 90 for Hopper.
        var version: Int?
        var links: [(target: String, count: Int)] = []
    }

    private struct Adapter: Hashable {
        var host: String
        var name: String
        var port: String
        var speed: Double
        /// Whether it reads and writes the memory of GPUs; nil where the file does not say.
        var reachesGPUs: Bool?
        /// Whether its PCI class is that of InfiniBand rather than Ethernet; nil for others.
        var isInfiniBand: Bool?
    }

    private struct Contents {
        var gpus: [GPU] = []
        var adapters: [Adapter] = []
        /// The first adapter whose speed is no rate, by name and line.
        var withoutSpeed: (name: String, line: Int)?
        var toSwitches = false
        var hasXGMI = false
        var isKilobits = false
        /// Devices of PCI's classes for GPUs and for networks.
        var devices: (gpus: Int, adapters: Int) = (0, 0)
    }

    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        let tags = try XMLTags(text, file).tags
        guard let system = tags.first(where: { $0.name == "system" }) else {
            let what = tags.contains { $0.name == "graphs" } ? "this is a graph of rings and trees, not a topology" : "there is no <system>"
            throw .log(file, 1, what, "set NCCL_TOPO_DUMP_FILE and save what NCCL writes there")
        }
        let found = try contents(tags, file)
        guard !found.gpus.isEmpty else {
            guard found.devices.adapters > 0 || found.devices.gpus > 0 else {
                throw .log(
                    file, system.line, "there is no GPU and no network adapter", "set NCCL_TOPO_DUMP_FILE and save what NCCL writes there")
            }
            if found.devices.gpus > 0 { evidence.node.gpus = found.devices.gpus }
            if found.devices.adapters > 0 { evidence.node.adapters = found.devices.adapters }
            evidence.note(
                system.line,
                "the file has devices of PCI and no GPUs, as clouds give them to NCCL_TOPO_FILE; links between GPUs and the adapters' rate are not in it"
            )
            return
        }
        guard found.gpus.count <= ClusterProfile.largest, found.gpus.count <= 4096 else {
            throw .log(file, system.line, "there are \(found.gpus.count) GPUs", "a node or a rack has 1 to 4096")
        }
        let perHost = Dictionary(grouping: found.gpus, by: \.host).mapValues(\.count)
        let usual = perHost.values.max() ?? 1
        evidence.node.gpus = usual
        if perHost.count > 1 {
            evidence.note(
                system.line, "the file has \(perHost.count) hosts of up to \(usual) GPUs, \(found.gpus.count) in one NVLink domain")
            if perHost.values.contains(where: { $0 != usual }) {
                evidence.note(system.line, "the hosts have different numbers of GPUs; the largest is taken")
            }
        }
        if let first = found.gpus.first(where: { $0.version != nil }), let version = first.version {
            evidence.instructions = .init(version: version, location: SourceLocation(file: file, line: first.line))
        }
        fabric(found, &evidence)
        adapters(found, system.line, &evidence)
    }

    private static func fabric(_ found: Contents, _ evidence: inout ClusterEvidence) {
        let totals = found.gpus.map { gpu in gpu.links.reduce(0) { $0 + $1.count } }
        let most = totals.max() ?? 0
        evidence.node.fabric = most == 0 ? .pcie : found.hasXGMI ? .xgmi : found.toSwitches ? .nvswitch : .nvlink
        if most > 0, !found.hasXGMI { evidence.node.linksOfGPU = most }
        // Boards of AMD give every second GPU fewer links; where half are short, it is the layout.
        let isLayout = found.hasXGMI && totals.filter { $0 < most }.count * 2 >= totals.count
        for (index, gpu) in found.gpus.enumerated() where totals[index] < most && !isLayout {
            evidence.note(
                gpu.line, "GPU \(index) has \(totals[index]) \(found.hasXGMI ? "XGMI links" : "NVLinks") where its peers have \(most)",
                isFault: true)
        }
        guard most > 0 else { return }
        if found.toSwitches {
            evidence.node.fabricDomain = found.gpus.count
            return
        }
        // GPUs that links join, where all such groups are equally large.
        var group = Array(found.gpus.indices)
        let place = Dictionary(found.gpus.enumerated().map { ($1.host + " " + $1.bus, $0) }, uniquingKeysWith: { first, _ in first })
        var isWhole = true
        for (from, gpu) in found.gpus.enumerated() {
            for link in gpu.links {
                guard let to = place[gpu.host + " " + link.target], to != from else {
                    isWhole = false
                    continue
                }
                let (kept, lost) = (group[from], group[to])
                if kept != lost { for index in group.indices where group[index] == lost { group[index] = kept } }
            }
        }
        let sizes = Set(Dictionary(grouping: group) { $0 }.values.map(\.count))
        if isWhole, sizes.count == 1 { evidence.node.fabricDomain = sizes.first }
    }

    private static func adapters(_ found: Contents, _ line: Int, _ evidence: inout ClusterEvidence) {
        if let one = found.withoutSpeed {
            evidence.note(
                one.line, "the speed of the adapter \(one.name) is no rate; how many adapters carry training, and their rate, are not read")
            return
        }
        guard let fastest = found.adapters.map(\.speed).max() else { return }
        if found.isKilobits {
            evidence.note(
                line, "adapters' speeds of 10 Tbit/s and more are taken for kbit/s or bit/s, as some providers of libfabric state them")
        }
        // Adapters for storage and management are slower than those for training.
        let used = found.adapters.filter { $0.speed > fastest * 0.99 }
        let hosts = Set(used.map(\.host)).count
        evidence.node.adapters = max(1, used.count / max(1, hosts))
        evidence.node.adapterBandwidth = fastest
        let layers = Set(used.map(\.isInfiniBand))
        evidence.node.network =
            AdapterNames.kind(used.map { $0.name[...] })
            ?? (layers.count == 1 ? layers.first.flatMap { $0 }.map { $0 ? .infiniband : .roce } : nil)
        if evidence.node.network != .ethernet, used.allSatisfy({ $0.reachesGPUs == false }) {
            evidence.note(
                line,
                "no adapter reaches the memory of GPUs (gdr=\"0\"): without GPUDirect RDMA transfers go through the host; load nvidia-peermem or"
                    + " use DMA-BUF", isFault: true)
        }
        let left = found.adapters.count - used.count
        if left > 0 { evidence.note(line, "\(left) slower adapters are left out; use --adapters where they carry training") }
    }

    private static func contents(_ tags: [XMLTags.Tag], _ file: String) throws(DocumentError) -> Contents {
        var found = Contents()
        var host = ""
        var bus: [(depth: Int, id: String, kind: String)] = []
        var gpuDepth: Int?
        var seen = Set<Adapter>()
        for tag in tags {
            while let last = bus.last, last.depth >= tag.depth { bus.removeLast() }
            if let depth = gpuDepth, tag.depth <= depth { gpuDepth = nil }
            switch tag.name {
            case "cpu": host = tag.attributes["host_hash"] ?? ""
            case "pci":
                let kind = tag.attributes["class"] ?? ""
                bus.append((tag.depth, (tag.attributes["busid"] ?? "").lowercased(), kind))
                if kind.hasPrefix("0x0302") || kind.hasPrefix("0x0300") || kind.hasPrefix("0x1200") || kind.hasPrefix("0x0380") {
                    found.devices.gpus += 1
                }
                if kind.hasPrefix("0x0207") || kind.hasPrefix("0x0200") { found.devices.adapters += 1 }
            case "gpu":
                var gpu = GPU(host: host, bus: bus.last?.id ?? "", line: tag.line)
                gpu.device = tag.attributes["dev"].flatMap { Int($0) }
                // Of AMD's GPUs `sm` is made up; `gcn` stands beside it.
                if tag.attributes["gcn"] == nil { gpu.version = tag.attributes["sm"].flatMap { Int($0) } }
                if let device = gpu.device,
                    let first = found.gpus.first(where: { $0.host == host && $0.device == device && $0.bus != gpu.bus })
                {
                    throw .log(
                        file, tag.line, "the GPU \(device) is listed twice on one host (\(file):\(first.line))",
                        "save what NCCL writes for one node, or for a rack with host_hash")
                }
                found.gpus.append(gpu)
                gpuDepth = tag.depth
            case "nvlink", "xgmi":
                guard gpuDepth != nil, !found.gpus.isEmpty, tag.attributes["tclass"] != processorClass else { continue }
                let count = tag.attributes["count"].flatMap { Int($0) } ?? 1
                guard (0...64).contains(count) else {
                    throw .log(file, tag.line, "\(count) links of a GPU to one target are not possible", "a GPU has at most 18 NVLinks")
                }
                found.gpus[found.gpus.count - 1].links.append(((tag.attributes["target"] ?? "").lowercased(), count))
                if tag.attributes["tclass"] == switchClass { found.toSwitches = true }
                if tag.name == "xgmi" { found.hasXGMI = true }
            case "net":
                let name = tag.attributes["name"] ?? "\(seen.count)"
                guard var speed = tag.attributes["speed"].flatMap({ $0[...].positive }) else {
                    if found.withoutSpeed == nil { found.withoutSpeed = (name[...].isHostName ? name : "", tag.line) }
                    continue
                }
                // No adapter moves 10 Tbit/s: some providers state kbit/s, some bit/s.
                if speed >= 1e7 {
                    found.isKilobits = true
                    speed /= speed >= 1e10 ? 1e6 : 1e3
                }
                var one = Adapter(host: host, name: name, port: tag.attributes["port"] ?? "", speed: speed * 1.25e5)
                one.reachesGPUs = tag.attributes["gdr"].map { $0 != "0" }
                let kind = bus.last?.kind ?? ""
                one.isInfiniBand = kind.hasPrefix("0x0207") ? true : kind.hasPrefix("0x0200") ? false : nil
                if seen.insert(one).inserted { found.adapters.append(one) }
            default: break
            }
        }
        return found
    }
}
