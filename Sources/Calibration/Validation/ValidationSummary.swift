import Parallelism

/// How well predictions match a table of runs.
public struct ValidationSummary: Sendable {
    /// Step-time and memory errors of a subset.
    public struct Group: Sendable {
        /// The subset's name.
        public let name: String
        /// Step-time errors; nil where no time was compared.
        public let time: ErrorStatistics?
        /// Memory errors; nil where no memory was compared.
        public let memory: ErrorStatistics?
    }

    /// How verdicts about running out of memory came out.
    public struct Confusion: Hashable, Sendable {
        /// Ran out, and was predicted to.
        public var caught = 0
        /// Ran out, and was not predicted to.
        public var missed = 0
        /// Fitted, and was predicted to run out.
        public var falseAlarms = 0
        /// Fitted, and was predicted to fit.
        public var passed = 0
        /// Ran out although recommended.
        public var recommendedAndRanOut = 0
        /// Fitted and was recommended.
        public var recommendedAndFitted = 0

        /// Mean of the shares of runs that ran out and of runs that fitted that were told rightly.
        public var balancedAccuracy: Double? {
            guard caught + missed > 0, falseAlarms + passed > 0 else { return nil }
            return (Double(caught) / Double(caught + missed) + Double(passed) / Double(passed + falseAlarms)) / 2
        }
    }

    /// All runs together.
    public let overall: Group
    /// Mean of the sources' mean absolute step-time errors.
    public let macroTimeError: Double?
    /// Mean of the sources' step-time biases.
    public let macroTimeBias: Double?
    /// By source.
    public let bySource: [Group]
    /// By GPU type.
    public let byGPU: [Group]
    /// By kind of model.
    public let byModelKind: [Group]
    /// Verdicts by source with runs that ran out, and over all.
    public let confusion: Confusion
    /// Verdicts by source.
    public let confusionBySource: [(name: String, confusion: Confusion)]
    /// How layouts were ranked.
    public let sweeps: [Sweep]
    /// How far repeats of one configuration lie apart.
    public let noise: RepeatNoise
    /// Runs that could not be predicted, by reason.
    public let skipped: [(reason: String, count: Int)]
    /// Runs that contradict themselves, each with its id and its numbers.
    public let refused: [(id: String, contradiction: String)]
    /// How many runs came to which outcome; they sum to the runs read.
    public let outcomes: [(outcome: RunPrediction.Outcome, count: Int)]

    /// The summary of predictions.
    public init(_ predictions: [RunPrediction]) {
        func groups(_ key: (RunPrediction) -> String) -> [Group] {
            Dictionary(grouping: predictions.filter { $0.skipped == nil }, by: key).sorted { $0.key < $1.key }.map {
                Self.group($0.key, $0.value)
            }
        }
        overall = Self.group("overall", predictions)
        bySource = groups { $0.run.source }
        byGPU = groups { $0.run.gpu }
        byModelKind = groups { $0.isMixture ? "mixture of experts" : "dense" }
        let sources = bySource.compactMap(\.time)
        macroTimeError = sources.isEmpty ? nil : sources.map(\.meanAbsolute).reduce(0, +) / Double(sources.count)
        macroTimeBias = sources.isEmpty ? nil : sources.map(\.bias).reduce(0, +) / Double(sources.count)
        confusion = Self.confusion(predictions)
        confusionBySource = Dictionary(grouping: predictions, by: \.run.source).sorted { $0.key < $1.key }
            .map { ($0.key, Self.confusion($0.value)) }
        sweeps = Sweep.find(in: predictions)
        noise = RepeatNoise(predictions)
        refused = predictions.compactMap { row in row.contradiction.map { (row.run.id, $0) } }
        outcomes = RunPrediction.Outcome.allCases.map { outcome in (outcome, predictions.count { $0.outcome == outcome }) }
        skipped = Dictionary(grouping: predictions.filter { $0.contradiction == nil }.compactMap(\.skipped)) { $0 }.map {
            ($0.key, $0.value.count)
        }
        .sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }
    }

    private static func group(_ name: String, _ predictions: [RunPrediction]) -> Group {
        Group(
            name: name, time: ErrorStatistics(predictions.compactMap(\.timeError)),
            memory: ErrorStatistics(predictions.compactMap(\.memoryError)))
    }

    private static func confusion(_ predictions: [RunPrediction]) -> Confusion {
        var confusion = Confusion()
        for prediction in predictions {
            guard prediction.skipped == nil, let predicted = prediction.predictedOutOfMemory, let recommended = prediction.isRecommended
            else { continue }
            switch (prediction.run.ranOutOfMemory, predicted) {
            case (true, true): confusion.caught += 1
            case (true, false): confusion.missed += 1
            case (false, true): confusion.falseAlarms += 1
            case (false, false): confusion.passed += 1
            }
            if recommended {
                if prediction.run.ranOutOfMemory { confusion.recommendedAndRanOut += 1 } else { confusion.recommendedAndFitted += 1 }
            }
        }
        return confusion
    }
}
