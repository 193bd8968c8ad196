import Documents
import Foundation
import Hardware
import Quantities

extension ClusterAssembly {
    /// GPUs of a node: the option, the files, the profile it is like.
    mutating func gpusOfNode() throws(ClusterImportError) -> Int {
        let stated = evidence.compactMap { one in one.node.gpus.map { (count: $0, place: SourceLocation(file: one.origin.file)) } }
        if let asked = request.gpusPerNode { return asked }
        if let first = stated.first {
            if let other = stated.first(where: { $0.count != first.count }) {
                throw .contradiction(
                    "a node has \(other.count) GPUs here and \(first.count) elsewhere", other.place, first.place,
                    remedy: "add --gpus-per-node")
            }
            return first.count
        }
        for one in evidence {
            for curve in one.curves {
                guard let gpus = curve.gpus, let nodes = curve.nodes, nodes > 1, gpus > 2 * nodes, gpus.isMultiple(of: nodes) else {
                    continue
                }
                note("no file shows the inside of a node; its \(gpus / nodes) GPUs are those of a run over \(nodes) nodes")
                return gpus / nodes
            }
        }
        if let like = request.like {
            note("no file says how many GPUs a node has; \(like.first.gpusPerNode) as in \(like.name)")
            return like.first.gpusPerNode
        }
        if let most = evidence.compactMap(\.ranksOfHost).max(by: { $0.count < $1.count }), most.count > 1 {
            note("no file says how many GPUs a node has; \(most.count) ranks ran on \(most.host)")
            return most.count
        }
        throw .nothingSays("how many GPUs a node has", remedy: "add --gpus-per-node, --from smi:FILE or --like PROFILE")
    }

    /// A group of nodes by what the files, the options and the profile that it is like say, in this order.
    mutating func group(gpusPerNode: Int) throws(ClusterImportError) -> NodeGroup {
        NodeGroup(
            gpu: request.gpu, nodes: 1, gpusPerNode: gpusPerNode, fabric: try fabric(gpusPerNode), network: try network(gpusPerNode),
            host: host())
    }

    /// What stands beside the GPUs: the link as measured, the rest as in the profile that it is like.
    private mutating func host() -> Hardware.Host {
        var host = request.like?.first.host ?? Hardware.Host()
        if let like = request.like {
            let keys = like.provenance.keys.compactMap { key in key.range(of: "host.").map { String(key[$0.lowerBound...]) } }
            for key in keys.sorted() { lend(key, like) }
        }
        let (up, down, both) = (fact(\.toDevice), fact(\.fromDevice), fact(\.bothWays))
        guard let first = up ?? down else { return host }
        let (toDevice, fromDevice) = (up ?? first, down ?? first)
        // Copies both ways are never slower than one way alone, but for noise.
        let together = both.map { max($0.value, toDevice.value, fromDevice.value) }
        host.link = Hardware.Host.Link(
            toDevice: BytesPerSecond(toDevice.value), fromDevice: BytesPerSecond(fromDevice.value),
            both: together.map { BytesPerSecond($0) })
        source("host.link.to_device", toDevice.source)
        source("host.link.from_device", fromDevice.source)
        if let both { source("host.link.both", both.source) }
        if up == nil || down == nil { note("copies between host and GPU were measured one way; the other is taken to be as fast") }
        if host.memory == nil { note("offload needs the host's memory too: add host: {memory: …} to the profile, or --like PROFILE") }
        return host
    }

