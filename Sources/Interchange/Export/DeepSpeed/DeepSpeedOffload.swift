import Documents
import Parallelism

/// The parts of `zero_optimization` that move state beside the GPU (`deepspeed/runtime/zero/offload_config.py`).
struct DeepSpeedOffload {
    private let offload: Offload
    private let sharding: OptimizerSharding

    init(_ strategy: ParallelStrategy) { (offload, sharding) = (strategy.offload, strategy.sharding) }

    /// What DeepSpeed itself can move; groups of state that visit the GPU are a fork's.
    static let expressible: Set<Offload.Part> = [.optimizer, .parameters, .storage]

    /// The folder that a run has to put its drives' path in.
    static let drives = "/local_nvme"

    var fields: [YAMLField] {
        var fields: [YAMLField] = []
        let isOnDrives = offload.place == .storage
        let path = isOnDrives ? [YAMLField("nvme_path", .text(Self.drives))] : []
        if offload.optimizerPercent > 0 {
            var optimizer = [YAMLField("device", .text(isOnDrives ? "nvme" : "cpu")), YAMLField("pin_memory", true)] + path
            // Twin-Flow keeps the rest on the GPU.
            if offload.optimizerPercent < 100 { optimizer.append(YAMLField("ratio", .number(offload.optimizerShare))) }
            fields.append(YAMLField("offload_optimizer", .mapping(optimizer)))
        }
        if offload.parameters {
            fields.append(YAMLField("offload_param", ["device": "cpu", "pin_memory": true]))
        }
        return fields
    }

    /// What a reader has to do.
    var notes: [String] {
        offload.place == .storage ? ["Set nvme_path to a folder on the node's drives; \(Self.drives) is a placeholder."] : []
    }
}
