import Hardware
import Parallelism
public import Workload

/// Times of a layer of one class for one micro-batch on one rank, as candidates are priced from them.
public struct LayerTimes: Hashable, Sendable {
    /// Forward, that of a teacher's layers beside it included, in s.
    public var forward = 0.0
    /// The part of `forward` that a teacher takes, in s.
    public var teacher = 0.0
    /// Backward with the recomputation that the selected modules cost, in s.
    public var backward = 0.0
    /// The part of `backward` that computes weight gradients, in s.
    public var weightGradient = 0.0

    /// Seconds of `forward` and of `backward` in which collectives hold the link to the host: where GPUs reach each other over PCI Express alone.
    public var forwardLink = 0.0
    /// See `forwardLink`.
    public var backwardLink = 0.0
    /// Bytes of parameters that come from the host before each pass, and of gradients that go there after the backward pass.
    public var loaded = 0.0
    /// See `loaded`.
    public var flushed = 0.0

    /// A layer that takes no time.
    public init() {}

    /// What recomputation of the whole layer repeats, in s.
    @inline(__always)
    public var repeated: Double { forward - teacher }

    /// The times of a layer as it was priced; `sharesLink` says whether its collectives and copies to the host go over the same link.
    public init(_ cost: LayerCost, sharesLink: Bool = false) {
        if sharesLink { (forwardLink, backwardLink) = (cost.forward.collectives + cost.teacher.collectives, cost.backward.collectives) }
        teacher = cost.teacher.total
        forward = cost.forward.total + teacher
        backward = cost.backward.total + cost.selectiveRecompute
        weightGradient = cost.weightGradient
    }
}

/// Trained parameters of embedding and head on a rank of a tensor group, and bytes of what is frozen of them.
public struct EndParameters: Hashable, Sendable {
    /// Those of the embedding, learned positions included.
    public var embedding = 0.0
    /// Those of the head.
    public var head = 0.0
    /// Bytes of the embedding where it is frozen.
    public var frozenEmbedding = 0.0
    /// Bytes of the head where it is frozen.
    public var frozenHead = 0.0
    /// Bytes of a teacher's embedding and head.
    public var teacherEmbedding = 0.0
    /// See `teacherEmbedding`; 0 where they are one matrix and share a rank.
    public var teacherHead = 0.0

    /// Ends without parameters.
    public init() {}
}

/// Memory of a model's layers through a buffer that somebody else holds, for loops that must not count references.
public struct LayerMemoryView {
    /// A layer of each class.
    public let layers: UnsafeBufferPointer<LayerMemory>
    /// Parameters of the ends.
    public let ends: EndParameters
    /// The times of the same layers, which say how far copies keep up with compute; nil where nothing moves.
    public let times: UnsafeBufferPointer<LayerTimes>?

    /// A view of some layers; valid as long as the buffers are.
    public init(
        _ layers: UnsafeBufferPointer<LayerMemory>, ends: EndParameters, times: UnsafeBufferPointer<LayerTimes>? = nil
    ) {
        self.layers = layers
        self.ends = ends
        self.times = times
    }

    /// The same layers with what they take.
    @inline(__always)
    public func timed(by times: UnsafeBufferPointer<LayerTimes>) -> LayerMemoryView {
        LayerMemoryView(layers, ends: ends, times: times)
    }
}

extension LayerCostModel {
    /// Places of flat lists of prices: the classes of layers, then copies of shared weights, which take no time.
    public var places: Int { classes.count + classes.shared.count }

    /// Times of a layer of every class, with modules recomputed, and of copies of shared weights.
    ///
    /// `overlapsExperts` says whether expert exchange runs beside another micro-batch's compute.
    public func times(_ shape: LayerShape, recomputing modules: RecomputeModules, overlapsExperts: Bool) -> [LayerTimes] {
        classes.classes.indices.map {
            LayerTimes(cost($0, shape, recomputing: modules, overlapsExperts: overlapsExperts), sharesLink: sharesLink)
        } + copies
    }

    /// Times of a layer of every class with nothing recomputed: with expert exchange as it is, and hidden behind another micro-batch as combined
    /// 1F1B makes it.
    public func bothTimes(_ shape: LayerShape) -> (exposed: [LayerTimes], hidden: [LayerTimes]) {
        let both = classes.classes.indices.map { costs($0, shape) }
        return (
            both.map { LayerTimes($0.exposed, sharesLink: sharesLink) } + copies,
            both.map { LayerTimes($0.hidden, sharesLink: sharesLink) } + copies
        )
    }

    /// Whether collectives inside a node go over the link to the host.
    var sharesLink: Bool { inputs.cluster.groups.contains { $0.fabric.kind == .pcie } }

    private var copies: [LayerTimes] { Array(repeating: LayerTimes(), count: classes.shared.count) }
}
