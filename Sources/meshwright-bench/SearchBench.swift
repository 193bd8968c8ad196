import CostModels
import Foundation
import Hardware
import Parallelism
import Search
import Workload

/// Times the search: candidates a second on one core with pruning off, whole plans, and how time grows with the cluster.
func benchSearch(library: ProfileLibrary) async throws -> [(name: String, value: Double, unit: String)] {
    let stack = try SoftwareStack.read(path: library.path(of: .stack, named: "megatron-core"))
    func inputs(_ model: String, _ cluster: String, gpus: Int, batch: Int, sequence: Int, precision: Precision = .bf16) throws -> CostInputs
    {
        CostInputs(
            model: try ModelDocument.read(path: library.path(of: .model, named: model)),
            cluster: try library.cluster(cluster).scaled(gpus: gpus),
            job: TrainingJob(globalBatch: batch, sequenceLength: sequence, precision: precision), stack: stack)
    }
    var rows: [(name: String, value: Double, unit: String)] = []
    /// The median of some runs, since one may meet a busy moment; where nothing fits, advice included.
    func time(_ name: String, _ request: SearchRequest, alternatives: Remedies.Alternatives = .init(), repeats: Int = 5) async {
        let clock = ContinuousClock()
        var times: [Double] = []
        var counts = SearchCounts()
        for _ in 0..<repeats {
            let start = clock.now
            let outcome = await Planner(request).search()
            if outcome.plans.isEmpty { _ = await Remedies(request, alternatives: alternatives).search() }
            times.append((clock.now - start) / .seconds(1))
            counts = outcome.counts
        }
        rows.append(("\(name): time", times.sorted()[times.count / 2], "s"))
        rows.append(("\(name): candidates evaluated", Double(counts.evaluated), ""))
    }

    rows += await benchRate(
        "405B on 16,384 GPUs", SearchRequest(inputs: try inputs("llama-3.1-405b", "dgx-h100", gpus: 16_384, batch: 2048, sequence: 8192)))
    var hybrid = try inputs("llama-3.1-8b", "dgx-h100", gpus: 16_384, batch: 2048, sequence: 8192)
    hybrid.model = manyClasses
    rows += await benchRate("52 layers of \(manyClassesCount) classes on 16,384 GPUs", SearchRequest(inputs: hybrid))
    hybrid.model = fiveClasses
    rows += await benchRate("a hybrid of 52 layers and five classes on 16,384 GPUs", SearchRequest(inputs: hybrid))
    rows += await benchRate(
        "Nemotron-3 Nano on 16,384 GPUs",
        SearchRequest(inputs: try inputs("nemotron-3-nano-30b-a3b", "dgx-h100", gpus: 16_384, batch: 2048, sequence: 8192)))

    let threads = ProcessInfo.processInfo.activeProcessorCount
    await time(
        "plan 405B on 16,384 H100",
        SearchRequest(inputs: try inputs("llama-3.1-405b", "dgx-h100", gpus: 16_384, batch: 2048, sequence: 8192), threads: threads))
    await time(
        "plan 405B on 131,072 H100",
        SearchRequest(inputs: try inputs("llama-3.1-405b", "dgx-h100", gpus: 131_072, batch: 16_384, sequence: 8192), threads: threads))
    for gpus in [2048, 16_384] {
        await time(
            "plan DeepSeek-V3 on \(gpus) H100, fp8",
            SearchRequest(
                inputs: try inputs("deepseek-v3", "dgx-h100", gpus: gpus, batch: 15_360, sequence: 4096, precision: .fp8), threads: threads)
        )
    }
    await time(
        "plan Qwen3-235B on 1,024 H100",
        SearchRequest(inputs: try inputs("qwen3-235b-a22b", "dgx-h100", gpus: 1024, batch: 1024, sequence: 4096), threads: threads))
    let alternatives = Remedies.Alternatives(
        stacks: try library.names(of: .stack).map { try SoftwareStack.read(path: library.path(of: .stack, named: $0)) },
        clusters: Remedies.Alternatives.clusters(library))
    await time(
        "plan DeepSeek-V3 on 64 H100, which does not fit, and what would",
        SearchRequest(inputs: try inputs("deepseek-v3", "dgx-h100", gpus: 64, batch: 1024, sequence: 4096), threads: threads),
        alternatives: alternatives)
    await time(
        "plan 530B on 5,120 A100",
        SearchRequest(inputs: try inputs("megatron-530b", "dgx-a100", gpus: 5120, batch: 1920, sequence: 2048), threads: threads))
    var gpus = 64
    while gpus <= 131_072 {
        let batch = max(512, gpus / 8)
        await time(
            "plan 8B on \(gpus) H100",
            SearchRequest(inputs: try inputs("llama-3.1-8b", "dgx-h100", gpus: gpus, batch: batch, sequence: 8192), threads: threads),
            repeats: gpus < 10_000 ? 15 : 3)
        gpus *= 8
    }
    return rows
}

