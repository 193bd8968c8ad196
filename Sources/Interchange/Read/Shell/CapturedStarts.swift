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

        /// Configuration files that its arguments name, and files that those name, by the names as they are spelt.
        public var files: [String: String]

        /// A start from its parts.
        public init(words: [String], directory: String, environment: [String: String], files: [String: String] = [:]) {
            self.words = words
            self.directory = directory
            self.environment = environment
            self.files = files
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

    /// A configuration file in which values whose key speaks of a key, token or password are withheld; numbers are none.
    public static func withoutSecrets(_ text: String) -> String {
        let key =
            #/(?i)(["']?[\w.-]*(?:token|secret|passw(?:or)?d|api[_-]?key|credentials?)["']?\s*[:=]\s*)("[^"\n]*"|'[^'\n]*'|[^\s"',{}\[\]#][^\s,}\]#]*)/#
        return text.replacing(key) { match in
            let isPlain = Double(match.2) != nil || ["true", "false", "null"].contains(match.2.lowercased())
            return isPlain ? String(match.0) : match.1 + "\"withheld\""
        }
    }

    /// The document.
    public var document: YAMLContent {
        func table(_ values: [String: String]) -> YAMLContent {
            .mapping(values.sorted { $0.key < $1.key }.map { YAMLField($0.key, .text($0.value)) })
        }
        return [
            "schema": .text(Self.schema), "command": .list(command.map { .text($0) }),
            "started": .list(
                starts.map { start in
                    [
                        "arguments": .list(start.words.map { .text($0) }), "directory": .text(start.directory),
                        "environment": table(start.environment), "files": table(start.files),
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
                func table(_ key: String) throws(DocumentError) -> [String: String] {
                    guard let node = try start.optional(key, .node) else { return [:] }
                    let reader = try MappingReader(node, as: key)
                    var values: [String: String] = [:]
                    for key in reader.keys { values[key.text] = try reader.required(key.text, text) }
                    return values
                }
                read.append(
                    Start(
                        words: try start.required("arguments", .list(of: text, count: 1...1_000_000)),
                        directory: try start.required("directory", text), environment: try table("environment"),
                        files: try table("files")))
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
            var shell = ShellEvaluator(stated: start.environment)
            for (name, text) in start.files { shell.files[ShellEvaluator.plainPath(name)] = ShellValue(text) }
            var reader = LauncherReader(shell)
            let words = start.words.map { ShellWord(text: $0, location: place) }
            var commands = try reader.commands(of: ShellEvaluator.Launch(words: words, environment: start.environment))
            for index in commands.indices where commands[index].gpus == nil { commands[index].gpus = SlurmRequest.gpus(start.environment) }
            found += commands
        }
        self.init(candidates: found, notes: [])
    }
}
