import Hardware

/// GPUs of a node that have faster links among themselves than to the others, such as pairs on a bridge. Rates are in GB/s.
public struct GPUGroupsReport: Encodable, Hashable, Sendable {
    /// The GPUs of each group.
    public let members: [[String]]
    /// Median of the links inside groups.
    public let inside: Double
    /// Median of the links between them.
    public let between: Double
    /// Whether the profile says that all of these GPUs are joined alike.
    public let isFault: Bool

    enum CodingKeys: String, CodingKey {
        case members
        case inside = "inside_gb_per_s"
        case between = "between_gb_per_s"
        case isFault = "contradicts_profile"
    }

    init?(_ matrix: BandwidthMatrix, _ cluster: ClusterProfile) {
        guard let groups = LinkCheck.gpuGroups(matrix) else { return nil }
        members = groups.members
        (inside, between) = (groups.inside / 1e9, groups.between / 1e9)
        let fabric = cluster.first.fabric
        // Meshes of NVLink have links of several widths by design; switches give every pair the same.
        isFault = fabric.kind == .nvswitch && members.contains { $0.count < min(fabric.domainSize, matrix.count) }
    }

    /// One line for people.
    var text: String {
        let groups = members.map { $0.joined(separator: "–") }.joined(separator: ", ")
        let least = members.map(\.count).min() ?? 1
        let bridges = members.allSatisfy { $0.count == 2 } ? "bridges between pairs" : "links inside groups"
        let rates = "\(HardwareText.brief(inside)) GB/s inside, \(HardwareText.brief(between)) between"
        let fault =
            isFault
            ? "; the profile says that switches join all of them: set 'kind: nvlink' and 'domain_size: \(least)' of its fabric, or look for links that"
                + " are down (nvidia-smi nvlink -s)" : ""
        return
            "GPUs of a node are joined in groups (\(groups)): \(rates), as \(bridges) make them; tensor groups of up to \(least) GPUs stay inside"
            + " one\(fault)"
    }
}
