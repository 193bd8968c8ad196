/// Bytes of training state that one parameter carries, before any sharding.
///
/// bf16 with fp32 gradients and Adam is 2 + 4 + 12 = 18; fp16 with fp16 gradients keeps an fp32 copy of them beside the master weights,
/// 2 + 2 + 16 = 20; fp32 is its own master, 4 + 4 + 8 = 16. The formats below 16 bits keep bf16 parameters.
public struct StateBytes: Hashable, Sendable {
    /// Bytes of the parameter the products read.
    public var parameter: Double
    /// Bytes of its gradient.
    public var gradient: Double
    /// Bytes of master weight, moments and, for fp16, the fp32 gradient.
    public var optimizer: Double

    /// Bytes given one by one.
    public init(parameter: Double, gradient: Double, optimizer: Double) {
        self.parameter = parameter
        self.gradient = gradient
        self.optimizer = optimizer
    }

    /// The state of a format and an optimizer; `gradientBytes` overrides the width of the gradient buffer.
    public init(precision: Precision, optimizer: Optimizer, gradientBytes: Double? = nil) {
        let state = optimizer.stateBytesPerParameter
        switch precision {
        // fp32 weights are their own masters.
        case .fp32: self.init(parameter: 4, gradient: gradientBytes ?? 4, optimizer: optimizer.momentBytes)
        case .fp16:
            let gradient = gradientBytes ?? 2
            self.init(parameter: 2, gradient: gradient, optimizer: state + (gradient < 4 ? 4 : 0))
        case .bf16, .fp8, .fp8Rowwise, .mxfp8, .nvfp4: self.init(parameter: 2, gradient: gradientBytes ?? 4, optimizer: state)
        }
    }

    /// Everything one parameter carries on one rank without sharding.
    public var total: Double { parameter + gradient + optimizer }

    /// Bytes per parameter of a rank when parts are spread over `ranks`: the optimizer alone (ZeRO-1), gradients too (ZeRO-2),
    /// parameters too (ZeRO-3; the layers gathered for compute come on top). Rajbhandari et al., ZeRO, arXiv:1910.02054, §5.
    public func perRank(_ ranks: Int, optimizer: Bool = true, gradients: Bool = false, parameters: Bool = false) -> Double {
        let n = Double(max(1, ranks))
        return parameter / (parameters ? n : 1) + gradient / (gradients ? n : 1) + self.optimizer / (optimizer ? n : 1)
    }
}
