import Documents

/// What a stack's loss of distillation moves and keeps, per logit of the student.
public struct DistillationLoss: Hashable, Sendable {
    /// Bytes that are alive when the backward pass begins, logits of both models included.
    public var logitBytes: Double
    /// Bytes that its kernels read and write forward.
    public var forwardBytes: Double
    /// The same backward.
    public var backwardBytes: Double

    /// A loss from its numbers.
    public init(logitBytes: Double, forwardBytes: Double, backwardBytes: Double) {
        (self.logitBytes, self.forwardBytes, self.backwardBytes) = (logitBytes, forwardBytes, backwardBytes)
    }

    /// A loss that costs nothing.
    public static let none = DistillationLoss(logitBytes: 0, forwardBytes: 0, backwardBytes: 0)

    /// The keys of the numbers.
    static var table: FieldTable<DistillationLoss> {
        [
            .number("logit_bytes", \.logitBytes, .positive), .number("forward_bytes", \.forwardBytes, .positive),
            .number("backward_bytes", \.backwardBytes, .positive),
        ]
    }
}
