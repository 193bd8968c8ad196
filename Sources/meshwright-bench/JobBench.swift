import CostModels
import Foundation
import Hardware
import Parallelism
import Search
import Workload

/// Times what adapters and offload add to the search: candidates a second beside those of pretraining without offload, and one box end to end.
func benchJobs(library: ProfileLibrary) async throws -> [(name: String, value: Double, unit: String)] {
    let model = try ModelDocument.read(path: library.path(of: .model, named: "llama-3.1-70b"))
    func request(_ method: TrainingMethod.Kind, _ offload: OffloadPolicy, gpus: Int, batch: Int, stack: String) throws -> SearchRequest {
        let adapters = method == .lora ? Adapters.usual(for: model) : nil
        let job = TrainingJob(
            globalBatch: batch, sequenceLength: 4096, method: TrainingMethod(method, adapters: adapters))
        let inputs = CostInputs(
            model: model, cluster: try library.cluster("dgx-h100").scaled(gpus: gpus), job: job,
            stack: try SoftwareStack.read(path: library.path(of: .stack, named: stack)))
        var request = SearchRequest(inputs: inputs)
        request.constraints.offload = offload
        return request
    }
    var rows: [(name: String, value: Double, unit: String)] = []
    let kinds: [(String, TrainingMethod.Kind, OffloadPolicy)] = [
        ("70B on 1,024 GPUs", .pretrain, .never), ("70B on 1,024 GPUs, LoRA", .lora, .never),
        ("70B on 1,024 GPUs, with offload", .pretrain, .all),
    ]
    for (name, method, offload) in kinds {
        rows += await benchRate(name, try request(method, offload, gpus: 1024, batch: 1024, stack: "megatron-core"))
    }
    let box = try request(.lora, .all, gpus: 8, batch: 64, stack: "transformers")
    let clock = ContinuousClock()
    var times: [Double] = []
    for _ in 0..<5 {
        let start = clock.now
        _ = await Planner(box).search()
        times.append((clock.now - start) / .seconds(1))
    }
    rows.append(("plan 70B LoRA on 8 H100 with all offload choices: time", times.sorted()[2], "s"))
    return rows
}
