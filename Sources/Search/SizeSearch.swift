import CostModels
public import Hardware
import Workload

/// Answers the objectives that choose the size of the cluster: fewest GPUs for a target, and lowest cost of a token.
public struct SizeSearch: Sendable {
    /// The question; its cluster is the largest that is tried.
    public let request: SearchRequest
    /// Tells whether to stop early with what there is.
    public let isCancelled: @Sendable () -> Bool

    /// A search over sizes.
    public init(_ request: SearchRequest, isCancelled: @escaping @Sendable () -> Bool = { false }) {
        self.request = request
        self.isCancelled = isCancelled
    }

    /// What a size of the cluster can do.
    public struct Size: Sendable {
        /// The cluster at this size.
        public let cluster: ClusterProfile
        /// The search on it.
        public let outcome: SearchOutcome
        /// Tokens per second of the whole cluster under the plan listed first; nil where none fits.
        public let tokensPerSecond: Double?
        /// Whether all its GPUs together hold the model's states at all; where they do not, nothing was searched.
        public let holdsStates: Bool

        /// GPU-seconds that a token costs.
        public var secondsPerToken: Double? { tokensPerSecond.map { Double(cluster.gpus) / $0 } }
    }

    /// Every size that was tried, and which of them answers the question.
    public func search(progress: @escaping @Sendable (Double) -> Void = { _ in }) async -> (sizes: [Size], best: Int?) {
        var sizes: [Size] = []
        let clusters = ClusterSizes.candidates(of: request.inputs.cluster)
        for (index, cluster) in clusters.enumerated() {
            if isCancelled() { break }
            var sized = request
            sized.inputs.cluster = cluster
            sized.objective = .throughput
            let planner = Planner(sized, isCancelled: isCancelled)
            guard planner.holdsStates else {
                let nothing = SearchOutcome(plans: [], counts: SearchCounts())
                sizes.append(Size(cluster: cluster, outcome: nothing, tokensPerSecond: nil, holdsStates: false))
                continue
            }
            let outcome = await planner.search { progress((Double(index) + $0) / Double(clusters.count)) }
            // The plan listed first is the fastest, or the fastest that some stack can launch.
            let fastest = outcome.plans.first?.estimate.stepTime
            sizes.append(
                Size(
                    cluster: cluster, outcome: outcome, tokensPerSecond: fastest.map { request.inputs.job.filledTokensPerStep / $0 },
                    holdsStates: true))
            if case .fewestGPUs(let target) = request.objective, let rate = sizes[index].tokensPerSecond, rate >= target {
                return (sizes, index)
            }
        }
        guard case .costPerToken = request.objective else { return (sizes, nil) }
        // Of equally cheap sizes the smallest.
        let best = sizes.indices.filter { sizes[$0].secondsPerToken != nil }
            .min { (sizes[$0].secondsPerToken ?? .infinity) < (sizes[$1].secondsPerToken ?? .infinity) }
        return (sizes, best)
    }
}
