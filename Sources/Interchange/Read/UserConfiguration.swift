public import Documents
import Parallelism
public import Workload

/// What a user's own configuration of a framework says, as far as a plan can say it.
public struct UserConfiguration: Sendable {
    /// A framework whose configuration can be read.
    public enum Framework: String, CaseIterable, Hashable, Sendable {
        /// Megatron-LM: a script or a list of arguments.
        case megatron
        /// TorchTitan: TOML, Python, the JSON that it saves, or the command that starts it.
        case torchtitan
        /// DeepSpeed: JSON.
        case deepspeed
        /// Accelerate: YAML.
        case accelerate
        /// nanotron: YAML.
        case nanotron
        /// torchtune: YAML.
        case torchtune
        /// NeMo 1 and 2: YAML.
        case nemo
        /// Megatron-Bridge: YAML, or overrides one a line.
        case bridge
        /// NeMo AutoModel: YAML.
        case automodel
        /// LLaMA-Factory: YAML or JSON, or the command that starts it.
        case llamaFactory = "llama-factory"
        /// Axolotl: YAML, or the command that starts it.
        case axolotl
        /// TRL, and scripts on Hugging Face's Trainer: YAML or JSON, or the command that starts them.
        case trl
        /// What `meshwright capture` wrote down of a launch script.
        case capture
    }

    /// A setting that was not understood, and where it stands.
    public struct Unread: Hashable, Sendable, CustomStringConvertible {
        /// The flag or key.
        public var name: String
        /// Where it stands.
        public var location: SourceLocation

        /// A known setting that it may have been meant for.
        public var nearest: String?

        /// `file:line:column: name`.
        public var description: String { "\(location): \(name)" }
    }

    /// A setting that changes time or memory, of which there is no model.
    public struct Unmodelled: Hashable, Sendable {
        /// The flag or key with its value.
        public var name: String
        /// Where it stands.
        public var location: SourceLocation
        /// What is priced instead.
        public var instead: String
    }

    /// Where a configuration was read.
    public struct Origin: Hashable, Sendable {
        /// The file, and the place of the command in it that trains.
        public var location: SourceLocation
        /// The program of that command.
        public var program: String?
    }

    /// How a configuration is named: `megatron:FILE, torchtitan:FILE, …`.
    public static let spellings = Framework.allCases.map { "\($0.rawValue):FILE" }.joined(separator: ", ")

    /// Where it was read.
    public var origin: Origin?
    /// Whose configuration it is.
    public var framework: Framework
    /// What it says about the strategy, by the keys of `plan --compare`, such as `tp` and `micro-batch-size`.
    public var strategy: [String: String] = [:]
    /// Sequences of a step.
    public var globalBatch: Int?
    /// Sequences of a step of one data-parallel rank, where the framework makes the batch of them and the batch is not stated.
    public var sequencesPerRank: Int?
    /// Tokens of a sequence.
    public var sequenceLength: Int?
    /// How rows are packed of samples, as `--packing` says it; nil where it does not say.
    public var packing: String?
    /// Format of the matrix products.
    public var precision: Precision?
    /// The optimizer.
    public var optimizer: Optimizer?
    /// What of the model is trained, where it is not all of it.
    public var method: TrainingMethod?
    /// The parts that are trained, and nothing else, where the file names those in place of the frozen ones.
    public var trainedParts: TrainedParts?
    /// The layers that have adapters, counted from 0; nil where all have.
    public var adaptedLayers: Set<Int>?
    /// Format of the gradients.
    public var gradientFormat: GradientFormat?
    /// Whether gradients are reduced and parameters gathered beside compute.
    public var overlapsDataParallel: Bool?
    /// In what its rows differ from those that are priced where lengths of samples are given, one sentence; nil where they do not.
    public var packingNote: String?
    /// GPUs of the job, where the configuration states them.
    public var gpus: Int?
    /// The model, where the configuration describes its shape.
    public var model: TransformerModel?
    /// Whether the model's vocabulary is only assumed, since the configuration does not state it.
    public var isVocabularyAssumed = false
    /// The name of a shipped model, where the configuration names one.
    public var modelName: String?
    /// What the configuration calls its model, where no shipped one is meant.
    public var unknownModel: String?
    /// The shipped stack that stands for the framework.
    public var stack: String
    /// Settings that were not understood; they may or may not matter.
    public var unread: [Unread] = []
    /// Settings that change time or memory and are not modelled.
    public var unmodelled: [Unmodelled] = []
    /// Keys of the strategy, and `global-batch-size`, that the file does not state, with why they are as they are.
    public var defaults: [String: String] = [:]
    /// What was assumed, one sentence each.
    public var notes: [String] = []

