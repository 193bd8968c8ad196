import Documents
import Parallelism
import Workload

/// Reads a Megatron-LM script or list of arguments.
struct MegatronReader {
    /// A flag as it stands in the file.
    struct Flag {
        var values: [ShellWord]
        var location: SourceLocation
        /// Why it may not be given.
        var maybe: ShellDoubt?
    }

    private var flags: [String: Flag] = [:]
    private var order: [String] = []
    private let file: String
    private var asked: Set<String> = []

    /// What was assumed while the file was read, one sentence each.
    private var notes: [String] = []
    private var gpus: Int?
    private var switches: Set<String> = []

    /// The flags of the training that a script, a list of arguments or a YAML file of Megatron's own tests starts.
    ///
    /// - Throws: `DocumentError` where the file is not understood, or starts several trainings that differ.
    init(text: String, file: String) throws(DocumentError) {
        if let flags = try MegatronYAML.flags(text: text, file: file) {
            self.init(flags: flags, file: file)
            return
        }
        try self.init(script: TrainingScript(text: text, file: file), file: file)
    }

    /// The flags of the training that commands start, captured or read from a script.
    ///
    /// - Throws: `DocumentError` where they start trainings that differ.
    init(script: TrainingScript, file: String) throws(DocumentError) {
        var readers = script.commands.map { MegatronReader(command: $0, file: file) }
        let first = readers.first?.essentials
        if let other = readers.dropFirst().first(where: { $0.essentials != first }) {
            let places = ([readers[0], other]).map { "line \($0.start.line)" }.joined(separator: " and ")
            throw DocumentError(
                other.start,
                .invalid("the file starts trainings that differ, at \(places)", remedy: "leave one of them in the file"))
        }
        self = readers.isEmpty ? MegatronReader(flags: [], file: file) : readers.removeFirst()
        notes += script.notes.map { Self.sentence($0) }
    }

    private static func sentence(_ note: String) -> String { note.prefix(1).uppercased() + note.dropFirst() + "." }

    private var start = SourceLocation(file: "")

    /// Flags with their values, less those that change nothing that is predicted.
    private var essentials: [String: [String]] {
        Dictionary(uniqueKeysWithValues: flags.filter { !Self.isIrrelevant($0.key) }.map { ($0.key, $0.value.values.map(\.text)) })
    }

    private init(command: TrainingCommand, file: String) {
        self.file = file
        start = command.location
        gpus = command.gpus
        var current: String?
        for word in command.arguments {
            if word.text.hasPrefix("--"), word.text.count > 2 {
                let sides = word.text.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                let name = sides[0].replacing("_", with: "-")
                if flags[name] == nil { order.append(name) }
                flags[name] = Flag(values: [], location: word.location, maybe: word.maybe ?? command.maybe)
                if sides.count == 2 {
                    flags[name]?.values = [ShellWord(text: sides[1], location: word.location, unknown: word.unknown, maybe: word.maybe)]
                }
                current = sides.count == 2 ? nil : name
            } else if let name = current, word.unknown == nil || flags[name]?.values.isEmpty ?? false {
                flags[name]?.values.append(word)
            } else if let unknown = word.unknown {
                notes.append("\(word.text) is taken to hold no flags (\(unknown.location)).")
            }
        }
    }

    /// A flag by its name without dashes.
    struct NamedFlag {
        var name: String
        var values: [ShellWord] = []
        var location: SourceLocation
    }

    /// Flags that stand elsewhere than in a script; the last of a name wins.
    init(flags: [NamedFlag], file: String) {
        self.file = file
        for flag in flags {
            if self.flags.updateValue(Flag(values: flag.values, location: flag.location), forKey: flag.name) == nil {
                order.append(flag.name)
            }
        }
    }

    /// A switch.
    mutating func has(_ name: String) -> Bool {
        asked.insert(name)
        switches.insert(name)
        return flags[name] != nil
    }

    /// The first word of a flag.
    mutating func text(_ name: String) throws(DocumentError) -> String? {
        asked.insert(name)
        guard let flag = flags[name] else { return nil }
        guard let word = flag.values.first else {
            throw DocumentError(flag.location, .invalid("--\(name) has no value", remedy: "write one behind it"))
        }
        if let unknown = word.unknown { throw Self.uncertain("the value of --\(name)", unknown, word.location) }
        return word.text
    }

