import ArgumentParser
import Hardware

/// The `--nodes` and `--gpus` that scale a cluster.
struct ClusterSizeOption: ParsableArguments {
    @Option(help: "Nodes to use instead of the profile's.")
    var nodes: Int?

    @Option(help: "GPUs to use instead of the profile's: whole nodes, or a part of one.")
    var gpus: Int?

    func validate() throws {
        if nodes != nil, gpus != nil { throw ValidationError("--nodes and --gpus say the same thing; give one of them") }
        for (name, size) in [("--nodes", nodes), ("--gpus", gpus)] {
            guard let size, !(1...ClusterProfile.largest).contains(size) else { continue }
            throw ValidationError("\(name) is \(size); it must be 1 to \(ClusterProfile.largest)")
        }
    }

    /// The cluster at the size asked for.
    func scaled(_ cluster: ClusterProfile) throws -> ClusterProfile {
        if let nodes { return try cluster.scaled(nodes: nodes) }
        if let gpus { return try cluster.scaled(gpus: gpus) }
        return cluster
    }
}
