import CostModels
import Foundation
import Hardware
import Parallelism
import Quantities
import Search
import Workload

/// Times placement: annealing against plain annealing with full evaluation, exact search, large clusters, what equal links cost, and whole
/// plans on links that differ.
func benchPlacement(library: ProfileLibrary) async throws -> [(name: String, value: Double, unit: String)] {
    try await benchAnnealing() + benchBaseline() + benchExact() + benchEqualLinks(library) + benchPlans(library)
}

/// A whole plan on 64 nodes whose links differ: search, finalists placed, the best refined.
private func benchPlans(_ library: ProfileLibrary) async throws -> [(name: String, value: Double, unit: String)] {
    var cluster = try library.cluster("dgx-h100").scaled(nodes: 64)
    var random = SeededRandom(seed: 7)
    cluster.nodeBandwidth = BandwidthMatrix(
        names: (0..<64).map { "node-\($0)" }, values: (0..<4096).map { _ in 3e11 + 1e11 * random.unit() })
    let inputs = CostInputs(
        model: try ModelDocument.read(path: library.path(of: .model, named: "llama-3.1-70b")), cluster: cluster,
        job: TrainingJob(globalBatch: 512, sequenceLength: 8192),
        stack: try SoftwareStack.read(path: library.path(of: .stack, named: "megatron-core")))
    let clock = ContinuousClock()
    var seconds: [Double] = []
    for _ in 0..<3 {
        let start = clock.now
        _ = await Planner(SearchRequest(inputs: inputs, threads: 2)).search()
        seconds.append((clock.now - start) / .seconds(1))
    }
    return [("placement: plan of 70B on 64 nodes", median(seconds), "s")]
}

/// Pipelines of `stages` nodes with a gradient ring over every stage, on random links of 12 to 24 GB/s.
private func syntheticProblem(nodes: Int, stages: Int, seed: UInt64) -> PlacementProblem {
    var random = SeededRandom(seed: seed)
    let inverse = (0..<nodes * nodes).map { _ in 1 / (12e9 + 12e9 * random.unit()) }
    var problem = PlacementProblem(activeCount: nodes, positions: nodes, pipelineInverse: inverse)
    let replicas = nodes / stages
    let share = 2 * Double(replicas - 1) / Double(replicas)
    // Activations of 2,048 × 3,072 in 16 bits there and back; gradients of 64 layers of width 3,072 over 8 tensor-parallel ranks.
    let boundary = 4.0 * 2048 * 3072
    let gradients = 2.0 * (64 / Double(stages) * 16 * 3072 * 3072) / 8
    for replica in 0..<replicas {
        problem.addPath(
            Array(replica * stages..<(replica + 1) * stages), bytes: [Double](repeating: boundary, count: stages - 1))
    }
    for stage in 0..<stages { problem.addRing((0..<replicas).map { $0 * stages + stage }, bytes: share * gradients) }
    return problem
}

/// Moves a second at 1,024 nodes, and the whole search there.
private func benchAnnealing() -> [(name: String, value: Double, unit: String)] {
    let problem = syntheticProblem(nodes: 1024, stages: 16, seed: 7)
    let moves = 4_000_000
    let (long, _) = timed { problem.annealed(seed: 1, moves: moves) }
    let (short, _) = timed { problem.annealed(seed: 1, moves: 1000) }
    let (whole, found) = timed { problem.solved(seed: 1) }
    let (bounding, bound) = timed { problem.lowerBound }
    return [
        ("placement: annealing moves, 1,024 nodes", Double(moves) / (long - short) / 1e6, "M moves/s"),
        ("placement: search, 1,024 nodes", whole, "s"),
        ("placement: within this of the optimum, 1,024 nodes", 100 * (problem.cost(found.position).total / bound - 1), "%"),
        ("placement: bound, 1,024 nodes", bounding * 1e3, "ms"),
    ]
}