    private static func uncertain(_ what: String, _ doubt: ShellDoubt, _ place: SourceLocation) -> DocumentError {
        DocumentError(
            place,
            .invalid(
                "\(what) depends on \(doubt.what)\(doubt.location == place ? "" : " (\(doubt.location))")",
                remedy: "write the value itself, or set the variable at the top of the file"))
    }

    /// Refuses flags that matter and whose presence or values only the machine would know.
    private mutating func refuseDoubts() throws(DocumentError) {
        for name in order where asked.contains(name) {
            guard let flag = flags[name] else { continue }
            if let doubt = flag.maybe ?? flag.values.lazy.compactMap(\.maybe).first {
                throw Self.uncertain("whether --\(name)\(flag.values.map { " \($0.text)" }.joined()) is given", doubt, flag.location)
            }
            guard let word = flag.values.first(where: { $0.unknown != nil }), let doubt = word.unknown else { continue }
            guard switches.contains(name) else { throw Self.uncertain("the value of --\(name)", doubt, word.location) }
            notes.append("\(word.text) is taken to hold no flags (\(doubt.location)).")
        }
    }

    /// The number of a flag.
    mutating func number(_ name: String) throws(DocumentError) -> Int? {
        guard let text = try text(name) else { return nil }
        guard let number = Int(text), (0...1_000_000_000).contains(number) else {
            let location = flags[name]?.values.first?.location ?? SourceLocation(file: file)
            throw DocumentError(location, .wrongType(found: "'\(text)'", expected: "a whole number for --\(name)"))
        }
        return number
    }

    /// All words of a flag.
    mutating func words(_ name: String) -> [String] {
        asked.insert(name)
        return flags[name]?.values.map(\.text) ?? []
    }

    /// Where a flag stands.
    func location(_ name: String) -> SourceLocation { flags[name]?.location ?? SourceLocation(file: file) }

    /// Everything that the file says.
    func configuration() throws(DocumentError) -> UserConfiguration {
        var reader = self
        var result = UserConfiguration(.megatron, stack: "megatron-core")
        guard !flags.isEmpty else {
            throw DocumentError(
                SourceLocation(file: file), .invalid("the file has no flags", remedy: "name the script that calls pretrain_gpt.py"))
        }
        try reader.readStrategy(&result)
        try reader.readJob(&result)
        result.model = try reader.model(named: Self.name(of: file), &result)
        try reader.refuseDoubts()
        result.gpus = result.gpus ?? reader.gpus
        result.notes += reader.notes
        result.unread = reader.order.filter { !reader.asked.contains($0) && !Self.isIrrelevant($0) }.map {
            UserConfiguration.Unread(name: "--\($0)", location: reader.location($0))
        }
        return result
    }

    private static func name(of file: String) -> String {
        let base = file.split(separator: "/").last.map(String.init) ?? file
        return base.split(separator: ".").first.map(String.init) ?? base
    }

    /// Flags of learning, data, files and logs, which change neither times nor memory much, and those of the launcher.
    private static func isIrrelevant(_ name: String) -> Bool {
        let beginnings = [
            "lr", "min-lr", "data", "train", "valid", "test", "save", "load", "log", "eval", "tensorboard", "wandb", "seed", "tokenizer",
            "vocab", "merge", "weight-decay", "adam", "clip", "init", "split", "ckpt", "dist-ckpt", "nproc", "nnodes", "node", "master",
            "rdzv", "exit", "distributed", "mock", "dataloader", "num-workers", "moe-aux", "moe-z", "moe-router", "rotary", "use-mcore",
            "no-load", "no-save", "timing", "attention-dropout", "hidden-dropout", "no-create", "override", "make-vocab", "async-save",
            "manual-gc", "finetune", "auto-detect", "one-logger", "use-checkpoint", "finish", "norm-epsilon", "beta", "mscale",
        ]
        return beginnings.contains { name == $0 || name.hasPrefix("\($0)-") }
    }
}
