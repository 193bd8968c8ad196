import Foundation
import Hardware
import Quantities
import Search
import Workload

/// A remedy in words and as flags.
struct RemedyText {
    /// What to do.
    let sentence: String
    /// The flags that do it.
    let flags: String
    /// Whether another global batch would be assumed then.
    let changesBatch: Bool

    init(_ change: Remedy.Change, gpusPerNode: Int) {
        switch change {
        case .gpus, .sequenceLength: changesBatch = true
        default: changesBatch = false
        }
        switch change {
        case .memoryLimit(let bytes):
            sentence = String(format: "allow the GPU's whole memory, %.1f GiB", bytes.inGibibytes)
            flags = "without --max-memory"
        case .unpin(let flag):
            sentence = "leave --\(flag) open"
            flags = "without --\(flag)"
        case .recompute:
            sentence = "let activations be recomputed"
            flags = "without --recompute and --recompute-layers"
        case .gpus(let count):
            let nodes = count / gpusPerNode
            sentence = "use \(count) GPUs" + (count % gpusPerNode == 0 ? " (\(nodes) node\(nodes == 1 ? "" : "s"))" : "")
            flags = "--gpus \(count)"
        case .sequenceLength(let tokens):
            sentence = "cut sequences to \(tokens) tokens"
            flags = "--seq-len \(tokens)"
        case .optimizer(let optimizer):
            sentence = "keep less optimizer state (\(optimizer.rawValue))"
            flags = "--optimizer \(optimizer.rawValue)"
        case .method(let kind, let stack):
            let what = kind == .qlora ? "adapters alone, on 4-bit weights" : "adapters alone"
            sentence = "train \(what) (\(kind.rawValue)) with \(stack)"
            flags = "--method \(kind.rawValue) --stack \(stack)"
        case .stack(let name):
            sentence = "run it with \(name)"
            flags = "--stack \(name)"
        case .cluster(let name, let gpu, let gpus):
            if let type = ProfileLibrary.usualGPU(name) {
                sentence = "use \(gpus) × \(gpu)"
                flags = "--gpu \(type) --gpus \(gpus)"
            } else {
                sentence = "use \(gpus) × \(gpu) (\(name))"
                flags = "--cluster \(name) --gpus \(gpus)"
            }
        case .microBatch(let size):
            sentence = "use micro-batches of \(size)"
            flags = "--micro-batch-size \(size)"
        }
    }
}
