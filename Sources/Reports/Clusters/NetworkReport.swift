import CostModels

/// What even the fastest links of a matrix lack, as `cluster check` says it. Rates are in GB/s.
public struct NetworkReport: Encodable, Hashable, Sendable {
    /// What the best tenth of the nodes move to their third-best peers.
    public let rate: Double
    /// What the adapters of a node move.
    public let line: Double
    /// The likely cause: `sockets`, `one-adapter`, `half` or `unknown`.
    public let cause: String
    /// What is wrong, why, and where to look.
    public let text: String

    enum CodingKeys: String, CodingKey {
        case cause, text
        case rate = "gb_per_s"
        case line = "line_gb_per_s"
    }

    init(_ check: MatrixCheck) {
        (rate, line) = (check.rate / 1e9, check.line / 1e9)
        cause = check.cause.rawValue
        let share = Int((check.rate / check.line * 100).rounded())
        let scope = check.cause == .oneAdapter || check.cause == .half ? ", or the matrix has another scope than it states" : ""
        text =
            "all nodes are slow: the best reach \(HardwareText.brief(rate)) GB/s, \(share) % of the \(HardwareText.brief(line)) that a"
            + " node's adapters move; \(CurveFinding.advice(check.cause))\(scope)"
    }
}
