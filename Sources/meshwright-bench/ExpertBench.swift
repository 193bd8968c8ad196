import CostModels
import Foundation
import Hardware
import Parallelism
import Quantities
import Search
import Workload

/// Times the placement of experts, by the steps of tokens and by load, with the distance to what none is below; and a plan with routing.
func benchExperts(library: ProfileLibrary) async throws -> [(name: String, value: Double, unit: String)] {
    var rows: [(name: String, value: Double, unit: String)] = []
    for (experts, layers, ranks, groups) in [(256, 58, 64, 64), (1024, 100, 128, 128)] {
        let affinity = plantedAffinity(experts: experts, layers: layers, groups: groups)
        let clock = ContinuousClock()
        let start = clock.now
        guard let found = AffinityProblem(affinity, ranks: ranks, ranksPerNode: 8)?.solved(seed: 1) else { continue }
        let name = "experts: \(experts) × \(layers) layers by affinity on \(ranks) GPUs"
        rows.append((name, (clock.now - start) / .seconds(1), "s"))
        rows.append(("\(name), above the bound", 100 * (found.cost / max(found.bound, 1e-12) - 1), "%"))
        let grid = MixtureGrid(model: "bench", layers: Array(0..<layers), modelLayers: layers, experts: experts, perToken: 8)
        let routing = ExpertRouting.zipf(0.8, for: grid, source: "zipf:0.8")
        let middle = clock.now
        guard let loaded = LoadProblem(routing, ranks: ranks, slots: experts + ranks, ranksPerNode: 8)?.solved() else { continue }
        let other = "experts: \(experts) × \(layers) layers by load on \(ranks) GPUs"
        rows.append((other, (clock.now - middle) / .seconds(1), "s"))
        rows.append(("\(other), above the bound", 100 * (loaded.mean / max(loaded.bound, 1e-12) - 1), "%"))
    }
    return try await rows + benchRoutedPlan(library)
}

/// A plan of DeepSeek-V3 on 2,048 GPUs with the counts of a file, which is read each time.
private func benchRoutedPlan(_ library: ProfileLibrary) async throws -> [(name: String, value: Double, unit: String)] {
    let model = try ModelDocument.read(path: library.path(of: .model, named: "deepseek-v3"))
    let grid = try MixtureGrid(model)
    let zipf = ExpertRouting.zipf(0.8, for: grid, source: "zipf:0.8")
    let rows = (0..<grid.layers.count).map { layer in
        "[" + zipf.shares[layer * grid.experts..<(layer + 1) * grid.experts].map { "\(Int($0 * 1e9))" }.joined(separator: ",") + "]"
    }
    let bytes = Array("{\"logical_count\": [\(rows.joined(separator: ","))]}".utf8)
    let stack = try SoftwareStack.read(path: library.path(of: .stack, named: "megatron-core"))
    let cluster = try library.cluster("dgx-h100").scaled(gpus: 2048)
    let clock = ContinuousClock()
    var times: [[Double]] = [[], []]
    for _ in 0..<3 {
        for (kind, places) in [false, true].enumerated() {
            let start = clock.now
            var routing = try RoutingDocument.parse(bytes: bytes, file: "counts.json", for: grid).routing
            if places { routing = ExpertsByLoad.placed(routing) }
            let job = TrainingJob(globalBatch: 15_360, sequenceLength: 4096, precision: .fp8, routing: routing)
            let inputs = CostInputs(model: model, cluster: cluster, job: job, stack: stack)
            _ = await Planner(SearchRequest(inputs: inputs, threads: ProcessInfo.processInfo.activeProcessorCount)).search()
            times[kind].append((clock.now - start) / .seconds(1))
        }
    }
    return [
        ("experts: plan DeepSeek-V3 on 2,048 H100 with a routing file", times[0].sorted()[1], "s"),
        ("experts: the same, experts placed by load for every candidate", times[1].sorted()[1], "s"),
    ]
}

/// Pairs of which half stay in hidden groups, alike inside, and the rest goes anywhere with noise.
private func plantedAffinity(experts: Int, layers: Int, groups: Int) -> ExpertAffinity {
    var random = SeededRandom(seed: 3)
    let size = experts / groups
    var group: [Int] = []
    for _ in 0..<layers {
        var row = (0..<experts).map { $0 / size }
        for place in stride(from: experts - 1, to: 0, by: -1) { row.swapAt(place, random.below(place + 1)) }
        group += row
    }
    var counts = [Double](repeating: 0, count: (layers - 1) * experts * experts)
    for step in 0..<layers - 1 {
        for a in 0..<experts {
            for b in 0..<experts {
                let isKept = group[step * experts + a] == group[(step + 1) * experts + b]
                counts[(step * experts + a) * experts + b] = random.unit() / Double(experts) + (isKept ? 0.5 / Double(size) : 0)
            }
        }
    }
    return ExpertAffinity(experts: experts, counts: counts)
}
