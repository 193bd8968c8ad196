public import Documents

/// What a training run wrote: how long its steps took, how much memory it held, and how it was configured.
public struct TrainingLog: Sendable {
    /// A framework whose logs can be read.
    public enum Framework: String, CaseIterable, Hashable, Sendable {
        /// Megatron-LM, and what is built on its training loop.
        case megatron
        /// TorchTitan.
        case torchtitan
    }

    /// A step, or the mean of those since the last line.
    public struct Step: Hashable, Sendable {
        /// Its number, from 1.
        public var iteration: Int
        /// Its time in s; nil where the log states tokens per second instead.
        public var seconds: Double?
        /// Tokens a second and GPU; nil where the log states times instead.
        public var tokensPerSecond: Double?
        /// The line that says so.
        public var line: Int
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

    /// The log that a text such as `megatron:run.log` names.
    ///
    /// - Throws: `DocumentError` where the framework is unknown, the file cannot be read, or it is no log of that framework.
    public static func read(spec: String) throws(DocumentError) -> TrainingLog {
        let sides = spec.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let framework = Framework(rawValue: sides[0]), sides.count == 2, !sides[1].isEmpty else {
            let legal = Framework.allCases.map { "\($0.rawValue):FILE" }.joined(separator: " or ")
            throw DocumentError(SourceLocation(file: spec), .invalid("'\(spec)' is no framework with a log", remedy: "write \(legal)"))
        }
        return try parse(text: TextFile.readLossily(path: sides[1]), file: sides[1], framework)
    }

    /// The log that a text holds; `file` is its name in messages.
    public static func parse(text: String, file: String, _ framework: Framework) throws(DocumentError) -> TrainingLog {
        guard text.utf8.contains(where: { $0 > 0x20 }) else {
            throw DocumentError.log(file, 1, "the log is empty", "name one that training wrote")
        }
        var reader = TrainingLogReader(file: file, framework)
        try reader.read(text)
        return try reader.log(text)
    }
}
