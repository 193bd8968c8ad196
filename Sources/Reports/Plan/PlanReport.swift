/// Everything `plan` answers, as plain values: what is printed in any format, and what the cache remembers.
///
/// docs/json.md explains each key of its JSON form, the contract `meshwright.plan/1`.
public struct PlanReport: Codable, Hashable, Sendable {
    /// The name of the contract.
    public static let schema = "meshwright.plan/1"

    /// The model's name.
    public var model: String
    /// The cluster's name.
    public var cluster: String
    /// What is trained.
    public var job: Job
    /// What the answer was computed from.
    public var inputs: Inputs
    /// What the search did.
    public var search: Search
    /// The plans, best first; empty when nothing fits.
    public var plans: [Entry]
    /// One of the plans explained.
    public var explanation: Explanation?
    /// What links that are much slower than their like cost it.
    public var badLinks: BadLinks?
    /// What GPUs cost it whose links inside their node are slower than those of the others.
    public var slowGPUs: SlowGPUs?
    /// What routing makes of the load of ranks, and what it costs the plan; nil where nothing was said of it.
    public var routing: Routing?
    /// What lengths of sequences make of a step; nil where none were given.
    public var lengths: Lengths?
    /// The chance of choosing the fastest of the plans once the links between nodes were measured; nil where they were or no plan depends on
    /// them.
    public var chanceAfterLinks: Double?
    /// The operator whose timing raises that chance most; nil for one plan alone.
    public var operatorToTime: Timing?
    /// A hand-written configuration beside the best plan.
    public var comparison: Comparison?
    /// The best plan that the stack can launch, where strategies were searched that it cannot.
    public var launchable: Entry?
    /// The sizes of the cluster that were tried, where the objective chooses one.
    public var sizes: [Size] = []
    /// Changes after which something fits, when nothing does.
    public var remedies: [Remedy] = []
    /// The strategy that needs least memory when nothing fits.
    public var leanest: Leanest?

    /// What is trained and what is best.
    public struct Job: Codable, Hashable, Sendable {
        /// Sequences of an optimizer step over the whole cluster.
        public var globalBatch: Int
        /// Tokens of a sequence.
        public var sequenceLength: Int
        /// Format of the linear layers.
        public var precision: String
        /// The optimizer.
        public var optimizer: String
        /// Format of the gradients.
        public var gradientFormat: String
        /// Busiest over mean load of expert ranks.
        public var expertImbalance: Double
        /// How tokens travel to their experts, where that is not as the stack has it.
        public var exchange: String?
        /// The month of the software's release, such as `2026-02`; nil where none was stated.
        public var release: String?
        /// What is trained; nil where it is everything, from scratch.
        public var method: Method?
        /// Tokens of the whole training, if given.
        public var tokens: Double?
        /// Price of a GPU-hour, if given.
        public var gpuHourPrice: Double?
        /// What is best.
        public var objective: String
        /// Tokens per second to reach, where the objective is the fewest GPUs that do.
        public var targetTokensPerSecond: Double?
        /// Memory that a plan may use, in GiB.
        public var memoryLimit: Double
        /// Values of the above that nobody stated.
        public var defaults: [String]

        /// Tokens of an optimizer step.
        public var tokensPerStep: Double { Double(globalBatch) * Double(sequenceLength) }
    }

    /// A file that was read.
    public struct Source: Codable, Hashable, Sendable {
        /// The name it gives itself.
        public var name: String
        /// SHA-256 of its text, in hexadecimal.
        public var sha256: String
        /// Its absolute path, where a path was given rather than a shipped name.
        public var file: String?

        /// A file by its name and digest, and where it lies.
        public init(name: String, sha256: String, file: String? = nil) {
            self.name = name
            self.sha256 = sha256
            self.file = file
        }
    }

    /// What the answer was computed from.
    public struct Inputs: Codable, Hashable, Sendable {
        /// The model's file.
        public var model: Source
        /// Parameters of the model: all, and those a token visits.
        public var parameters: [Int]
        /// The cluster's file.
        public var cluster: Source
        /// The GPU type's name.
        public var gpu: String
        /// GPUs of the cluster, nodes, and GPUs of a node.
        public var gpus, nodes, gpusPerNode: Int
        /// The groups of equal nodes, in rank order: one unless the cluster is mixed.
        public var groups: [NodeGroup]
        /// Names of the nodes where the cluster's file states them; `node-0` and so on otherwise.
        public var nodeNames: [String]
        /// Memory of a GPU, in GiB.
        public var gpuMemory: Double
        /// Dense bf16 peak of a GPU, in FLOP/s, that utilisation is measured against.
        public var peakFLOPs: Double
        /// The stack's file.
        public var stack: Source
        /// Whether strategies that the stack cannot launch were searched too.
        public var ignoresStack: Bool
        /// Relative error of a step time that is expected on this stack and GPU.
        public var expectedError: Double
        /// Release of the tool and version of its cost models.
        public var tool: String
        /// See `tool`.
        public var costModels: Int
        /// Seed of everything random.
        public var seed: Int
    }

    /// Nodes that are alike.
    public struct NodeGroup: Codable, Hashable, Sendable {
        /// The GPU type's name.
        public var gpu: String
        /// Nodes, and GPUs of each.
        public var nodes, gpusPerNode: Int
    }

    /// GPUs of a node whose links inside it are slower than those of the others.
    public struct SlowGPUs: Codable, Hashable, Sendable {
        /// Their names in the profile's matrix.
        public var gpus: [String]
        /// Seconds that a step takes longer for them.
        public var secondsPerStep: Double
    }

    /// Links that are much slower than their like, and what they cost the plan that is explained.
    public struct BadLinks: Codable, Hashable, Sendable {
        /// The nodes at which they end, which a job would leave out.
        public var nodes: [String]
        /// Seconds that a step takes longer than if they were as good as the others.
        public var secondsPerStep: Double
    }

    /// What the search did.
    public struct Search: Codable, Hashable, Sendable {
        /// Distinct legal strategies whose time and memory were computed.
        public var evaluated: Int
        /// Strategies that a bound discarded.
        public var pruned: Int
        /// Combinations that a rule forbids.
        public var illegal: Int
        /// Strategies that fit in memory.
        public var feasible: Int
        /// Strategies whose schedule was simulated.
        public var simulated: Int
        /// Why combinations were rejected, by rule and by part of the memory.
        public var rejected: [String: Int]
        /// Whether the whole space was searched.
        public var isComplete: Bool
    }

    /// A size of the cluster that was tried.
    public struct Size: Codable, Hashable, Sendable {
        /// GPUs and nodes.
        public var gpus, nodes: Int
        /// Whether any strategy is legal on it.
        public var isLegal: Bool
        /// Step time of its fastest plan in s, tokens per second, and GPU-hours for a million tokens; nil where nothing fits.
        public var stepTime, tokensPerSecond, hoursPerMillionTokens: Double?
    }

    /// A change after which something fits.
    public struct Remedy: Codable, Hashable, Sendable {
        /// What to change, as people would say it.
        public var change: String
        /// The flags that make the change.
        public var flags: String
        /// The best strategy then, its step time in s and the GiB it needs.
        public var strategy: Strategy
        /// See `strategy`.
        public var stepTime, memory: Double
    }

    /// The strategy that comes nearest to fitting.
    public struct Leanest: Codable, Hashable, Sendable {
        /// The strategy.
        public var strategy: Strategy
        /// GiB that it needs.
        public var memory: Double
    }
}
