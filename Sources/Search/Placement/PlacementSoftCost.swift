import Foundation

/// What a cell costs at a position under soft maxima around the present placement: for each maximum the logarithm of a sum of exponentials,
/// whose slope at the present values weighs the terms.
struct PlacementSoftCost {
    private let links: PlacementLinks
    /// The weight of each path's time; they add up to 1.
    private let pathWeights: [Double]
    /// The maximum over the exposed times of ring arcs.
    private let rings: Exponential
    /// The maximum over a path's periods, in the steady state; one a path.
    private let steady: [Exponential]
    private let steadyShare: Double

    /// The weight of a term under a soft maximum: scale · exp(sharpness · (seconds − largest)).
    private struct Exponential {
        var scale = 0.0
        var sharpness = 0.0
        var largest = 0.0
    }

    /// Sharpness of the maximum over paths, in terms of their mean, and of the others, in terms of what the best link takes: from the first
    /// round to the last. Measured on random links: blunter ends higher, sharper gets stuck earlier.
    private static let pathSharpness = (first: 2.0, last: 20.0)
    private static let linkSharpness = (first: 8.0, last: 60.0)
    /// Exponents beyond this count alike: such a link is out of the question.
    private static let most: Float = 20
    /// Seconds for a link that is none, in place of infinity, which has no differences.
    private static let outOfTheQuestion: Float = 1e12

    /// - Parameter progress: from 0 in the first round to 1 in the last.
    init(_ state: borrowing PlacementState, progress: Double) {
        func sharpness(_ range: (first: Double, last: Double)) -> Double { range.first * pow(range.last / range.first, progress) }
        links = state.links
        var mean = 0.0
        for path in 0..<state.paths { mean += state.pathSeconds[path] * state.inversePaths }
        let ofPaths = mean > 0 ? sharpness(Self.pathSharpness) / mean : 0
        var weights: [Double] = []
        for path in 0..<state.paths { weights.append(exp(ofPaths * (state.pathSeconds[path] - state.slowestPath))) }
        let sum = max(weights.reduce(0, +), .leastNormalMagnitude)
        weights = weights.map { $0 / sum }
        pathWeights = weights

        let ofLinks = sharpness(Self.linkSharpness)
        var heaviest = 0.0
        for ring in 0..<state.rings { heaviest = max(heaviest, state.ringBytes[ring]) }
        var rings = Exponential(sharpness: ofLinks / max(heaviest * links.leastRing, .leastNormalMagnitude), largest: state.slowestRing)
        if state.slowestRing > 0 {
            var total = 0.0
            for ring in 0..<state.rings {
                for arc in Int(state.ringArcs.start[ring])..<Int(state.ringArcs.start[ring + 1]) {
                    let seconds = state.ringBytes[ring] * state.ringArcInverse[arc] - state.ringHidden[ring]
                    total += exp(rings.sharpness * (seconds - rings.largest))
                }
            }
            rings.scale = 1 / (rings.sharpness * total)
        }
        self.rings = rings

        steadyShare = state.problem.steadyShare
        var steady: [Exponential] = []
        for path in 0..<(state.hasSteadyArcs ? state.paths : 0) {
            let arcs = Int(state.pathArcs.start[path])..<Int(state.pathArcs.start[path + 1])
            let bytes = arcs.reduce(0) { max($0, state.pathArcBytes[$1]) }
            let unit = max(state.problem.steadyShare * bytes * links.leastPipeline, .leastNormalMagnitude)
            var soft = Exponential(sharpness: ofLinks / unit, largest: state.pathPeriod[path])
            var total = exp(max(soft.sharpness * (state.pathPeriodFloor[path] - soft.largest), -700))
            for arc in arcs {
                let period = state.arcPeriod[arc] + state.problem.steadyShare * state.pathArcSeconds[arc]
                total += exp(max(soft.sharpness * (period - soft.largest), -700))
            }
            soft.scale = weights[path] * state.problem.steadyRounds / (soft.sharpness * total)
            steady.append(soft)
        }
        self.steady = steady
    }

    /// The cost of each cell (row) at each place (column), in seconds of the step.
    func matrix(_ cells: [Int32], _ places: [Int32], _ state: borrowing PlacementState) -> [Float] {
        let width = cells.count
        var cost = [Float](repeating: 0, count: width * width)
        for (row, cell) in cells.enumerated() {
            let base = row * width
            for end in state.pathArcs.ends(of: Int(cell)) {
                let (path, bytes) = (Int(end.owner), state.pathArcBytes[Int(end.arc)])
                let line = Int(state.position[Int(end.other)]) * links.stride
                // Where the arc leaves the cell the other receives, and its links are a column.
                let matrix = end.factor == 1 ? links.pipelineFrom : links.pipelineTo
                let weight = Float(pathWeights[path] * bytes)
                for column in 0..<width { cost[base + column] += weight * matrix[line + Int(places[column])] }
                guard state.hasSteadyArcs else { continue }
                let offset = state.arcPeriod[Int(end.arc)] - steady[path].largest
                add(steady[path], bytes * steadyShare, offset, matrix, line, places, base, &cost)
            }
            guard rings.scale > 0 else { continue }
            for end in state.ringArcs.ends(of: Int(cell)) {
                let line = Int(state.position[Int(end.other)]) * links.stride
                let matrix = end.factor == 1 ? links.ringFrom : links.ringTo
                let ring = Int(end.owner)
                add(rings, state.ringBytes[ring], -state.ringHidden[ring] - rings.largest, matrix, line, places, base, &cost)
            }
        }
        for index in cost.indices where !(cost[index] < Self.outOfTheQuestion) { cost[index] = Self.outOfTheQuestion }
        return cost
    }

    /// Adds the weight of a term that takes `factor` times a link's seconds per byte, and `offset` seconds above the present maximum.
    @inline(__always)
    private func add(
        _ soft: Exponential, _ factor: Double, _ offset: Double, _ matrix: UnsafeMutablePointer<Float>, _ line: Int, _ places: [Int32],
        _ base: Int,
        _ cost: inout [Float]
    ) {
        let slope = Float(soft.sharpness * factor)
        let intercept = Float(max(soft.sharpness * offset, -1e30))
        let scale = Float(soft.scale)
        for column in places.indices {
            cost[base + column] += scale * expf(min(slope * matrix[line + Int(places[column])] + intercept, Self.most))
        }
    }
}
