public import Documents

/// Programs that a user's own script would have started: `meshwright.capture/1`.
public struct CapturedStarts: Hashable, Sendable {
    /// The contract that documents name.
    public static let schema = "meshwright.capture/1"

    /// A program that would have been started.
    public struct Start: Hashable, Sendable {
        /// Its name and arguments.
        public var words: [String]
        /// The folder it would have been started in.
        public var directory: String
        /// Variables of its environment that launchers and frameworks look at.
        public var environment: [String: String]

        /// A start from its parts.
        public init(words: [String], directory: String, environment: [String: String]) {
            self.words = words
            self.directory = directory
            self.environment = environment
        }
    }

    /// The command that was run.
    public var command: [String]
    /// What it would have started, in order.
    public var starts: [Start]

    /// What a command would have started.
    public init(command: [String], starts: [Start]) {
        self.command = command
        self.starts = starts
    }

    /// Whether a variable is kept: those of launchers and frameworks, and none that may be a secret.
    public static func keeps(variable name: String) -> Bool {
        let beginnings = ["CUDA_", "NCCL_", "SLURM_", "OMPI_", "PMI_", "NVTE_", "TORCH_", "GLOO_", "UCX_", "MASTER_", "PET_"]
        let names: Set = [
            "WORLD_SIZE", "RANK", "LOCAL_RANK", "NNODES", "NODE_RANK", "NPROC_PER_NODE", "GPUS_PER_NODE", "OMP_NUM_THREADS",
            "PYTORCH_CUDA_ALLOC_CONF",
        ]
        let isSecret = ["TOKEN", "KEY", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL"].contains { name.uppercased().contains($0) }
        return !isSecret && (names.contains(name) || beginnings.contains { name.hasPrefix($0) })
    }

    /// The document.
    public var document: YAMLContent {
        [
            "schema": .text(Self.schema), "command": .list(command.map { .text($0) }),
            "started": .list(
                starts.map { start in
                    [
                        "arguments": .list(start.words.map { .text($0) }), "directory": .text(start.directory),
                        "environment": .mapping(start.environment.sorted { $0.key < $1.key }.map { YAMLField($0.key, .text($0.value)) }),
                    ]
                }),
        ]
    }

    /// Reads a document.
    ///
    /// - Throws: `DocumentError` where it is none.
    public static func parse(text: String, file: String) throws(DocumentError) -> CapturedStarts {
        try YAMLDocument.parse(text: text, file: file).object(as: "a capture") { root throws(DocumentError) in
            let schema = try root.required("schema", .string)
            guard schema == Self.schema else {
                throw DocumentError(
                    root.location(of: "schema"), .unknownChoice(schema, nearest: nil, legal: [Self.schema]))
            }
            let text = YAMLType<String>.string
            let command = try root.required("command", .list(of: text))
            let starts = try root.required("started", .list(of: .node))
            var read: [Start] = []
            for node in starts {
                let start = try MappingReader(node, as: "a program that was started")
                var environment: [String: String] = [:]
                if let variables = try start.optional("environment", .node) {
                    let reader = try MappingReader(variables, as: "variables")
                    for key in reader.keys { environment[key.text] = try reader.required(key.text, text) }
                }
                read.append(
                    Start(
                        words: try start.required("arguments", .list(of: text, count: 1...1_000_000)),
                        directory: try start.required("directory", text), environment: environment))
            }
            return CapturedStarts(command: command, starts: read)
        }
    }
}

extension TrainingScript {
    /// What captured programs train.
    init(_ captured: CapturedStarts, file: String) throws(DocumentError) {
        let place = SourceLocation(file: file)
        var found: [TrainingCommand] = []
        for start in captured.starts {
            // What a launcher starts in turn sees the environment of the launcher.
            var reader = LauncherReader(ShellEvaluator(stated: start.environment))
            let words = start.words.map { ShellWord(text: $0, location: place) }
            found += try reader.commands(of: ShellEvaluator.Launch(words: words, environment: start.environment))
        }
        self.init(candidates: found, notes: [])
    }
}
