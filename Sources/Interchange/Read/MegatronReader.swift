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
        /// What the vocabulary says of it; nil where it does not know it.
        var entry: FlagEntry?

        /// Whether it changes nothing as it is given.
        var isNeutral: Bool {
            guard let entry else { return false }
            return entry.effect == .nothing || entry.neutral.contains(values.first?.text ?? "")
        }
    }

    private var flags: [String: Flag] = [:]
    private var order: [String] = []
    private let file: String
    private var asked: Set<String> = []

    /// What was assumed while the file was read, one sentence each.
    private var notes: [String] = []
    private var gpus: Int?
    private var switches: Set<String> = []
    /// What stands where flags do and is not known.
    private var hidden: (word: ShellWord, doubt: ShellDoubt)?
    /// DeepSpeed's own file.
    private(set) var settings: ShellEvaluator.ScriptFile?

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
        if let first = readers.first, let other = readers.dropFirst().first(where: { $0.essentials != first.essentials }) {
            throw Self.different(first, other)
        }
        self = readers.isEmpty ? MegatronReader(flags: [], file: file) : readers.removeFirst()
        notes += script.notes.map { Self.sentence($0) }
    }

    private static func sentence(_ note: String) -> String { note.prefix(1).uppercased() + note.dropFirst() + "." }

    /// Where the command that trains stands, and its program.
    private var start = SourceLocation(file: "")
    private var program: String?

    /// The refusal of two trainings, with the first flag in which they differ.
    private static func different(_ first: MegatronReader, _ other: MegatronReader) -> DocumentError {
        let (mine, its) = (first.essentials, other.essentials)
        let name = Set(mine.keys).union(its.keys).sorted().first { mine[$0] != its[$0] } ?? ""
        func said(_ words: [String]?) -> String { words.map { (["--\(name)"] + $0).joined(separator: " ") } ?? "no --\(name)" }
        let places = first.start.line == other.start.line ? "" : ", at line \(first.start.line) and line \(other.start.line)"
        return DocumentError(
            other.start,
            .invalid(
                "the file starts trainings that differ\(places): one with \(said(mine[name])), one with \(said(its[name]))",
                remedy: "leave one of them in the file"))
    }

    /// Flags with their values, less those that change nothing that is predicted.
    private var essentials: [String: [String]] { flags.filter { !$0.value.isNeutral }.mapValues { $0.values.map(\.text) } }

    private init(command: TrainingCommand, file: String) {
        self.file = file
        start = command.location
        program = command.program
        gpus = command.gpus
        settings = command.settings
        var current: String?
        for word in command.arguments {
            if word.text.hasPrefix("--"), word.text.count > 2 {
                let sides = word.text.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                var flag = Flag(values: [], location: word.location, maybe: word.maybe ?? command.maybe)
                if sides.count == 2 {
                    flag.values = [ShellWord(text: sides[1], location: word.location, unknown: word.unknown, maybe: word.maybe)]
                }
                let name = add(flag, spelt: sides[0].replacing("_", with: "-"))
                current = sides.count == 2 ? nil : name
            } else if let name = current, let flag = flags[name], flag.takes(word) {
                flags[name]?.values.append(word)
            } else if let unknown = word.unknown {
                // A word of which a part is known is a value or a path.
                guard unknown.isUnset || word.pieces.count > 1 else {
                    hidden = hidden ?? (word, unknown)
                    continue
                }
                notes.append("\(word.text) is taken to hold no flags (\(unknown.location)).")
            } else if let name = current, let flag = flags[name], flag.entry != nil, word.maybe == nil {
                notes.append("'\(word.text)' (\(word.location)) stands behind --\(flag.entry?.spelling ?? name) and belongs to no flag.")
            }
        }
    }

    /// Takes a flag by any of its spellings, the last of a name or the one by its own name; gives its name, or nil where it does not count.
    private mutating func add(_ flag: Flag, spelt spelling: String) -> String? {
        var flag = flag
        flag.entry = MegatronFlags.table.entries[spelling]
        let name = flag.entry?.name ?? spelling
        if let present = flags[name]?.entry, present.spelling == name, spelling != name { return nil }
        if flags.updateValue(flag, forKey: name) == nil { order.append(name) }
        return name
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
            let values = flag.values.map { word in
                var word = word
                word.unknown = word.unknown ?? UnsetVariable.doubt(in: word.text).map { ShellDoubt(what: $0, location: word.location) }
                return word
            }
            _ = add(Flag(values: values, location: flag.location), spelt: flag.name)
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
            throw DocumentError(flag.location, .invalid("--\(spelling(name)) has no value", remedy: "write one behind it"))
        }
        if let unknown = word.unknown { throw Self.uncertain("the value of --\(spelling(name))", unknown, word.location) }
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
                throw Self.uncertain(
                    "whether --\(spelling(name))\(flag.values.map { " \($0.text)" }.joined()) is given", doubt, flag.location)
            }
            guard let word = flag.values.first(where: { $0.unknown != nil }), let doubt = word.unknown else { continue }
            guard switches.contains(name), doubt.isUnset else {
                throw Self.uncertain("the value of --\(spelling(name))", doubt, word.location)
            }
            notes.append("\(word.text) is taken to hold no flags (\(doubt.location)).")
        }
    }

    /// The number of a flag.
    mutating func number(_ name: String) throws(DocumentError) -> Int? {
        guard let text = try text(name) else { return nil }
        guard let number = Int(text), (0...1_000_000_000).contains(number) else {
            let location = flags[name]?.values.first?.location ?? SourceLocation(file: file)
            throw DocumentError(location, .wrongType(found: "'\(text)'", expected: "a whole number for --\(spelling(name))"))
        }
        return number
    }

    /// All words of a flag.
    mutating func words(_ name: String) -> [String] {
        asked.insert(name)
        return flags[name]?.values.map(\.text) ?? []
    }

    /// The spelling of a flag in the file.
    func spelling(_ name: String) -> String { flags[name]?.entry?.spelling ?? name }

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
        if let (word, doubt) = hidden { throw Self.uncertain("which flags \(word.text) holds", doubt, word.location) }
        try refuseOtherPrograms()
        try refuseOtherModels()
        result.origin = UserConfiguration.Origin(location: start, program: program)
        if program?.contains("pretrain_bert") ?? false {
            result.unmodelled.append(
                UserConfiguration.Unmodelled(
                    name: "pretrain_bert.py", location: start, instead: "attention is priced as causal, with the head of a decoder"))
        }
        try reader.readStrategy(&result)
        try reader.readJob(&result)
        result.model = try reader.model(named: Self.name(of: file), &result)
        try reader.refuseDoubts()
        result.gpus = result.gpus ?? reader.gpus
        result.notes += reader.notes
        result.unread += order.filter { flags[$0]?.entry == nil && !reader.asked.contains($0) }.map {
            UserConfiguration.Unread(
                name: "--\($0)", location: location($0),
                nearest: NearestName.best(for: $0, among: MegatronFlags.table.spellings).map { "--\($0)" })
        }
        // What builds the layers of a hybrid model is read as its pattern.
        let isHybrid = flags["hybrid-layer-pattern"] != nil || flags["hybrid-override-pattern"] != nil
        result.unmodelled += order.compactMap { name in
            if isHybrid, name == "spec" { return nil }
            guard let flag = flags[name], let entry = flag.entry, !flag.isNeutral, case .unmodelled(let why) = entry.effect else {
                return nil
            }
            let words = ["--\(entry.spelling)"] + flag.values.map(\.text)
            return UserConfiguration.Unmodelled(name: words.joined(separator: " "), location: flag.location, instead: why)
        }
        return result
    }

    /// Programs of Megatron-LM whose model is no stack of decoder layers.
    private static let otherModels = [
        "pretrain_t5": "an encoder with a decoder", "pretrain_ict": "two encoders", "pretrain_retro": "a decoder with a retriever",
        "pretrain_vision": "a model of pictures", "pretrain_vlm": "a model of pictures and text",
        "pretrain_mimo": "a model of pictures and text",
    ]

    /// Refuses programs that train other models, or take the flags of Hugging Face's trainer.
    private func refuseOtherPrograms() throws(DocumentError) {
        let name = program?.split(separator: "/").last.map(String.init) ?? ""
        if let (_, what) = Self.otherModels.sorted(by: { $0.key < $1.key }).first(where: { name.hasPrefix($0.key) }) {
            throw DocumentError(
                start,
                .invalid("\(name) trains \(what), which cannot be priced", remedy: "describe the model and its plan by the options instead")
            )
        }
        let others = ["per-device-train-batch-size", "model-name-or-path", "per-device-batch-size"]
        guard let name = order.first(where: others.contains), flags["num-layers"] == nil else { return }
        throw DocumentError(
            location(name),
            .invalid(
                "--\(name.replacing("-", with: "_")) is a flag of Hugging Face's trainer, not of Megatron-LM",
                remedy: "read it with trl:\(file)"))
    }

    /// Refuses flags that make another model or layout than can be priced.
    private func refuseOtherModels() throws(DocumentError) {
        for name in order {
            guard let flag = flags[name], let entry = flag.entry, !flag.isNeutral, case .refused(let why) = entry.effect else { continue }
            throw DocumentError(
                flag.location, .invalid("--\(entry.spelling): \(why)", remedy: "describe the model and its plan by the options instead"))
        }
    }

    private static func name(of file: String) -> String {
        let base = file.split(separator: "/").last.map(String.init) ?? file
        return base.split(separator: ".").first.map(String.init) ?? base
    }
}

extension MegatronReader.Flag {
    /// Whether a word that follows is one of its values.
    func takes(_ word: ShellWord) -> Bool {
        switch entry?.arity {
        case .none?: false
        case .one: values.isEmpty
        case .many, nil: word.unknown == nil || values.isEmpty
        }
    }
}