/// Candidates that one core prices a second with every bound off: what a candidate costs.
func benchRate(_ name: String, _ request: SearchRequest) async -> [(name: String, value: Double, unit: String)] {
    var everything = SearchRequest(inputs: request.inputs, prunes: false, scanOnly: true)
    everything.constraints = request.constraints
    // A scan has no plans, after which whatever may move would be tried too.
    if everything.constraints.offload == .auto { everything.constraints.offload = .never }
    // In seconds of the processor rather than of the wall, so that a busy machine does not make the search look slow.
    var best = 0.0
    var evaluated = 0
    for _ in 0..<5 {
        let start = clock()
        evaluated = await Planner(everything).search().counts.evaluated
        best = max(best, Double(evaluated) / (Double(clock() - start) / Double(CLOCKS_PER_SEC)))
    }
    return [
        ("\(name), one core, pruning off: candidates", Double(evaluated), ""),
        ("\(name), one core, pruning off: rate", best / 1e6, "M candidates/s"),
    ]
}

/// A made-up model whose layers are of as many classes as a model may mix: dense and mixture, windowed and global.
private let manyClasses = TransformerModel(
    name: "many-classes", layers: 52, hidden: 4096, vocabulary: 128_256,
    attention: Attention(heads: 32, keyValueHeads: 8, headDimension: 128, window: SlidingWindow(size: 1024, globalEvery: 3)),
    feedForward: FeedForward(width: 14_336, isGated: true),
    experts: Experts(count: 16, perToken: 2, width: 4096, firstDenseLayers: 1, everyLayers: 2))
private let manyClassesCount = manyClasses.layerClasses.count

/// A made-up hybrid of Nemotron-3 Nano's size whose layers are of five classes, one block each.
private let fiveClasses: TransformerModel = {
    var mamba = Mamba2()
    (mamba.heads, mamba.headDimension, mamba.groups, mamba.state, mamba.chunk) = (64, 64, 8, 128, 128)
    let attention = Attention(heads: 32, keyValueHeads: 2, headDimension: 128)
    var windowed = attention
    windowed.window = SlidingWindow(size: 4096, globalEvery: 0)
    var experts = Experts(count: 128, perToken: 6, width: 1856, sharedWidth: 3712)
    experts.isGated = false
    let names = ["mamba", "moe", "mamba", "moe", "mamba", "attention", "moe", "mamba", "mlp", "mamba", "window", "moe", "mlp"]
    return TransformerModel(
        name: "five-classes", hidden: 2688, vocabulary: 131_072,
        stack: LayerStack(
            blocks: [
                .init("mamba", mamba), .init("moe", experts), .init("attention", attention), .init("window", windowed),
                .init("mlp", FeedForward(width: 10_752, isGated: false)),
            ], pattern: [.repeated(4, names.map { .layer([[$0]]) })]))
}()
