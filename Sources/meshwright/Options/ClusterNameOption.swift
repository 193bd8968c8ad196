import ArgumentParser
import Foundation
import Hardware
import Quantities

/// Which cluster: a profile, or a GPU type in the box in which it is usually sold.
struct ClusterNameOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("The cluster: a shipped name such as dgx-h100, or the path of a cluster file.", valueName: "name|path"),
        completion: .shipped(.cluster))
    var cluster: String?

    @Option(
        help: ArgumentHelp(
            "A GPU type in place of --cluster, with --gpus or --nodes: nodes as it is usually sold, which is said.", valueName: "name|path"),
        completion: .shipped(.gpu))
    var gpu: String?

    func validate() throws {
        if cluster != nil, gpu != nil { throw ValidationError("--cluster and --gpu both say which cluster; give one of them") }
    }

    /// The cluster's name as the library takes it; nil where none was given.
    var name: String? { cluster ?? gpu.map { ProfileLibrary.usualPrefix + $0 } }
}

/// Says what is assumed of a cluster that nobody described.
enum AssumedCluster {
    /// Says on standard error what the nodes of a cluster named after a GPU type are taken to be; says nothing of other clusters.
    ///
    /// - Parameter remedy: how to change that, for those who are not doing so already.
    static func say(_ name: String, _ profile: ClusterProfile, remedy: Bool = true) {
        guard let gpu = ProfileLibrary.usualGPU(name) else { return }
        let group = profile.first
        let origin = group.gpu.provenance["usual_node.source"]
        let (fabric, network) = (group.fabric, group.network)
        let inside = String(format: "%.0f GB/s %@ inside", fabric.bandwidth.inGigabytesPerSecond, fabric.kind.rawValue)
        let outside = String(
            format: "%d × %.0f Gbit/s %@ between nodes", network.adaptersPerNode, network.adapterBandwidth.inGigabytesPerSecond * 8,
            network.kind.rawValue)
        let change = remedy ? "; cluster import --gpu \(gpu) --nodes 1 writes them down to be changed" : ""
        ErrorReporting.warn(
            "--gpu \(gpu): assumed are \(profile.describes): \(inside), \(outside) (\(origin?.source ?? "not stated")"
                + "\(origin?.isUnverified == true ? ", unverified" : ""))\(change)")
    }
}
