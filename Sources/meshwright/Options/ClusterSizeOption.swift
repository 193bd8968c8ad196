import ArgumentParser
import Hardware

/// The `--nodes` and `--gpus` that scale a cluster.
struct ClusterSizeOption: ParsableArguments {
    @Option(
        help: "Nodes to use instead of the profile's.", transform: CountArgument("--nodes", of: "node").whole)
    var nodes: Int?

    @Option(
        help: "GPUs to use instead of the profile's: whole nodes, or a part of one.", transform: CountArgument("--gpus", of: "GPU").whole)
    var gpus: Int?

    func validate() throws {
        if nodes != nil, gpus != nil { throw ValidationError("--nodes and --gpus say the same thing; give one of them") }
        for (name, size) in [("--nodes", nodes), ("--gpus", gpus)] {
            guard let size, !(1...ClusterProfile.largest).contains(size) else { continue }
            throw ValidationError("\(name) is \(size); it must be 1 to \(ClusterProfile.largest)")
        }
    }

    /// Throws where a cluster has no size of its own and none is given.
    func require(for cluster: ClusterNameOption) throws {
        guard let gpu = cluster.gpu, nodes == nil, gpus == nil else { return }
        throw ValidationError("--gpu \(gpu) says which GPUs and not how many; add --gpus or --nodes")
    }

    /// The cluster at the size asked for.
    func scaled(_ cluster: ClusterProfile) throws -> ClusterProfile {
        if let nodes { return try cluster.scaled(nodes: nodes) }
        if let gpus { return try cluster.scaled(gpus: gpus) }
        return cluster
    }
}