    private mutating func fabric(_ gpusPerNode: Int) throws(ClusterImportError) -> Fabric {
        let found = fact(\.fabric)
        let lender = request.like?.first
        guard let kind = found?.value ?? lender?.fabric.kind else {
            throw .nothingSays("how the GPUs of a node are linked", remedy: "add --from smi:FILE or --like PROFILE")
        }
        let domain = fact(\.fabricDomain).flatMap { $0.value > 1 && Self.divides($0.value, gpusPerNode) ? $0.value : nil }
        if let like = request.like, let lender, lender.fabric.kind == kind {
            var fabric = lender.fabric
            if let domain { fabric.domainSize = domain }
            // A domain of racks stays; one of a node follows the node.
            if domain == nil, fabric.domainSize <= lender.gpusPerNode { fabric.domainSize = gpusPerNode }
            if fabric.domainSize < gpusPerNode, gpusPerNode % fabric.domainSize != 0 { fabric.domainSize = gpusPerNode }
            if lender.gpu.name != request.gpu.name {
                fabric.bandwidth = request.gpu.linkBandwidth
                source("fabric.bandwidth", "data sheet of \(request.gpu.name)")
                note(
                    "links inside a node have the rate of \(request.gpu.name)'s data sheet, their collectives the constants of \(like.name)"
                )
            } else {
                lend("fabric.bandwidth", like)
                note("links inside a node and the constants of their collectives are those of \(like.name)")
            }
            for field in CollectiveConstants.table.written(of: fabric.collectives) { lend("fabric.collectives.\(field.key)", like) }
            return fabric
        }
        let rate = linkRate(kind)
        note("links inside a node have \(rate.said), their collectives the constants of NVLink on A100")
        if let domain, domain < gpusPerNode {
            note("NVLink joins \(domain) of a node's \(gpusPerNode) GPUs each; the groups reach each other over the host")
        }
        return Fabric(kind: kind, bandwidth: rate.value, domainSize: domain ?? gpusPerNode)
    }

    private static func divides(_ domain: Int, _ gpusPerNode: Int) -> Bool {
        domain <= ClusterProfile.largest && (gpusPerNode.isMultiple(of: domain) || domain.isMultiple(of: gpusPerNode))
    }

    /// The rate of the links that a GPU has, per direction, and what to say of it: a data sheet's may be of more links, or of PCI Express.
    private mutating func linkRate(_ kind: Fabric.Kind) -> (value: BytesPerSecond, said: String) {
        let sheet = request.gpu.linkBandwidth
        // NVLink 2 to 4 move 25 GB/s a link and direction (V100, A100, H100), NVLink 5 50 (B200, 18 links).
        let single = sheet.value > 6e11 ? 50e9 : 25e9
        if let links = fact(\.linksOfGPU), kind == .nvlink || kind == .nvswitch {
            source("fabric.bandwidth", links.source)
            return (BytesPerSecond(Double(links.value) * single), "the rate of \(links.value) NVLinks of \(Int(single / 1e9)) GB/s")
        }
        source("fabric.bandwidth", "data sheet of \(request.gpu.name)")
        return (sheet, "the rate of \(request.gpu.name)'s data sheet")
    }

    private mutating func network(_ gpusPerNode: Int) throws(ClusterImportError) -> Network {
        let lender = request.like?.first.network
        let help = "or --like PROFILE"
        let kind = fact(\.network)
        guard let networkKind = kind?.value ?? lender?.kind else {
            throw .nothingSays("what kind the network is", remedy: "add --like PROFILE")
        }
        let count = request.adapters.map { ($0, "--adapters") } ?? fact(\.adapters).map { ($0.value, $0.source) }
        guard let adapters = count?.0 ?? lender?.adaptersPerNode else {
            throw .nothingSays("how many adapters a node has", remedy: "add --adapters \(help)")
        }
        let rate =
            request.adapterBandwidth.map { ($0.value, "--adapter-bandwidth") } ?? fact(\.adapterBandwidth).map { ($0.value, $0.source) }
        take("network.adapters_per_node", count?.1, "the \(adapters) adapters of a node")
        let bandwidth: Double
        if let rate {
            bandwidth = rate.0
            take("network.adapter_bandwidth", rate.1, "the adapters' rate")
        } else if let like = request.like {
            bandwidth = lentRate(networkKind, count?.0, gpusPerNode, like)
        } else {
            throw .nothingSays("how fast an adapter is", remedy: "add --adapter-bandwidth \(help)")
        }
        if kind == nil { note("the kind of the network, \(networkKind.rawValue), is that of \(request.like?.name ?? "")") }
        let achieved = try achievedFraction(bandwidth, adapters, lender)
        return Network(
            kind: networkKind, adaptersPerNode: adapters, adapterBandwidth: BytesPerSecond(bandwidth), achievedFraction: achieved)
    }

