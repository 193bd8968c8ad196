import CostModels
import Foundation
import Parallelism
import Quantities
import Workload

/// The step time that the rates of a row amount to, where it states no time itself.
///
/// A rate of arithmetic needs the arithmetic of the model: three times the forward pass, attention counted as the framework counts it
/// (`model_flops` of the alias table). Hardware rates count the layers that are recomputed too. MFU and HFU are of the dense 16-bit peak.
struct RunTiming {
    /// Seconds of a step.
    let seconds: Double
    /// The column it comes from, and the convention.
    let origin: String

    init?(_ run: RunRecord, _ configuration: RunConfiguration) {
        let job = configuration.inputs.job
        let sequences = Double(job.globalBatch)
        let gpus = Double(run.int("n_gpus") ?? configuration.strategy.worldSize)
        func rate(_ column: String) -> Double? { run[column].flatMap { $0 > 0 ? $0 : nil } }
        let counting = configuration.modelFLOPs ?? .full
        let words = (counting == .causal ? "causal attention" : "full attention") + (configuration.modelFLOPs == nil ? ", assumed" : "")
        if let seconds = run.seconds(byTokens: "tokens_per_s") {
            self.init(seconds, "tokens_per_s")
        } else if let rate = rate("samples_per_s") {
            self.init(sequences / rate, "samples_per_s")
        } else if let rate = rate("samples_per_s_per_gpu") {
            self.init(sequences / (rate * gpus), "samples_per_s_per_gpu")
        } else {
            let pass = configuration.inputs.model.forwardFLOPs(sequenceLength: job.sequenceLength, counting: counting)
            let step = sequences * Double(job.sequenceLength) / gpus
            if let rate = rate("model_tflops_per_gpu") {
                self.init(pass.training.count * step / (rate * 1e12), "model_tflops_per_gpu, \(words)")
            } else if let rate = rate("hardware_tflops_per_gpu") {
                self.init(
                    Self.issued(pass, configuration.strategy, layers: configuration.inputs.model.layers) * step / (rate * 1e12),
                    "hardware_tflops_per_gpu, \(words), recomputation counted")
            } else if let share = rate("mfu_pct") {
                self.init(
                    pass.training.count * step / (share / 100 * configuration.inputs.peak), "mfu_pct of the 16-bit peak, \(words)")
            } else if let share = rate("hfu_pct") {
                self.init(
                    Self.issued(pass, configuration.strategy, layers: configuration.inputs.model.layers) * step
                        / (share / 100 * configuration.inputs.peak),
                    "hfu_pct of the 16-bit peak, \(words), recomputation counted")
            } else {
                return nil
            }
        }
    }

    /// FLOPs of a token in training with what runs forward again.
    private static func issued(_ pass: ForwardFLOPs, _ s: ParallelStrategy, layers: Int) -> Double {
        // Those of every stage that run forward again, among all.
        let recomputed = min(1, Double(s.recomputeLayers * s.stages) / Double(layers))
        return switch s.recompute {
        case .full: pass.training.count + pass.layers.count * recomputed
        case .selective where s.recomputeModules.contains(.coreAttention): pass.trainingWithSelectiveRecompute.count
        default: pass.training.count
        }
    }

    private init?(_ seconds: Double, _ origin: String) {
        guard seconds > 0, seconds.isFinite else { return nil }
        self.seconds = seconds
        self.origin = origin
    }
}
