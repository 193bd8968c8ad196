import Documents
import Parallelism
import Workload

/// Reads a Megatron-LM script or list of arguments.
struct MegatronReader {
    /// A flag as it stands in the file.
    struct Flag {
        var values: [ShellWord]
        var location: SourceLocation
    }

    private var flags: [String: Flag] = [:]
    private var order: [String] = []
    private let file: String
    private var asked: Set<String> = []

    init(text: String, file: String) {
        self.file = file
        var current: String?
        for word in ArgumentLines.of(text, file: file) ?? ShellWords.of(text, file: file) {
            if word.isEnd {
                current = nil
            } else if word.text.hasPrefix("--"), word.text.count > 2 {
                let sides = word.text.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                let name = ShellWord.shown(sides[0]).replacing("_", with: "-")
                if flags[name] == nil { order.append(name) }
                flags[name] = Flag(values: [], location: word.location)
                if sides.count == 2 {
                    flags[name]?.values = [ShellWord(text: sides[1], location: word.location)]
                }
                current = sides.count == 2 ? nil : name
            } else if let name = current {
                flags[name]?.values.append(word)
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
        return flags[name] != nil
    }

    /// The first word of a flag.
    mutating func text(_ name: String) throws(DocumentError) -> String? {
        asked.insert(name)
        guard let flag = flags[name] else { return nil }
        guard let word = flag.values.first else {
            throw DocumentError(flag.location, .invalid("--\(name) has no value", remedy: "write one behind it"))
        }
        if let unknown = word.unknown {
            throw DocumentError(
                word.location, .invalid("the value of --\(name) is \(unknown.rawValue)", remedy: "write the number itself"))
        }
        return word.text
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
        return flags[name]?.values.map { ShellWord.shown($0.text) } ?? []
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
