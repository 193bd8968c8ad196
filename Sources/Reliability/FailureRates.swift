public import Quantities

/// How often parts of a cluster stop a job: the mean time between failures of one part of each kind, nil where none is known to fail.
///
/// Failures are taken as independent and exponential, which is what the long records of large clusters show after infant mortality
/// (Kokolis et al., arXiv:2410.21680).
public struct FailureRates: Hashable, Sendable {
    /// One GPU with its memory.
    public var gpu: Seconds?
    /// One network adapter with its cable and switch port.
    public var link: Seconds?
    /// One node without its GPUs and adapters.
    public var node: Seconds?
    /// The software on one node.
    public var software: Seconds?

    /// Rates of parts; nil never fails.
    public init(gpu: Seconds? = nil, link: Seconds? = nil, node: Seconds? = nil, software: Seconds? = nil) {
        (self.gpu, self.link, self.node, self.software) = (gpu, link, node, software)
    }

    /// How many parts of each kind a job runs on.
    public struct Parts: Hashable, Sendable {
        /// GPUs, adapters and nodes.
        public var gpus, links, nodes: Double

        /// So many parts.
        public init(gpus: Double, links: Double, nodes: Double) { (self.gpus, self.links, self.nodes) = (gpus, links, nodes) }

        /// The same cluster at another size.
        public func scaled(_ factor: Double) -> Parts { Parts(gpus: gpus * factor, links: links * factor, nodes: nodes * factor) }
    }

    /// Failures a second that take a node out of the job until it is repaired.
    public func hardware(_ parts: Parts) -> Double { rate(gpu) * parts.gpus + rate(link) * parts.links + rate(node) * parts.nodes }

    /// Failures a second after which the same nodes start again.
    public func software(_ parts: Parts) -> Double { rate(software) * parts.nodes }

    /// Failures a second of any kind.
    public func all(_ parts: Parts) -> Double { hardware(parts) + software(parts) }

    private func rate(_ time: Seconds?) -> Double { time.map { 1 / $0.value } ?? 0 }
}
