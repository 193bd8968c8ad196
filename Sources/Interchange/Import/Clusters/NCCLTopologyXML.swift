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
        var links: [(target: String, count: Int)] = []
    }

    private struct Adapter: Hashable {
        var host: String
        var name: String
        var port: String
        var speed: Double
    }

    private struct Contents {
        var gpus: [GPU] = []
        var adapters: [Adapter] = []
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
        let found = contents(tags)
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
        let left = found.adapters.count - used.count
        if left > 0 { evidence.note(line, "\(left) slower adapters are left out; use --adapters where they carry training") }
    }

    private static func contents(_ tags: [XMLTags.Tag]) -> Contents {
        var found = Contents()
        var host = ""
        var bus: [(depth: Int, id: String)] = []
        var gpuDepth: Int?
        var seen = Set<Adapter>()
        for tag in tags {
            while let last = bus.last, last.depth >= tag.depth { bus.removeLast() }
            if let depth = gpuDepth, tag.depth <= depth { gpuDepth = nil }
            switch tag.name {
            case "cpu": host = tag.attributes["host_hash"] ?? ""
            case "pci":
                bus.append((tag.depth, (tag.attributes["busid"] ?? "").lowercased()))
                let kind = tag.attributes["class"] ?? ""
                if kind.hasPrefix("0x0302") || kind.hasPrefix("0x0300") || kind.hasPrefix("0x1200") || kind.hasPrefix("0x0380") {
                    found.devices.gpus += 1
                }
                if kind.hasPrefix("0x0207") || kind.hasPrefix("0x0200") { found.devices.adapters += 1 }
            case "gpu":
                found.gpus.append(GPU(host: host, bus: bus.last?.id ?? "", line: tag.line))
                gpuDepth = tag.depth
            case "nvlink", "xgmi":
                guard gpuDepth != nil, !found.gpus.isEmpty, tag.attributes["tclass"] != processorClass else { continue }
                let count = tag.attributes["count"].flatMap { Int($0) } ?? 1
                found.gpus[found.gpus.count - 1].links.append(((tag.attributes["target"] ?? "").lowercased(), min(max(count, 0), 64)))
                if tag.attributes["tclass"] == switchClass { found.toSwitches = true }
                if tag.name == "xgmi" { found.hasXGMI = true }
            case "net":
                guard var speed = tag.attributes["speed"].flatMap({ $0[...].positive }) else { continue }
                // No adapter moves 10 Tbit/s: some providers state kbit/s, some bit/s.
                if speed >= 1e7 {
                    found.isKilobits = true
                    speed /= speed >= 1e10 ? 1e6 : 1e3
                }
                let one = Adapter(
                    host: host, name: tag.attributes["name"] ?? "\(seen.count)", port: tag.attributes["port"] ?? "", speed: speed * 1.25e5)
                if seen.insert(one).inserted { found.adapters.append(one) }
            default: break
            }
        }
        return found
    }
}
