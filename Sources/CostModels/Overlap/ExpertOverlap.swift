public import Parallelism
import Workload

/// A mixture's layer as its exchange divides it; one pass through it.
public struct ExpertOverlapLayer: Hashable, Sendable {
    /// Seconds of everything before tokens leave (after they are back, in a backward pass), of the routed experts, and of shared experts.
    public var prepare, experts, shared: Double
    /// Seconds of the exchange before the experts, and of the one after them.
    public var there, back: Double

    /// A layer from its times, in s.
    public init(prepare: Double, experts: Double, shared: Double, there: Double, back: Double) {
        (self.prepare, self.experts, self.shared, self.there, self.back) = (prepare, experts, shared, there, back)
    }
}

extension ExpertOverlap {
    /// Who moves the bytes: kernels on multiprocessors in all of them.
    public var contention: LaneContention { self == .noExchange ? .none : .multiprocessors }

    /// Tiles of experts.
    private static let pieces = 8

    /// Seconds of a layer forward and backward, of so many that follow each other, and the seconds of its exchange that show.
    public func seconds(_ forward: ExpertOverlapLayer, _ backward: ExpertOverlapLayer, layers: Int) -> (all: Double, exposed: Double) {
        guard layers > 0 else { return (0, 0) }
        let n = Double(layers)
        if self == .batches {
            let lanes = paired(forward, backward, layers)
            return (lanes.makespan(contention) / n, lanes.exposed(contention) / n)
        }
        let both = [chain(forward, layers, isBackward: false), chain(backward, layers, isBackward: true)]
        return both.reduce(into: (0, 0)) { sum, lanes in
            sum.0 += lanes.makespan(contention) / n
            sum.1 += lanes.exposed(contention) / n
        }
    }

    /// One pass by itself.
    func chain(_ layer: ExpertOverlapLayer, _ layers: Int, isBackward: Bool) -> Lanes {
        let isMoved = self != .noExchange
        let (there, back) = isMoved ? (layer.there, layer.back) : (0, 0)
        var lanes = Lanes()
        var before: [Int] = []
        for _ in 0..<layers {
            if !isBackward { before = [lanes.add("prepare", .compute, layer.prepare, after: before)] }
            if self == .tiles {
                let count = Double(Self.pieces)
                let come = (0..<Self.pieces).map { lanes.add("dispatch \($0)", .exchange, there / count, after: before) }
                let done = come.map { lanes.add("experts", .compute, layer.experts / count, after: [$0]) }
                let gone = done.map { lanes.add("combine", .exchange, back / count, after: [$0]) }
                before = gone + [lanes.add("shared experts", .compute, layer.shared)]
            } else {
                let come = lanes.add("dispatch", .exchange, there, after: before)
                var needs = [come]
                if self == .sharedExperts { needs.append(lanes.add("shared experts", .compute, layer.shared, after: before)) }
                let done = lanes.add("experts", .compute, layer.experts, after: needs)
                let gone = lanes.add("combine", .exchange, back, after: [done])
                before = [gone]
                if self != .sharedExperts { before.append(lanes.add("shared experts", .compute, layer.shared, after: [gone])) }
            }
            if isBackward { before = [lanes.add("prepare", .compute, layer.prepare, after: before)] }
        }
        return lanes
    }

    /// The forward of one micro-batch and the backward of another in turn, so that each one's tokens travel beside the other's compute.
    private func paired(_ f: ExpertOverlapLayer, _ b: ExpertOverlapLayer, _ layers: Int) -> Lanes {
        var lanes = Lanes()
        var (ahead, behind): ([Int], [Int]) = ([], [])
        for _ in 0..<layers {
            let returned = lanes.add("b there", .exchange, b.there, after: behind)
            let prepared = lanes.add("f prepare", .compute, f.prepare, after: ahead)
            let sent = lanes.add("f there", .exchange, f.there, after: [prepared])
            let gradients = lanes.add("b experts", .compute, b.experts + b.shared, after: [returned])
            let gone = lanes.add("b back", .exchange, b.back, after: [gradients])
            let computed = lanes.add("f experts", .compute, f.experts + f.shared, after: [sent])
            ahead = [lanes.add("f back", .exchange, f.back, after: [computed])]
            behind = [lanes.add("b prepare", .compute, b.prepare, after: [gone])]
        }
        return lanes
    }
}

extension LayerCostModel {
    /// A mixture's layer of the class at place `layerClass` as its exchange divides it, tensor-parallel collectives with what comes before it; nil where
    /// the class has no mixture, or no token travels.
    public func expertOverlapLayer(_ layerClass: Int, _ shape: LayerShape, _ pass: OverlapPass) -> ExpertOverlapLayer? {
        guard layers[layerClass].isMixture, shape.expert > 1 else { return nil }
        let z = sizes(shape, layers[layerClass])
        let operators = inputs.model.blocks(of: classes.classes[layerClass]).flatMap(\.operators)
        var layer = ExpertOverlapLayer(prepare: 0, experts: 0, shared: 0, there: 0, back: 0)
        var hasLeft = false
        for (one, named) in zip(layers[layerClass].operators, operators) {
            var cost = LayerCost()
            add(one, to: &cost, shape, z, recomputing: [], overlapsExperts: false)
            let seconds = pass == .forward ? cost.forward.total : cost.backward.total
            if case .exchange = one.work {
                hasLeft = true
                (layer.there, layer.back) = (layer.there + seconds / 2, layer.back + seconds / 2)
            } else if named.name.hasPrefix("shared ") {
                layer.shared += seconds
            } else if hasLeft, named.isOfRoutedExperts {
                layer.experts += seconds
            } else {
                layer.prepare += seconds
            }
        }
        var cost = LayerCost()
        addTensorExchange(to: &cost, shape, z, halves: layers[layerClass].halves)
        layer.prepare += pass == .forward ? cost.forward.tensorCommunication : cost.backward.tensorCommunication
        return layer
    }
}

extension Operator {
    /// Whether it works on what experts received.
    fileprivate var isOfRoutedExperts: Bool {
        switch work {
        case .experts: true
        case .elementwise(let kernel): kernel.width.division == .expertTensor || name.hasPrefix("expert ")
        default: false
        }
    }
}
