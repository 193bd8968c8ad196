import Documents

/// Settings of TorchTitan by their keys, the last of a key winning.
struct TorchTitanEntries {
    private var keys = ConfigurationEntries()
    /// What was assumed on the way, one sentence each.
    var notes: [String] = []
    /// Whether they are of 0.3 or later, where a file is no longer named.
    var isLater = true

    /// Sets a key, whose sections are joined by dots.
    mutating func set(_ key: String, _ value: YAMLNode, _ location: SourceLocation) { keys.set(key, value, location) }

    /// Sets a key to a word or, where there are several, a list of words.
    mutating func set(_ key: String, _ words: [String], _ location: SourceLocation) { keys.set(key, words, location) }

    /// Sets every key of a document.
    mutating func set(_ node: YAMLNode) { keys.set(node) }

    /// Sets what a shipped configuration states.
    mutating func set(_ shipped: TorchTitanShipped, inTokens: Bool, _ location: SourceLocation) {
        for (key, value) in shipped.settings(inTokens: inTokens) { set(key, [value], location) }
    }

    /// Whether a key is set.
    func has(_ key: String) -> Bool { keys.has(key) }

    /// All settings as one mapping.
    func node(_ file: String) -> YAMLNode { keys.node(file) }

    /// Says whose settings are taken, and what of them is not priced.
    mutating func note(_ module: String, _ function: String) {
        notes.append("What is not stated is as \(function) of TorchTitan 0.3 has it (module \(module)).")
    }

    /// The error of a configuration that is not known.
    static func unknown(_ module: String, _ function: String, _ location: SourceLocation) -> DocumentError {
        let isKnown = TorchTitanShipped.modules.contains(module)
        return DocumentError(
            location,
            .invalid(
                "the settings of '\(function)' of module \(module) are not known",
                remedy: "save them from TorchTitan (--debug.save_config_file) and read that file, or name one of "
                    + (isKnown ? TorchTitanShipped.functions(of: module) : TorchTitanShipped.modules.map { "module \($0)" })
                    .joined(separator: ", ")))
    }
}

/// Reads how TorchTitan is started: `--module llama3 --config llama3_8b --section.key value …` (0.3 and main of August 2026), or
/// `--job.config_file FILE --section.key value …` (until v0.2.2), in a script or alone.
struct TorchTitanLaunch {
    private var settings = TorchTitanEntries()
    private let file: String
    /// Files that a capture has kept, by the names as they are spelt.
    private var kept: [String: ShellEvaluator.ScriptFile] = [:]

    /// Whether a text starts TorchTitan, or is arguments for it, rather than a document.
    static func isMeant(_ text: String) -> Bool {
        if text.contains("torchtitan.train") || text.contains("torchtitan/train.py") || text.contains("run_train.sh") { return true }
        let first = text.split(whereSeparator: \.isNewline).lazy.map { $0.trimmingPrefix(while: \.isWhitespace) }.first {
            !$0.isEmpty && !$0.hasPrefix("#")
        }
        return first?.hasPrefix("--") ?? false
    }