    /// The rate of adapters that no file states: that of another profile, and less where there are so many that a GPU would have more of the
    /// network than there.
    private mutating func lentRate(_ kind: Network.Kind, _ count: Int?, _ gpusPerNode: Int, _ like: ClusterProfile) -> Double {
        let lender = like.first.network
        if kind != lender.kind {
            note("the adapters of \(like.name), whose rate is taken, are of \(lender.kind.rawValue); --adapter-bandwidth says it otherwise")
        }
        let together = lender.nodeBandwidth.value * Double(gpusPerNode) / Double(like.first.gpusPerNode)
        guard let count, Double(count) * lender.adapterBandwidth.value > together * 1.0001 else {
            take("network.adapter_bandwidth", nil, "the adapters' rate")
            return lender.adapterBandwidth.value
        }
        source("network.adapter_bandwidth", "\(count) together as much for a GPU as in \(like.name)", isUnverified: true)
        note(
            "no file says the adapters' rate; \(count) are taken to move together for a GPU what the \(lender.adaptersPerNode) of \(like.name) do;"
                + " --adapter-bandwidth says it otherwise")
        return together / Double(count)
    }

    private mutating func achievedFraction(_ bandwidth: Double, _ adapters: Int, _ lender: Network?) throws(ClusterImportError) -> Double {
        let pairs = fact(\.achievedByPairs).map { entry in
            let used =
                switch entry.value.scope ?? request.scope {
                case .node: adapters
                case .adapters(let count): min(count, adapters)
                // Processes of GPUs are the pairs that the file counts.
                case .gpus, nil: min(entry.value.pairs, adapters)
                }
            return (value: entry.value.rate / Double(used), source: entry.source, place: entry.place)
        }
        if let reached = fact(\.achieved) ?? pairs {
            let share = reached.value / bandwidth
            if share > 1.1, share / 1.1 <= Double(adapters), fact(\.achieved) == nil, request.scope == nil {
                throw .nothingSays(
                    "how many adapters carried the \(Self.gigabytes(reached.value)) GB/s of \(reached.place.file), more than the"
                        + " \(Self.gigabytes(bandwidth)) GB/s of one", remedy: "add --scope '2 adapters' for two rails, or --scope node")
            }
            guard share <= 1.1, share >= 0.01 else {
                throw .contradiction(
                    "the test reached \(Self.gigabytes(reached.value)) GB/s on an adapter of \(Self.gigabytes(bandwidth)) GB/s",
                    reached.place, nil,
                    remedy: "check the test's unit, or add --adapter-bandwidth")
            }
            source("network.achieved_fraction", reached.source)
            return (share * 1e4).rounded() / 1e4
        }
        guard let lender else {
            source("network.achieved_fraction", "assumed", isUnverified: true)
            note("no file says which share of their rate adapters reach; 0.9 is assumed")
            return 0.9
        }
        take("network.achieved_fraction", nil, "the share of their rate that adapters reach")
        return lender.achievedFraction
    }

    /// The first file that states a fact, with its source.
    private func fact<Value>(_ path: KeyPath<NodeFacts, Value?>) -> (value: Value, source: String, place: SourceLocation)? {
        for one in evidence {
            if let value = one.node[keyPath: path] { return (value, one.origin.source, SourceLocation(file: one.origin.file)) }
        }
        return nil
    }

    /// Notes a number's source, or that it is borrowed.
    private mutating func take(_ key: String, _ origin: String?, _ what: String) {
        if let origin {
            source(key, origin)
        } else if let like = request.like {
            lend(key, like)
            note("no file says \(what); as in \(like.name)")
        }
    }

    private mutating func lend(_ key: String, _ like: ClusterProfile) {
        let path = like.groups.count == 1 ? key : "groups.0.\(key)"
        source(key, "as in \(like.name)" + (like.provenance[path].map { ": \($0.source)" } ?? ""), isUnverified: true)
    }
}