    init(_ framework: Framework, stack: String) {
        self.framework = framework
        self.stack = stack
    }

    /// The configuration that a text such as `megatron:pretrain.sh` names: a framework, a colon and a path.
    ///
    /// - Throws: `DocumentError` where the framework is unknown or the file cannot be read.
    public static func read(spec: String) throws(DocumentError) -> UserConfiguration {
        let sides = spec.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let framework = Framework(rawValue: sides[0]), sides.count == 2, !sides[1].isEmpty else {
            throw DocumentError(
                SourceLocation(file: spec),
                .invalid(
                    "'\(spec)' is no framework with a file", remedy: "write one of \(spellings)"))
        }
        // A file of Python may hold several configurations, of which one is named behind it.
        if framework == .torchtitan, let match = sides[1].wholeMatch(of: /(.+\.py):([A-Za-z_][A-Za-z0-9_]*)/) {
            let file = String(match.1)
            return try TorchTitanReader(text: TextFile.read(path: file), file: file, function: String(match.2)).configuration()
        }
        return try parse(text: TextFile.read(path: sides[1]), file: sides[1], framework)
    }

    /// The configuration that a text holds; `file` is its name in messages.
    public static func parse(text: String, file: String, _ framework: Framework) throws(DocumentError) -> UserConfiguration {
        switch framework {
        case .megatron: try MegatronReader(text: text, file: file).configuration()
        case .capture: try captured(TrainingScript(CapturedStarts.parse(text: text, file: file), file: file), file: file)
        case .torchtitan: try TorchTitanReader(text: text, file: file).configuration()
        case .deepspeed: try DeepSpeedReader(JSONDocument.parse(text: text, file: file)).configuration()
        case .accelerate:
            try TrainerLaunch.isMeant(text)
                ? TrainerLaunch.configuration(text: text, file: file, framework)
                : AccelerateReader(YAMLDocument.parse(text: text, file: file), files: NamedFiles(beside: file)).configuration()
        case .automodel: try AutomodelReader(YAMLDocument.parse(text: text, file: file)).configuration()
        case .llamaFactory: try trainer(.llamaFactory, text: text, file: file, framework)
        case .axolotl: try trainer(.axolotl, text: text, file: file, framework)
        case .trl: try trainer(.trl, text: text, file: file, framework)
        case .nanotron: try NanotronReader(YAMLDocument.parse(text: text, file: file)).configuration()
        case .nemo, .bridge: try NeMoReader(text: text, file: file, framework).configuration()
        case .torchtune: try TorchtuneReader(YAMLDocument.parse(text: text, file: file)).configuration()
        }
    }

    /// A trainer's own file, or the command that starts it.
    private static func trainer(
        _ kind: TrainerReader.Kind, text: String, file: String, _ framework: Framework
    ) throws(DocumentError) -> UserConfiguration {
        if TrainerLaunch.isMeant(text) { return try TrainerLaunch.configuration(text: text, file: file, framework) }
        let node = try file.hasSuffix(".json") ? JSONDocument.parse(text: text, file: file) : YAMLDocument.parse(text: text, file: file)
        return try TrainerReader(node, kind, files: NamedFiles(beside: file)).configuration(framework)
    }

    /// What captured programs train: with TorchTitan where one of them is it, with a trainer of Hugging Face's, otherwise with Megatron.
    private static func captured(_ script: TrainingScript, file: String) throws(DocumentError) -> UserConfiguration {
        if let launch = try TorchTitanLaunch(script, file: file) {
            return try TorchTitanReader(launch.result, file: file).configuration()
        }
        if let launch = FileLaunch(script) { return try launch.configuration() }
        if let launch = TrainerLaunch(script) { return try launch.configuration(file: file) }
        return try MegatronReader(script: script, file: file).configuration()
    }
}

extension UserConfiguration {
    /// Everything that a rank owns on the host, as PyTorch's fully sharded training offloads it.
    static let shardsOnHost = Offload(optimizerPercent: 100, parameters: true)
}
