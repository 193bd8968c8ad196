import Documents
public import Quantities

/// The box in which a GPU type is usually sold: the node of a shipped cluster, and what differs from it.
public struct UsualNode: Hashable, Sendable {
    /// The shipped cluster whose nodes it resembles.
    public var like: String
    /// GPUs of a node, where not as many as there.
    public var gpusPerNode: Int?
    /// Adapters of a node, where not as many as there.
    public var adapters: Int?
    /// Line rate of an adapter, where not that of there.
    public var adapterBandwidth: BytesPerSecond?

    /// The node that the keys of a mapping describe.
    init(_ node: MappingReader) throws(DocumentError) {
        like = try node.required("like", .string)
        gpusPerNode = try node.optional("gpus_per_node", .int(in: 1...1024))
        adapters = try node.optional("adapters_per_node", .int(in: 1...256))
        adapterBandwidth = try node.optional("adapter_bandwidth", .byteRate)
        let source = try node.required("source", .string)
        let isUnverified = try node.optional("unverified", .bool) ?? false
        node.note(SourceNote(source: source, isUnverified: isUnverified), for: "source")
    }
}

extension ProfileLibrary {
    /// What the name of a cluster begins with that is one usual node of a GPU type, such as `gpu:a100-40gb-sxm`.
    public static let usualPrefix = "gpu:"

    /// The GPU type of a cluster's name such as `gpu:a100-40gb-sxm`; nil for other names.
    public static func usualGPU(_ cluster: String) -> String? {
        cluster.hasPrefix(usualPrefix) ? String(cluster.dropFirst(usualPrefix.count)) : nil
    }

    /// One usual node of the GPU type that a path or a shipped name means; any number of them makes a plain cluster.
    ///
    /// What is taken from a cluster of another GPU is marked as unverified.
    public func usualNode(of name: String) throws -> ClusterProfile {
        let gpu = try gpu(name)
        guard let node = gpu.usualNode else { throw HardwareError.noUsualNode(gpu: gpu.name) }
        let like = try cluster(node.like)
        var group = like.first
        let kin = group
        group.gpu = gpu
        group.nodes = 1
        group.gpusPerNode = node.gpusPerNode ?? kin.gpusPerNode
        group.speedFactors = [:]
        group.fabric.bandwidth = gpu.linkBandwidth
        if kin.fabric.domainSize == kin.gpusPerNode { group.fabric.domainSize = group.gpusPerNode }
        group.network.adaptersPerNode = node.adapters ?? kin.network.adaptersPerNode
        group.network.adapterBandwidth = node.adapterBandwidth ?? kin.network.adapterBandwidth
        let hasItsLinks = group.fabric == kin.fabric && group.network == kin.network
        let origin = Provenance(
            source: gpu.provenance["usual_node.source"]?.source ?? "not stated",
            isUnverified: gpu.provenance["usual_node.source"]?.isUnverified ?? true)
        var provenance = kin.gpu.name == gpu.name ? like.provenance : like.provenance.mapValues { $0.taken(from: like.name) }
        provenance["fabric.bandwidth"] = gpu.provenance["link_bandwidth"]
        if node.adapters != nil { provenance["network.adapters_per_node"] = origin }
        if node.adapterBandwidth != nil { provenance["network.adapter_bandwidth"] = origin }
        return ClusterProfile(
            name: Self.usualPrefix + Self.absolute(name), describes: "\(gpu.describes), \(group.gpusPerNode) a node, as in \(like.name)",
            groups: [group], tiers: like.tiers, curves: hasItsLinks ? like.curves : [], provenance: provenance)
    }

    /// The shipped cluster of one group that is plain nodes of a GPU type: that of its usual node, or for a type without one the first in
    /// alphabetical order; nil where the usual node has another GPU. Clouds and computing centres with the GPU are not meant.
    public func shippedCluster(with gpu: GPU) throws -> ClusterProfile? {
        for name in gpu.usualNode.map({ [$0.like] }) ?? names(of: .cluster) {
            let cluster = try cluster(name)
            if cluster.groups.count == 1, cluster.first.gpu.name == gpu.name { return cluster }
        }
        return nil
    }

    /// Where the text of a profile stands and what it is: a file, or the usual node of a GPU type, which is written on the spot.
    public func text(of kind: Kind, named name: String) throws -> (path: String, text: String) {
        guard kind == .cluster, let gpu = Self.usualGPU(name) else {
            let path = try path(of: kind, named: name)
            return (path, try TextFile.read(path: path))
        }
        let reference = Self.absolute(gpu)
        return (name, try usualNode(of: gpu).text(gpuReference: { _ in reference }))
    }
}

extension Provenance {
    /// The same number in another place, where nobody measured it.
    fileprivate func taken(from name: String) -> Provenance { Provenance(source: "as \(name): \(source)", isUnverified: true) }
}
