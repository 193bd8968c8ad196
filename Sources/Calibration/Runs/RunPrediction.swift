import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules
import Workload

/// What the tool predicts for a run, beside what was measured.
public struct RunPrediction: Sendable {
    /// The run.
    public var run: RunRecord
    /// Predicted step time in s; nil where the run was skipped.
    public var stepTime: Double?
    /// Predicted memory in GiB of the kind that was measured, or the expected need where none was.
    public var memory: Double?
    /// Whether the expected memory exceeds the device.
    public var predictedOutOfMemory: Bool?
    /// Whether the memory that a plan must fit does fit.
    public var isRecommended: Bool?
    /// What had to be assumed.
    public var assumptions: [String]
    /// Why the run was not predicted, or not compared; nil otherwise.
    public var skipped: String?
    /// What the layout is, for grouping sweeps; empty where skipped.
    public var layoutKey: String
    /// What contradicts what, where the run was refused for it; nil otherwise.
    public var contradiction: String? = nil
    /// Whether layers of its model are mixtures of experts, whatever the row says of experts.
    public var isMixture = false

    /// What became of a run: every run is one of these.
    public enum Outcome: String, CaseIterable, Hashable, Sendable {
        /// Predicted, and compared with a measured step time.
        case timed
        /// Predicted, and compared with its having run out of memory.
        case ranOutOfMemory = "ran_out_of_memory"
        /// Predicted, and compared with a measured memory only, or with its having fitted.
        case memoryOnly = "memory_only"
        /// Not predicted or not compared, for a stated reason.
        case skipped
        /// Not predicted, since the row contradicts itself.
        case refused
    }

    /// What became of the run.
    public var outcome: Outcome {
        if contradiction != nil { return .refused }
        if skipped != nil { return .skipped }
        if run.ranOutOfMemory { return .ranOutOfMemory }
        return timeError == nil ? .memoryOnly : .timed
    }

    /// Relative error of the step time, as a share; nil where either time is missing.
    public var timeError: Double? {
        guard let stepTime, let measured = run.measuredStepTime, !run.ranOutOfMemory else { return nil }
        return stepTime / measured - 1
    }

    /// Relative error of the memory, as a share; nil where either is missing.
    public var memoryError: Double? {
        guard let memory, let measured = run.measuredMemory, !run.ranOutOfMemory else { return nil }
        return memory / measured - 1
    }
}

/// Predicts runs one after another with shared buffers.
public struct RunPredictor {
    /// Turns rows into configurations.
    public var resolver: RunResolver
    private var simulator = PipelineSimulator()

    /// A predictor on a resolver.
    public init(resolver: RunResolver) { self.resolver = resolver }

    /// The prediction for a run; what cannot be predicted comes back with its reason.
    public mutating func predict(_ run: RunRecord) throws -> RunPrediction {
        var prediction = RunPrediction(
            run: run, stepTime: nil, memory: nil, predictedOutOfMemory: nil, isRecommended: nil, assumptions: [], skipped: nil,
            layoutKey: "")
        let configuration: RunConfiguration
        do {
            configuration = try resolver.configuration(of: run)
        } catch let skip as RunSkip {
            prediction.skipped = skip.reason
            prediction.contradiction = skip.contradiction
            return prediction
        }
        prediction.assumptions = configuration.assumptions
        prediction.isMixture = configuration.inputs.divisions.hasExperts
        if let timing = prediction.run.settleTime(configuration) { prediction.assumptions.append("step time from \(timing.origin)") }
        let model = StepModel(configuration.inputs)
        let s = configuration.strategy
        do {
            let estimate = try model.estimate(s, simulator: &simulator, assumingEqualStages: configuration.assumesEqualStages)
            prediction.stepTime = estimate.stepTime
            prediction.memory = model.memory(ofKind: MemoryKind(rawValue: run.memoryKind), s, estimate) / 1_073_741_824
            let capacity = configuration.inputs.gpu.memory.count
            prediction.predictedOutOfMemory = estimate.memoryExpected > capacity
            prediction.isRecommended = estimate.memoryHigh <= capacity
            prediction.layoutKey = "\(s)"
            if !prediction.run.showsSomething { prediction.skipped = run.nothingMeasured }
        } catch {
            prediction.skipped = "the layout cannot run: \(error)"
        }
        return prediction
    }
}

extension RunRecord {
    /// Why a run cannot be compared.
    var nothingMeasured: String {
        self["peak_mem_gb_per_gpu"] != nil && memoryKind.isEmpty
            ? "memory alone, and no memory_kind says of which kind (allocated, reserved or device)"
            : "nothing measured: no step time, rate, memory or oom"
    }

    /// Whether there is anything to compare a prediction with.
    var showsSomething: Bool {
        measuredStepTime != nil || self["oom"] != nil || self["peak_mem_gb_per_gpu"] != nil && !memoryKind.isEmpty
    }

    /// Takes the step time from rates where none is stated; returns what it came from.
    mutating func settleTime(_ configuration: RunConfiguration) -> RunTiming? {
        guard measuredStepTime == nil, !ranOutOfMemory,
            let timing = RunTiming(self, configuration)
        else { return nil }
        derivedStepTime = timing.seconds
        return timing
    }
}
