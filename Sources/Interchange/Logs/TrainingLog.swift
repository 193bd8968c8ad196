public import Documents

/// What a training run wrote: how long its steps took, how much memory it held, and how it was configured.
public struct TrainingLog: Sendable {
    /// A framework whose logs can be read.
    public enum Framework: String, CaseIterable, Hashable, Sendable {
        /// Megatron-LM, Megatron-DeepSpeed, and what is built on their training loop.
        case megatron
        /// TorchTitan.
        case torchtitan
        /// NeMo and other users of Lightning.
        case nemo
        /// DeepSpeed's engine.
        case deepspeed
        /// The trainer of Transformers, and what is built on it.
        case huggingface
        /// llm-foundry and other users of Composer.
        case foundry
        /// nanotron.
        case nanotron
        /// GPT-NeoX.
        case neox
        /// metaseq and fairseq.
        case metaseq
        /// LitGPT.
        case litgpt
        /// torchtune.
        case torchtune
        /// MLPerf's `:::MLLOG` lines.
        case mlperf
        /// A table exported from Weights & Biases.
        case wandb
    }

    /// How fast a step was, in the terms of the log.
    public enum Pace: Hashable, Sendable {
        /// Seconds of a step.
        case seconds(Double)
        /// Tokens a second of one GPU.
        case tokensPerGPU(Double)
        /// Tokens a second of all GPUs.
        case tokens(Double)
        /// Sequences a second of all GPUs.
        case samples(Double)
        /// Sequences a second of one GPU.
        case samplesPerGPU(Double)

        /// Seconds of a step of `batch` sequences of `sequence` tokens on `gpus` GPUs.
        public func seconds(batch: Int, sequence: Int, gpus: Int) -> Double {
            switch self {
            case .seconds(let time): time
            case .tokensPerGPU(let rate): Double(batch) * Double(sequence) / (rate * Double(gpus))
            case .tokens(let rate): Double(batch) * Double(sequence) / rate
            case .samples(let rate): Double(batch) / rate
            case .samplesPerGPU(let rate): Double(batch) / (rate * Double(gpus))
            }
        }

        /// What it is in words, where it is no time.
        public var words: String? {
            switch self {
            case .seconds: nil
            case .tokensPerGPU: "tokens a second and GPU"
            case .tokens: "tokens a second"
            case .samples: "sequences a second"
            case .samplesPerGPU: "sequences a second and GPU"
            }
        }

        func isSlower(than other: Pace) -> Bool {
            switch (self, other) {
            case (.seconds(let a), .seconds(let b)): a > b
            case (.tokensPerGPU(let a), .tokensPerGPU(let b)), (.tokens(let a), .tokens(let b)), (.samples(let a), .samples(let b)),
                (.samplesPerGPU(let a), .samplesPerGPU(let b)):
                a < b
            default: false
            }
        }
    }

    /// A step, or the mean of those since the last line.
    public struct Step: Hashable, Sendable {
        /// Its number, from 1.
        public var iteration: Int
        /// How fast it was.
        public var pace: Pace
        /// Sequences of it, where its line says so.
        public var batch: Int?
        /// Whether it is the mean of the whole run, warm-up included.
        public var isWholeRun = false
        /// The line that says so.
        public var line: Int

        /// Its time in s; nil where the log states a rate instead.
        public var seconds: Double? { if case .seconds(let time) = pace { time } else { nil } }
        /// Tokens a second and GPU; nil where the log states something else.
        public var tokensPerSecond: Double? { if case .tokensPerGPU(let rate) = pace { rate } else { nil } }
    }

    /// Work between steps that is not training.
    public struct Work: Hashable, Sendable {
        /// What it is.
        public enum Kind: String, Hashable, Sendable {
            /// A checkpoint was written.
            case checkpoint
            /// The model was evaluated.
            case evaluation
        }

        /// What it is.
        public var kind: Kind
        /// The step before it.
        public var after: Int
    }

    /// The largest memory of any GPU that reports, in GiB, by kind; nil where nothing was said.
    public struct Memory: Hashable, Sendable {
        /// Held by tensors.
        public var allocated: Double?
        /// Held by the allocator.
        public var reserved: Double?
        /// Used on the device.
        public var device: Double?
    }

    /// One start of the program; a file holds several where a job was started again.
    public struct Start: Sendable {
        /// Its first line.
        public var line: Int
        /// Its steps, in order.
        public var steps: [Step] = []
        /// Its largest memory.
        public var memory = Memory()
        /// Work between its steps.
        public var work: [Work] = []
        /// The line that says it ran out of memory, if one does.
        public var outOfMemoryLine: Int?
        /// What it says about its own configuration; nil where it is silent.
        public var configuration: UserConfiguration?
    }

    /// The file's path.
    public var file: String
    /// Whose log it is.
    public var framework: Framework
    /// The starts in it, never empty.
    public var starts: [Start]
    /// What was passed over or assumed, one sentence each.
    public var notes: [String]

    /// The start that is measured: the last one that took a step, or the last that ran out of memory.
    public var measured: Start {
        starts.last { !$0.steps.isEmpty } ?? starts.last { $0.outOfMemoryLine != nil } ?? starts[starts.count - 1]
    }

    /// The log that a text such as `megatron:run.log` names; `auto:run.log` is read as whatever it can only be.
    ///
    /// - Throws: `DocumentError` where the framework is unknown, the file cannot be read, or it is no log of that framework.
    public static func read(spec: String) throws(DocumentError) -> TrainingLog {
        let sides = spec.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let framework = Framework(rawValue: sides[0]) ?? Framework.aliases[sides[0]]
        guard framework != nil || sides[0] == "auto", sides.count == 2, !sides[1].isEmpty else {
            let legal = (Framework.allCases.map(\.rawValue) + ["auto"]).map { "\($0):FILE" }.joined(separator: ", ")
            throw DocumentError(
                SourceLocation(file: spec), .invalid("'\(spec)' is no framework with a log", remedy: "write one of \(legal)"))
        }
        return try read(.of(path: sides[1]), file: sides[1], framework)
    }

    /// The log that a text holds; `file` is its name in messages, and a framework that is nil is found out.
    public static func parse(text: String, file: String, _ framework: Framework?) throws(DocumentError) -> TrainingLog {
        try read(.text(text), file: file, framework)
    }
}

extension TrainingLog.Start {
    /// Steps of one batch, which is the run's, and how many are left out for having another.
    public struct SteadyBatch: Sendable {
        /// Steps that count.
        public var steps: [TrainingLog.Step]
        /// Sequences of each; nil where no line says so.
        public var batch: Int?
        /// Steps of other batches, as while the batch ramps up.
        public var others: Int
    }

    /// The steps of the batch that most of them have: of equally many the later one's; nil where it changes too often to be any step's.
    public var steadyBatch: SteadyBatch? {
        var counts: [Int: (count: Int, last: Int)] = [:]
        for (place, step) in steps.enumerated() {
            guard let batch = step.batch else { continue }
            counts[batch, default: (0, 0)].count += 1
            counts[batch, default: (0, 0)].last = place
        }
        guard let most = counts.max(by: { ($0.value.count, $0.value.last) < ($1.value.count, $1.value.last) }) else {
            return SteadyBatch(steps: steps, batch: nil, others: 0)
        }
        guard counts.count == 1 || most.value.count >= max(3, steps.count / 5) else { return nil }
        let own = steps.filter { $0.batch == most.key || $0.batch == nil && counts.count == 1 }
        return SteadyBatch(steps: own, batch: most.key, others: steps.count - own.count)
    }
}
