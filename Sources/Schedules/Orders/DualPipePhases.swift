/// The eight phases that DualPipe and DualPipeV share, for one rank.
///
/// Symbols: H half the depth of the pipe seen from its entrance, h the rank's distance from the entrance; phase 0 is the direction that
/// enters nearer to the rank, phase 1 the other. F0 is a forward of phase 0, B1 a whole backward of phase 1, I and W its two halves.
struct DualPipePhases {
    /// One direction as a rank sees it: its stage, and its first micro-batch.
    typealias Direction = (stage: Int, first: Int)

    /// H.
    let half: Int
    /// h.
    let distance: Int
    /// Overlapped double pairs in the middle.
    let pairs: Int
    private var flows: [Flow]
    private var pendingWeights: [PipelineOperation] = []
    private var oldestWeight = 0

    init(half: Int, distance: Int, pairs: Int, first: Direction, second: Direction) {
        self.half = half
        self.distance = distance
        self.pairs = pairs
        flows = [Flow(first), Flow(second)]
    }

    private struct Flow {
        let stage: Int
        var forward: Int
        var backward: Int

        init(_ direction: Direction) {
            stage = direction.stage
            forward = direction.first
            backward = direction.first
        }
    }

    mutating func append(to builder: inout OrderBuilder) {
        let far = half - distance - 1
        for _ in 0..<2 * far { forward(0, &builder) }
        for _ in 0...distance {
            forward(0, &builder)
            forward(1, &builder)
        }
        for _ in 0..<far {
            backwardInput(1, &builder)
            backwardWeight(&builder)
            forward(1, &builder)
        }
        // Where the directions meet nothing is in flight yet that the first pair could hide.
        let apart = far == 0 ? min(pairs, 1) : 0
        if apart > 0 {
            forward(0, &builder)
            backward(1, &builder)
            overlap(forward: 1, backward: 0, &builder)
        }
        steady(pairs - apart, &builder)
        for _ in 0..<far {
            backward(1, &builder)
            overlap(forward: 1, backward: 0, &builder)
        }
        for step in 0..<2 * (distance + 1) {
            if step > distance {
                backwardInput(1 - step % 2, &builder)
            } else {
                backward(1 - step % 2, &builder)
            }
        }
        for _ in 0..<far {
            backwardWeight(&builder)
            backwardInput(0, &builder)
        }
        for _ in 0...distance { backwardWeight(&builder) }
    }

    private mutating func forward(_ phase: Int, _ builder: inout OrderBuilder) {
        builder.append(.forward(flows[phase].stage, flows[phase].forward))
        flows[phase].forward += 1
    }

    private mutating func backward(_ phase: Int, _ builder: inout OrderBuilder) {
        builder.append(.backward(flows[phase].stage, flows[phase].backward))
        flows[phase].backward += 1
    }

    private mutating func backwardInput(_ phase: Int, _ builder: inout OrderBuilder) {
        let flow = flows[phase]
        builder.append(.backwardInput(flow.stage, flow.backward))
        pendingWeights.append(.backwardWeight(flow.stage, flow.backward))
        flows[phase].backward += 1
    }

    /// The oldest weight gradient that waits.
    private mutating func backwardWeight(_ builder: inout OrderBuilder) {
        builder.append(pendingWeights[oldestWeight])
        oldestWeight += 1
    }

    private mutating func overlap(forward: Int, backward: Int, _ builder: inout OrderBuilder) {
        builder.append(pair(forward: forward, backward: backward, 0))
        flows[forward].forward += 1
        flows[backward].backward += 1
    }

    /// Overlapped pairs of either direction in turn.
    private mutating func steady(_ rounds: Int, _ builder: inout OrderBuilder) {
        builder.loop(rounds) { [pair(forward: 0, backward: 1, $0), pair(forward: 1, backward: 0, $0)] }
        for phase in flows.indices where rounds > 0 {
            flows[phase].forward += rounds
            flows[phase].backward += rounds
        }
    }

    /// A forward of one direction over a backward of the other, `ahead` micro-batches on.
    private func pair(forward: Int, backward: Int, _ ahead: Int) -> PipelineOperation {
        PipelineOperation(
            forward: flows[forward].stage, flows[forward].forward + ahead, overlapping: flows[backward].stage,
            flows[backward].backward + ahead)
    }
}
