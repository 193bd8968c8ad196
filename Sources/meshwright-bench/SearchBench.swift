import CostModels
import Foundation
import Hardware
import Parallelism
import Search
import Workload

/// Times the search: candidates a second on one core with pruning off, whole plans, and how time grows with the cluster.
func benchSearch(library: ProfileLibrary) async throws -> [(name: String, value: Double, unit: String)] {
    let stack = try SoftwareStack.read(path: library.path(of: .stack, named: "megatron-core"))
    func inputs(_ model: String, _ cluster: String, gpus: Int, batch: Int, sequence: Int) throws -> CostInputs {
        CostInputs(
            model: try ModelDocument.read(path: library.path(of: .model, named: model)),
            cluster: try library.cluster(cluster).scaled(gpus: gpus),
            job: TrainingJob(globalBatch: batch, sequenceLength: sequence), stack: stack)
    }
    var rows: [(name: String, value: Double, unit: String)] = []
    func time(_ name: String, _ request: SearchRequest, repeats: Int = 3) async -> SearchCounts {
        let clock = ContinuousClock()
        var best = Double.infinity
        var counts = SearchCounts()
        for _ in 0..<repeats {
            let start = clock.now
            counts = await Planner(request).search().counts
            best = min(best, (clock.now - start) / .seconds(1))
        }
        rows.append(("\(name): time", best, "s"))
        rows.append(("\(name): candidates evaluated", Double(counts.evaluated), ""))
        return counts
    }

    // One core, every bound off: what a candidate costs.
    let everything = SearchRequest(
        inputs: try inputs("llama-3.1-405b", "dgx-h100", gpus: 16_384, batch: 2048, sequence: 8192), prunes: false, scanOnly: true)
    // In seconds of the processor rather than of the wall, so that a busy machine does not make the search look slow.
    var best = 0.0
    var evaluated = 0
    for _ in 0..<5 {
        let start = clock()
        evaluated = await Planner(everything).search().counts.evaluated
        best = max(best, Double(evaluated) / (Double(clock() - start) / Double(CLOCKS_PER_SEC)))
    }
    rows.append(("405B on 16,384 GPUs, one core, pruning off: candidates", Double(evaluated), ""))
    rows.append(("405B on 16,384 GPUs, one core, pruning off: rate", best / 1e6, "M candidates/s"))

    let threads = ProcessInfo.processInfo.activeProcessorCount
    _ = await time(
        "plan 405B on 16,384 H100",
        SearchRequest(inputs: try inputs("llama-3.1-405b", "dgx-h100", gpus: 16_384, batch: 2048, sequence: 8192), threads: threads))
    _ = await time(
        "plan 530B on 5,120 A100",
        SearchRequest(inputs: try inputs("megatron-530b", "dgx-a100", gpus: 5120, batch: 1920, sequence: 2048), threads: threads))
    var gpus = 64
    while gpus <= 131_072 {
        let batch = max(512, gpus / 8)
        _ = await time(
            "plan 8B on \(gpus) H100",
            SearchRequest(inputs: try inputs("llama-3.1-8b", "dgx-h100", gpus: gpus, batch: batch, sequence: 8192), threads: threads),
            repeats: 1)
        gpus *= 8
    }
    return rows
}