    /// The settings that the start of a text states.
    ///
    /// - Throws: `DocumentError` where it is no shell, or starts several trainings that differ.
    init(text: String, file: String) throws(DocumentError) {
        self.file = file
        if let words = ArgumentLines.of(text, file: file) {
            try read(words, [:])
            return
        }
        var shell = ShellEvaluator()
        try shell.run(ShellParser.parse(text, at: SourceLocation(file: file)))
        var bare: [ShellWord] = []
        var starts: [(words: [ShellWord], environment: [String: String])] = []
        for launch in shell.launches {
            if launch.words[0].text.hasPrefix("--") {
                bare += launch.words
            } else if let program = launch.words.firstIndex(where: { Self.isProgram($0.text) }) {
                starts.append((Array(launch.words[(program + 1)...]), launch.environment))
            }
        }
        if !bare.isEmpty { starts.append((bare, [:])) }
        guard let start = starts.first else {
            throw DocumentError(
                SourceLocation(file: file),
                .invalid(
                    "no command of the file starts TorchTitan", remedy: "it runs torchtitan.train, torchtitan/train.py or run_train.sh"))
        }
        if let other = starts.first(where: { $0.words.map(\.text) != start.words.map(\.text) }) {
            throw DocumentError(
                other.words.first?.location ?? SourceLocation(file: file),
                .invalid("the file starts trainings that differ", remedy: "leave one of them in the file"))
        }
        settings.notes += shell.notes.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }
        try read(start.words, start.environment)
    }

    /// The settings of programs that were captured; nil where none of them is TorchTitan.
    init?(_ script: TrainingScript, file: String) throws(DocumentError) {
        guard let command = script.commands.first(where: { Self.isProgram($0.program) }) else { return nil }
        self.file = file
        kept = command.files
        try read(command.arguments, [:])
    }

    private static func isProgram(_ word: String) -> Bool {
        word == "torchtitan.train" || word.hasSuffix("torchtitan/train.py") || word.split(separator: "/").last == "run_train.sh"
    }

    /// All settings as one mapping, and what was assumed.
    var result: TorchTitanEntries { settings }

    private mutating func read(_ words: [ShellWord], _ environment: [String: String]) throws(DocumentError) {
        var stated: [(key: String, values: [ShellWord], location: SourceLocation)] = []
        for word in words {
            if word.text.hasPrefix("--") {
                let sides = word.text.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                let key = sides[0].replacing("-", with: "_")
                var value = word
                value.text = sides.count == 2 ? sides[1] : ""
                stated.append((key, sides.count == 2 ? [value] : [], word.location))
            } else if let kind = Self.policy(word.text) {
                stated.append(("activation_checkpoint.mode", [ShellWord(text: kind, location: word.location)], word.location))
                if kind == "selective" {
                    stated.append(
                        ("activation_checkpoint.selective_ac_option", [ShellWord(text: "op", location: word.location)], word.location))
                }
            } else if word.unknown != nil, word.text.hasPrefix("$") {
                settings.notes.append("\(word.text) is taken to hold no settings (\(word.location)).")
            } else if !stated.isEmpty {
                stated[stated.count - 1].values.append(word)
            } else {
                throw DocumentError(word.location, .invalid("'\(word.text)' belongs to no setting", remedy: "write --section.key value"))
            }
        }
        for setting in stated {
            if let doubt = setting.values.lazy.compactMap({ $0.unknown ?? $0.maybe }).first {
                throw DocumentError(
                    setting.location, .invalid("the value of \(setting.key) depends on \(doubt.what)", remedy: "write the value itself"))
            }
        }
        func word(_ key: String, _ variable: String) -> String? {
            stated.last { $0.key == key }?.values.first?.text ?? environment[variable]
        }
        let start = words.first?.location ?? SourceLocation(file: file)
        let inTokens = stated.contains {
            ["training.max_context_length", "parallelism.num_pp_microbatches"].contains($0.key) || $0.key.hasPrefix("training.num_tokens")
        }
        if let path = word("job.config_file", "CONFIG_FILE") {
            settings.isLater = false
            settings.set(try document(path, start))
        } else if let function = word("config", "CONFIG") {
            let module = word("module", "MODULE") ?? TorchTitanShipped.module(with: function) ?? "llama3"
            guard let shipped = TorchTitanShipped.configuration(module, function) else {
                throw TorchTitanEntries.unknown(module, function, start)
            }
            settings.set(shipped, inTokens: inTokens, start)
            settings.note(module, function)
        }
        for setting in stated where !["module", "config", "job.config_file"].contains(setting.key) {
            set(setting.key, setting.values.map(\.text), setting.location)
        }
    }

    /// A document that is named relative to the folder of the file, or to where we are.
    private func document(_ path: String, _ location: SourceLocation) throws(DocumentError) -> YAMLNode {
        if let file = kept[path], let text = file.text.known { return try TOMLDocument.parse(text: text, file: path) }
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        for candidate in path.hasPrefix("/") ? [path] : [folder + path, path] {
            guard let text = try? TextFile.read(path: candidate) else { continue }
            return try TOMLDocument.parse(text: text, file: candidate)
        }
        throw DocumentError(
            location,
            .invalid("the configuration \(path) that it names is not there", remedy: "put it where it is named, or read it itself"))
    }

    /// The policy of recomputation that a word of 0.3 chooses: `activation-checkpoint:full`.
    private static func policy(_ word: String) -> String? {
        let sides = word.replacing("_", with: "-").split(separator: ":")
        guard sides.count == 2, sides[0] == "activation-checkpoint" else { return nil }
        return ["none": "none", "full": "full", "selective": "selective", "memory-budget": "memory_budget"][
            sides[1].lowercased().replacing("-ac.config", with: "").replacing(".config", with: "")]
    }

    private mutating func set(_ key: String, _ values: [String], _ location: SourceLocation) {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        // A switch is turned off by `no_` before its last part.
        if values.isEmpty, let last = parts.last, last.hasPrefix("no_"), TorchTitanKeys.table.entry(for: key) == nil {
            let plain = (parts.dropLast() + [last.dropFirst(3)]).joined(separator: ".")
            return settings.set(plain, ["false"], location)
        }
        let words =
            values.isEmpty ? ["true"] : values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: true).map(String.init) }
        let plain = ["True": "true", "False": "false", "None": "null"]
        settings.set(key, words.map { plain[$0] ?? $0 }, location)
    }
}