/// How far above its bound the search ends on 1,024 nodes, over matrices and over seeds of the search, and the times.
func benchPlacementSeeds() -> [(name: String, value: Double, unit: String)] {
    let seeds = (1...20).map { UInt64($0) }
    let matrices = seeds.map { seed in gap(syntheticProblem(nodes: 1024, stages: 16, seed: seed), seed: 1) }
    let one = syntheticProblem(nodes: 1024, stages: 16, seed: 7)
    let searches = seeds.map { gap(one, seed: $0) }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    return [("20 matrices", matrices), ("20 seeds of the search", searches)].flatMap { name, found in
        [
            ("placement: above the bound, 1,024 nodes, \(name), mean", mean(found.map(\.gap)), "%"),
            ("placement: above the bound, 1,024 nodes, \(name), worst", found.map(\.gap).max() ?? 0, "%"),
            ("placement: search, 1,024 nodes, \(name), mean", mean(found.map(\.seconds)), "s"),
        ]
    }
}

private func gap(_ problem: PlacementProblem, seed: UInt64) -> (gap: Double, seconds: Double) {
    let (seconds, found) = timed { problem.solved(seed: seed) }
    return (100 * (problem.cost(found.position).total / problem.lowerBound - 1), seconds)
}

/// What plain annealing has after 100,000 full evaluations, and what the search has after 0.1 s; medians of seeds.
private func benchBaseline() -> [(name: String, value: Double, unit: String)] {
    var rows: [(name: String, value: Double, unit: String)] = []
    for (nodes, stages, moves) in [(16, 4, 250_000), (64, 8, 350_000), (256, 16, 400_000)] {
        let problem = syntheticProblem(nodes: nodes, stages: stages, seed: 7)
        let seeds = 20
        let found = (1...seeds).map { seed in timed { problem.solved(seed: UInt64(seed), moves: moves) } }
        let plain = (1...3).map { plainAnnealing(problem, seed: UInt64($0), evaluations: 100_000) }
        rows += [
            ("placement: search, \(nodes) nodes", median(found.map(\.seconds)) * 1e3, "ms"),
            ("placement: step found, \(nodes) nodes", median(found.map { problem.cost($0.result.position).total }) * 1e3, "ms"),
            ("placement: step after 100,000 full evaluations, \(nodes) nodes", median(plain) * 1e3, "ms"),
            ("placement: bound of the step, \(nodes) nodes", problem.lowerBound * 1e3, "ms"),
        ]
    }
    return rows
}

/// A cluster whose links are all alike: rank order, at once.
private func benchEqualLinks(_ library: ProfileLibrary) throws -> [(name: String, value: Double, unit: String)] {
    let cluster = try library.cluster("dgx-a100").scaled(nodes: 64)
    let strategy = ParallelStrategy(tensor: 8, pipeline: 8, data: 8)
    var traffic = PlacementTraffic(stages: 8)
    traffic.boundaryBytes = 2.0 * 2048 * 12288
    traffic.dataBytes = [Double](repeating: 2e9, count: 8)
    let (seconds, _) = try timed { try Placement.place(strategy: strategy, cluster: cluster, traffic: traffic) }
    return [("placement: equal links, 64 nodes", seconds * 1e3, "ms")]
}

/// Branch and bound with proof.
private func benchExact() -> [(name: String, value: Double, unit: String)] {
    [(8, 4), (9, 3), (10, 5), (10, 10)].map { nodes, stages in
        let problem = syntheticProblem(nodes: nodes, stages: stages, seed: 7)
        return ("placement: exact, \(nodes) nodes, \(stages) stages", timed { problem.solved(exact: true, seed: 1) }.seconds * 1e3, "ms")
    }
}

/// Annealing as it is usually written: exchange two nodes, compute the whole cost, accept by Metropolis' rule.
private func plainAnnealing(_ problem: PlacementProblem, seed: UInt64, evaluations: Int) -> Double {
    var random = SeededRandom(seed: seed)
    var position = problem.identity
    var current = problem.cost(position).total
    var best = current
    let (hot, cold) = (current * 1e-2, current * 1e-6)
    for step in 0..<evaluations {
        let first = random.below(problem.count)
        let other = random.below(problem.count - 1)
        let second = other >= first ? other + 1 : other
        position.swapAt(first, second)
        let new = problem.cost(position).total
        let temperature = hot * pow(cold / hot, Double(step) / Double(evaluations))
        if new <= current || random.unit() < exp((current - new) / temperature) {
            current = new
            best = min(best, new)
        } else {
            position.swapAt(first, second)
        }
    }
    return best
}

func timed<Result>(_ body: () throws -> Result) rethrows -> (seconds: Double, result: Result) {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try body()
    return ((clock.now - start) / .seconds(1), result)
}

private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
