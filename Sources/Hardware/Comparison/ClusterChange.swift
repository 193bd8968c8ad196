/// One thing that differs between two profiles of a cluster.
public struct ClusterChange: Hashable, Sendable {
    /// What the change is about.
    public var area: Area
    /// The key of the profile, or the node, link or curve.
    public var subject: String
    /// What the first profile says, with its unit; nil where it says nothing.
    public var before: String?
    /// What the second profile says.
    public var after: String?
    /// The second value over the first, where both are numbers.
    public var ratio: Double?
    /// Whether it got worse.
    public var verdict: Verdict
    /// What else is to be said of it.
    public var note: String?

    /// Parts of a profile.
    public enum Area: String, CaseIterable, Hashable, Sendable {
        /// Which nodes there are, how many, and how fast each runs.
        case nodes
        /// The GPU types.
        case gpu
        /// Links inside a node or domain.
        case fabric
        /// Adapters and their kind.
        case network
        /// Levels of switches.
        case tiers
        /// Measured links between nodes.
        case nodeLinks = "node-links"
        /// Measured links between the GPUs of a node.
        case gpuLinks = "gpu-links"
        /// Measured collectives.
        case curves
        /// What stands beside the GPUs.
        case host
        /// How often parts fail.
        case reliability
        /// What a GPU costs.
        case price
        /// Names, descriptions and sources, which no plan depends on.
        case words
    }

    /// What a change means for who runs on the cluster.
    public enum Verdict: String, Hashable, Sendable {
        /// Slower, less, dearer, or gone.
        case worse
        /// Faster, more, cheaper, or new.
        case better
        /// Another thing, of which neither can be said.
        case changed
        /// Less than what measurements of the same thing differ by.
        case withinChance = "within-chance"
    }

    /// A change from its parts.
    public init(
        _ area: Area, _ subject: String, _ before: String?, _ after: String?, ratio: Double? = nil, _ verdict: Verdict,
        note: String? = nil
    ) {
        (self.area, self.subject, self.before, self.after) = (area, subject, before, after)
        (self.ratio, self.verdict, self.note) = (ratio, verdict, note)
    }

    /// A change of which no two values can be shown.
    public init(_ area: Area, _ subject: String, _ verdict: Verdict, note: String?) {
        self.init(area, subject, nil, nil, verdict, note: note)
    }
}

/// Up to where chance explains that links or curves got slower.
public struct ChanceLimit: Hashable, Sendable {
    /// What was compared.
    public var area: ClusterChange.Area
    /// How many pairs of measurements.
    public var count: Int
    /// Median of the second over the first rate.
    public var median: Double
    /// Standard deviation of the ratios of healthy ones, by their median distance from the median.
    public var noise: Double
    /// The share of its former rate under which a single one is told from chance.
    public var single: Double
}
