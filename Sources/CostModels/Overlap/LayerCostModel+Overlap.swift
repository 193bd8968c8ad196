import Hardware
import Parallelism
import Workload

extension LayerCostModel {
    /// A pass through a layer.
    public enum OverlapPass: String, CaseIterable, Hashable, Sendable {
        /// Forward.
        case forward
        /// Backward: gradients of inputs in the opposite order, and of weights, which nobody waits for.
        case backward
    }

    /// The blocks between the tensor-parallel collectives of a layer of the class at place `layerClass`, in the order in which a pass runs them; without
    /// what a stack hides of collectives. Products in `pieces` of their rows take longer, each too small to fill the GPU. For pictures they say `inside`
    /// what other exchanges they hold.
    public func overlapBlocks(_ layerClass: Int, _ shape: LayerShape, _ pass: OverlapPass, pieces: Int = 8, inside: Bool = false)
        -> [OverlapBlock]
    {
        let z = sizes(shape, layers[layerClass])
        let bytes = 2 * z.tokens * z.hidden
        let whole = tensor.seconds(bytes: bytes, tensor: shape.tensor, sequenceParallel: shape.sequenceParallel)
        let total = pass == .forward ? whole.forward : whole.backward
        let gather =
            shape.sequenceParallel && shape.tensor > 1 ? tensor.collectives.seconds(.allGather, bytes: bytes, ranks: shape.tensor) : 0
        var place = 0
        var blocks: [OverlapBlock] = []
        for block in inputs.model.blocks(of: classes.classes[layerClass]) {
            var operators = Array(layers[layerClass].operators[place..<place + block.operators.count])
            place += block.operators.count
            if pass == .backward { operators.reverse() }
            let times = operators.map { time($0, shape, z, pass) }
            let products = operators.indices.filter { Self.isProduct(operators[$0].work) }
            let exchanges = block.exchangesActivations
            guard let first = products.first, let last = products.last, exchanges else {
                let sum = times.reduce(0) { $0 + $1.input + $1.weight }
                var whole = OverlapBlock(
                    block.name, first: 0, middle: sum, last: 0, gather: exchanges ? gather : 0, scatter: exchanges ? total - gather : 0)
                if inside { whole.inner = inner(operators, times.map { $0.input + $0.weight }, from: 0, shape, z, pass) }
                blocks.append(whole)
                continue
            }
            let middle = times.indices.filter { $0 != first && $0 != last }.reduce(0) { $0 + times[$1].input }
            var cut = OverlapBlock(
                block.name, first: times[first].input, middle: middle, last: last > first ? times[last].input : 0,
                trailing: times.reduce(0) { $0 + $1.weight }, gather: gather, scatter: total - gather)
            let small = z.piece(Double(max(1, pieces)))
            let inPieces = Set([first, last]).reduce(0) { $0 + time(operators[$1], shape, small, pass).input * Double(max(1, pieces)) }
            cut.pieceFactor = max(1, inPieces / max(cut.first + cut.last, .leastNormalMagnitude))
            if inside {
                let between = times.indices.map { $0 == first || $0 == last ? 0 : times[$0].input }
                cut.inner = inner(operators, between, from: cut.first, shape, z, pass)
            }
            blocks.append(cut)
        }
        return pass == .forward ? blocks : blocks.reversed()
    }

    /// What an operator takes in a pass: what others wait for, and weight gradients.
    private func time(_ one: PricedOperator, _ shape: LayerShape, _ z: Sizes, _ pass: OverlapPass) -> (input: Double, weight: Double) {
        var cost = LayerCost()
        add(one, to: &cost, shape, z, recomputing: [], overlapsExperts: false)
        return pass == .forward ? (cost.forward.total, 0) : (cost.backward.total - cost.weightGradient, cost.weightGradient)
    }

    /// Exchanges among operators that take so long each, the first of them after `from` seconds of a block's compute.
    private func inner(
        _ operators: [PricedOperator], _ seconds: [Double], from: Double, _ shape: LayerShape, _ z: Sizes, _ pass: OverlapPass
    ) -> [OverlapBlock.InnerExchange] {
        var inner: [OverlapBlock.InnerExchange] = []
        var now = from
        for (one, time) in zip(operators, seconds) {
            switch one.work {
            case .exchange where shape.expert > 1: inner.append(.init(group: .expert, start: now, end: now + time))
            case .attention(let work) where shape.context > 1:
                if case .selected = work.sight { break }
                let lanes = ContextLanes(
                    contextWork(work, shape, beside: coreSeconds(work, shape)), sight: "", context)
                let steps: ContextPass = pass == .forward ? .forward : .backward
                let scale = time / max(lanes.ends[steps] ?? 0, .leastNormalMagnitude)
                inner += lanes.spans.filter { $0.pass == steps && $0.lane != .attention }.map {
                    .init(group: .context, start: now + scale * $0.start, end: now + min(time, scale * ($0.start + $0.seconds)))
                }
            case .recurrence where shape.context > 1:
                var cost = LayerCost()
                add(one, to: &cost, shape, z, recomputing: [], overlapsExperts: false)
                let moved = pass == .forward ? cost.forward.contextCommunication : cost.backward.contextCommunication
                inner.append(.init(group: .context, start: now, end: now + min(time, moved)))
            default: break
            }
            now += time
        }
        return inner
    }

    private static func isProduct(_ work: Work) -> Bool {
        switch work {
        case .product, .experts: true
        default: false
        }
    }
}

extension LayerCostModel.Sizes {
    /// The sizes of one of so many pieces of the tokens.
    fileprivate func piece(_ count: Double) -> LayerCostModel.Sizes {
        LayerCostModel.Sizes(
            t: t, x: x, tokens: tokens / count, outerTokens: outerTokens / count, hidden: hidden, perToken: perToken,
            localExperts: localExperts, busiest: busiest, routing: routing)
    }
}
