public import Parallelism
import Quantities

extension StackConstants {
    /// What a stack costs that no run was measured of and whose nearest relative has these constants: halfway, in logarithms, to the median of the
    /// `measured` stacks.
    ///
    /// The relative says what the stack was built like, the median what implementations come to; of six stacks left out whole, neither alone
    /// predicts the runs as well as the middle of both (docs/accuracy.md). Facts, such as how transfers are scattered, stay the relative's. Without
    /// measured stacks nothing changes.
    public func unmeasured(among measured: [StackConstants]) -> StackConstants {
        var constants = self
        for path in TrainingConstant.stackPaths {
            guard let median = measured.map({ $0[keyPath: path] }).median else { return self }
            let own = self[keyPath: path]
            // A share of nothing has no logarithm.
            constants[keyPath: path] = own > 0 && median > 0 ? (own * median).squareRoot() : (own + median) / 2
        }
        return constants
    }
}

extension TrainingConstant {
    /// The constants of stacks that runs decide, each once.
    static let stackPaths: [any WritableKeyPath<StackConstants, Double> & Sendable] = {
        var keys: Set<String> = []
        return all.compactMap { constant in
            guard case .stacks(_, let path) = constant.owner, keys.insert(constant.key).inserted else { return nil }
            return path
        }
    }()
}
