/// Layers that are alike: the blocks of which each of them is made.
public struct LayerClass: Hashable, Sendable {
    /// The parts of the layer, in the order in which they run.
    public var parts: [LayerPart]
    /// What the job's method does with layers of the class.
    public var training = LayerTraining.trained
    /// The group of a routing's layers that its mixture is of; nil where routing is balanced, or the mean over all layers stands for it.
    public var routing: Int?

    /// A layer of some parts.
    public init(_ parts: [LayerPart]) { self.parts = parts }

    /// What it is made of, such as `attention, feed-forward`.
    public var name: String { parts.map(\.title).joined(separator: ", ") + (training == .trained ? "" : ", frozen") }

    /// Every block of the layer.
    public var blocks: [AnyBlock] { parts.flatMap(\.blocks) }

    /// Its mixture of experts, if any.
    public var mixture: Experts? { blocks.lazy.compactMap { $0.shape as? Experts }.first }

    /// Whether a block is a mixture of experts.
    public var isMixture: Bool { mixture != nil }
}

/// A part of a layer with one residual connection around it: a block, or several side by side.
public struct LayerPart: Hashable, Sendable {
    /// The name of its blocks in the model file.
    public var name: String
    /// Its blocks, which read the same input and whose outputs are added up where they are several.
    public var blocks: [AnyBlock]
    /// Normalisations of hidden width: 1 before it, more where its output is normalised too or blocks have norms of their own.
    public var norms: Int

    /// A part of some blocks.
    public init(_ name: String, _ blocks: [AnyBlock], norms: Int = 1) {
        self.name = name
        self.blocks = blocks
        self.norms = norms
    }

    /// A part of one block.
    public init(_ name: String, _ shape: some BlockShape, norms: Int = 1) { self.init(name, [AnyBlock(shape)], norms: norms) }

    /// Its name with what sets its blocks apart.
    public var title: String {
        let distinctions = blocks.map(\.shape.distinction).filter { !$0.isEmpty }
        return distinctions.isEmpty ? name : "\(name) (\(distinctions.joined(separator: ", ")))"
    }
}
