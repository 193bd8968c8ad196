import Hardware

/// What the name of a device tells of its network.
///
/// rdma-core's persistent names begin with the link layer: `ibp…`, `rocep…`, and `rdmap…` where it is a provider's own, as of AWS's EFA. Slingshot's are
/// `cxi`, those of Broadcom and AMD `bnxt_re` and `ionic`. `mlx5_0` is of either kind and tells nothing.
enum AdapterNames {
    private static let prefixes: [(prefix: String, kind: Network.Kind)] = [
        ("ibp", .infiniband), ("ibs", .infiniband), ("roce", .roce), ("rdmap", .roce), ("efa", .roce), ("cxi", .roce), ("bnxt_re", .roce),
        ("ionic", .roce), ("eth", .ethernet), ("eno", .ethernet), ("enp", .ethernet), ("ens", .ethernet), ("enx", .ethernet),
        ("bond", .ethernet),
    ]

    /// The kind of network that all names agree on; nil where one does not tell.
    static func kind(_ names: some Collection<Substring>) -> Network.Kind? {
        let kinds = names.map { name in prefixes.first { name.hasPrefix($0.prefix) }?.kind }
        guard let first = kinds.first, let first, kinds.allSatisfy({ $0 == first }) else { return nil }
        return first
    }
}
