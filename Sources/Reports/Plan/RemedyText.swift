import Foundation
import Quantities
import Search

/// A remedy in words and as flags.
struct RemedyText {
    /// What to do.
    let sentence: String
    /// The flags that do it.
    let flags: String

    init(_ change: Remedy.Change, gpusPerNode: Int) {
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
        case .microBatch(let size):
            sentence = "use micro-batches of \(size)"
            flags = "--micro-batch-size \(size)"
        }
    }
}
