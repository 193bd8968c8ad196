import Workload

/// Kernels that the host issues for an operator, which tell what share of a layer's host time a recomputed module takes again.
///
/// Counts of Megatron-Core with Transformer Engine as its profiles show them; only ratios are used, since the host time of a layer was measured
/// as a whole.
enum HostLaunches {
    /// Kernels of a forward pass.
    static func forward(_ work: Work) -> Double {
        switch work {
        case .product: 1
        case .experts: 2
        case .attention: 3
        case .scoring: 6
        case .recurrence: 6
        case .sequential: 2
        case .convolution: 2
        // Scores, softmax, the choice, probabilities, auxiliary loss and counts.
        case .routing: 12
        case .elementwise(let kernel): kernel.kind == .sorting || kernel.kind == .permutation ? 3 : 1
        // Dispatch and combine, with the exchange of counts.
        case .exchange: 4
        }
    }
}
