import Hardware

/// Which cluster, and at which size: two groups of options that commands hold side by side, since the argument parser of debug builds checks a
/// group inside another anew for each level.
struct ClusterChoice {
    /// The cluster or GPU type.
    let named: ClusterNameOption
    /// Its size.
    let size: ClusterSizeOption

    /// The cluster's name as the library takes it; nil where none was given.
    var name: String? { named.name }

    /// Whether another size than the profile's own was given.
    var isSized: Bool { size.nodes != nil || size.gpus != nil }

    /// The options of the size that were given, by their names.
    var givenSizes: [String] { [size.nodes.map { _ in "--nodes" }, size.gpus.map { _ in "--gpus" }].compactMap { $0 } }

    /// The option that names the cluster, where one was given.
    var givenName: String? { named.cluster != nil ? "--cluster" : named.gpu != nil ? "--gpu" : nil }

    /// Throws where a cluster has no size of its own and none is given.
    func check() throws { try size.require(for: named) }
}
