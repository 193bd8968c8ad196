import Hardware
public import Parallelism

/// A set of values for the constants that runs decide, ready to price with.
public struct TrainingValues: Sendable {
    /// One value for each constant, in their order.
    public let values: [Double]
    private var shared = SharedConstants.fitted
    private var kernels: [String: [(any WritableKeyPath<KernelConstants, Double> & Sendable, Double)]] = [:]
    private var stacks: [String: [(any WritableKeyPath<StackConstants, Double> & Sendable, Double)]] = [:]
    private var networks: [(prefix: String, share: Double)] = []

    /// The values of `constants`.
    public init(_ constants: [TrainingConstant], _ values: [Double]) {
        self.values = values
        for (constant, value) in zip(constants, values) {
            switch constant.owner {
            case .shared(let path): shared[keyPath: path] = value
            case .gpus(let names, let path): for name in names { kernels[name, default: []].append((path, value)) }
            case .stacks(let names, let path): for name in names { stacks[name, default: []].append((path, value)) }
            case .network(let prefix): networks.append((prefix, value))
            }
        }
    }

    /// Inputs with these values instead of the profiles'; `network` is how the run's table names its network.
    public func applied(to inputs: CostInputs, network: String) -> CostInputs {
        var inputs = inputs
        inputs.constants = shared
        inputs.stack = applied(to: inputs.stack)
        for (path, value) in kernels[inputs.gpu.name] ?? [] { inputs.cluster.groups[0].gpu.kernels[keyPath: path] = value }
        for (prefix, share) in networks where network.hasPrefix(prefix) { inputs.cluster.groups[0].network.achievedFraction = share }
        return inputs
    }

    /// A stack with these values instead of its profile's.
    public func applied(to stack: SoftwareStack) -> SoftwareStack {
        var stack = stack
        for (path, value) in stacks[stack.name] ?? [] { stack.costs[keyPath: path] = value }
        return stack
    }
}
