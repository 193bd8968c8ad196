/// Where the time of a layer goes, in seconds for one micro-batch on one rank; the sum is the layer's time.
public struct LayerParts: Hashable, Sendable {
    /// Matrix products of projections, dense feed-forward, shared experts and router, casts and gradient accumulation included.
    public var matrixProducts = 0.0
    /// Scores, softmax and their product with the values.
    public var attention = 0.0
    /// Recurrences over tokens and short convolutions.
    public var recurrence = 0.0
    /// Grouped products of routed experts.
    public var experts = 0.0
    /// Norms, residuals, activations, rotary embedding, permutation.
    public var elementwise = 0.0
    /// Visible tensor-parallel collectives.
    public var tensorCommunication = 0.0
    /// Visible context-parallel exchange.
    public var contextCommunication = 0.0
    /// Visible expert dispatch and combine.
    public var expertCommunication = 0.0
    /// Time by which the host's issuing of kernels exceeds the device's work.
    public var launch = 0.0

    /// No time at all.
    public init() {}

    /// The layer's time.
    public var total: Double {
        matrixProducts + attention + recurrence + experts + elementwise + tensorCommunication + contextCommunication + expertCommunication
            + launch
    }

    /// Visible collectives between GPUs.
    public var collectives: Double { tensorCommunication + contextCommunication + expertCommunication }

    /// Sums part by part.
    public static func + (a: LayerParts, b: LayerParts) -> LayerParts {
        var sum = a
        sum.matrixProducts += b.matrixProducts
        sum.attention += b.attention
        sum.recurrence += b.recurrence
        sum.experts += b.experts
        sum.elementwise += b.elementwise
        sum.tensorCommunication += b.tensorCommunication
        sum.contextCommunication += b.contextCommunication
        sum.expertCommunication += b.expertCommunication
        sum.launch += b.launch
        return sum
    }

    /// A multiple, part by part.
    public static func * (a: LayerParts, factor: Double) -> LayerParts {
        var product = a
        product.matrixProducts *= factor
        product.attention *= factor
        product.recurrence *= factor
        product.experts *= factor
        product.elementwise *= factor
        product.tensorCommunication *= factor
        product.contextCommunication *= factor
        product.expertCommunication *= factor
        product.launch *= factor
        return product
    }
}

/// The cost of one layer of one class for one micro-batch on one rank.
public struct LayerCost: Hashable, Sendable {
    /// Forward.
    public var forward = LayerParts()
    /// Backward, input and weight gradients together, without recomputation.
    public var backward = LayerParts()
    /// The forward pass of a teacher's layers beside this one, which no recomputation repeats.
    public var teacher = LayerParts()
    /// The part of `backward` that computes weight gradients, which zero-bubble schedules may postpone, in s.
    public var weightGradient = 0.0
    /// Time in s of recomputing the selected modules in the backward pass.
    public var selectiveRecompute = 0.0
    /// Kernels that recomputing the selected modules issues again.
    var recomputedLaunches = 0.0
    /// Whether a tensor-parallel collective lies outside the curves that the cluster's profile has measured.
    public var extrapolatesCollectives = false

    /// A layer that costs nothing.
    public init() {}
}
