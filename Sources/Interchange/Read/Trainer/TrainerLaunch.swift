import Documents

/// Reads how trainers on Hugging Face's Trainer are started: by Accelerate, whose options and file shard, and by flags, overrides and files of
/// their own.
struct TrainerLaunch {
    private let command: TrainingCommand
    private let notes: [String]
    /// Whose settings the program takes; nil where it takes its own.
    private let kind: TrainerReader.Kind?

    /// Whether a text starts a program, rather than being a document.
    static func isMeant(_ text: String) -> Bool {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }
        if lines.first?.hasPrefix("#!") ?? false { return true }
        let words = [
            "accelerate launch", "accelerate.commands.launch", "llamafactory-cli ", "axolotl train", "trl sft", "trl dpo", "trl grpo",
            "trl kto",
            "trl reward", "torchrun ", "deepspeed --", "python ",
        ]
        return lines.contains { line in !line.hasPrefix("#") && words.contains { line.contains($0) } }
    }

    /// What a script starts.
    ///
    /// - Throws: `DocumentError` where it starts no such trainer.
    static func configuration(
        text: String, file: String, _ framework: UserConfiguration.Framework
    ) throws(DocumentError) -> UserConfiguration {
        let script = try TrainingScript(text: text, file: file)
        guard let launch = TrainerLaunch(script) else {
            throw DocumentError(
                SourceLocation(file: file),
                .invalid(
                    "no command of the file starts a trainer on Hugging Face's Trainer",
                    remedy: "read a script of Megatron-LM with megatron:\(file)"))
        }
        var result = try launch.configuration(file: file)
        result.framework = framework
        return result
    }

    /// The trainer among the programs of a script; nil where there is none.
    init?(_ script: TrainingScript) {
        guard let command = script.commands.first(where: { Self.kind($0) != nil || $0.accelerate != nil && !Self.isMegatron($0) }) else {
            return nil
        }
        self.command = command
        notes = script.notes.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }
        kind = Self.kind(command)
    }

    private static func names(_ command: TrainingCommand) -> Set<String> {
        Set(command.arguments.lazy.filter { $0.text.hasPrefix("--") }.map { TrainingCommand.flag($0.text) })
    }

    private static func isMegatron(_ command: TrainingCommand) -> Bool { names(command).contains("num-layers") }

    private static func kind(_ command: TrainingCommand) -> TrainerReader.Kind? {
        let program = command.program
        let last = program.split(separator: "/").last.map(String.init) ?? program
        if last == "llamafactory-cli" || program.hasPrefix("llamafactory.") || last == "train_bash.py" { return .llamaFactory }
        if last == "axolotl" || program.hasPrefix("axolotl.cli") { return .axolotl }
        if last == "trl" { return .trl }
        let flags = names(command)
        if isMegatron(command) { return nil }
        if !flags.isDisjoint(with: ["finetuning-type", "cutoff-len"]) { return .llamaFactory }
        // `src/train.py FILE` is LLaMA-Factory's.
        if last == "train.py", let first = command.arguments.first?.text, first.hasSuffix(".yaml") || first.hasSuffix(".json") {
            return .llamaFactory
        }
        if program.hasSuffix("trl/scripts/sft.py") || program.hasPrefix("trl.scripts") { return .trl }
        return flags.isDisjoint(with: ["per-device-train-batch-size", "model-name-or-path", "per-gpu-train-batch-size"]) ? nil : .arguments
    }

    /// Everything that the command says.
    func configuration(file: String) throws(DocumentError) -> UserConfiguration {
        let files = NamedFiles(command.files)
        var result: UserConfiguration
        var arguments = command.arguments[...]
        var entries = ConfigurationEntries()
        var launcher: String?
        if let kind { launcher = try take(kind, &arguments, &entries, files) }
        if command.accelerate != nil || launcher != nil {
            let options = command.accelerate ?? [ShellWord(text: "--config_file=\(launcher ?? "")", location: command.location)]
            result = try AccelerateFlags(options, files, command.location).configuration(isProgramRead: kind != nil)
        } else {
            result = UserConfiguration(.trl, stack: "transformers")
            result.strategy["optimizer-sharding"] = "none"
        }
        result.gpus = result.gpus ?? command.gpus
        result.origin = UserConfiguration.Origin(location: command.location, program: command.program)
        if let kind {
            try entries.set(flags: arguments) { $0 == "config" && kind == .trl || $0 == "launcher" || $0 == "local_rank" ? nil : $0 }
            try TrainerReader(entries.node(file), kind, files: files).apply(to: &result)
        } else {
            let flags = arguments.filter { $0.text.hasPrefix("--") }
            result.unread += flags.map { UserConfiguration.Unread(name: "--\(TrainingCommand.flag($0.text))", location: $0.location) }
            result.notes.append("Batch, sequences and model are the program's own, whose flags are not known.")
        }
        result.notes += notes
        return result
    }

    /// Takes the file of a trainer, and overrides behind it; gives Accelerate's file where the trainer is told it.
    private func take(
        _ kind: TrainerReader.Kind, _ arguments: inout ArraySlice<ShellWord>, _ entries: inout ConfigurationEntries, _ files: NamedFiles
    ) throws(DocumentError) -> String? {
        // `--` ends what is the trainer's; the rest is a launcher's.
        if let end = arguments.firstIndex(where: { $0.text == "--" }) { arguments = arguments[..<end] }
        var rest: [ShellWord] = []
        var accelerate: String?
        var before = ""
        for word in arguments {
            defer { before = word.text }
            let flag = TrainingCommand.flag(before)
            if before.hasPrefix("--"), flag == "accelerate-config" {
                accelerate = word.text
                rest.removeLast()
            } else if before.hasPrefix("--"), flag == "config" {
                try read(word, &entries, files)
                rest.removeLast()
            } else if word.text.hasSuffix(".yaml") || word.text.hasSuffix(".yml") || word.text.hasSuffix(".json"), !before.hasPrefix("--") {
                try read(word, &entries, files)
            } else if !word.text.hasPrefix("-"), !before.hasPrefix("-"), let equals = word.text.firstIndex(of: "="), kind == .llamaFactory {
                entries.set(String(word.text[..<equals]), [String(word.text[word.text.index(after: equals)...])], word.location)
            } else if before.isEmpty, ["train", "sft"].contains(word.text) {
                continue
            } else {
                if before.isEmpty, kind == .trl, !word.text.hasPrefix("-") {
                    throw DocumentError(
                        word.location,
                        .invalid(
                            "trl \(word.text): training by preferences or rewards cannot be priced", remedy: "name a supervised fine-tuning"
                        ))
                }
                rest.append(word)
            }
        }
        arguments = rest[...]
        return accelerate
    }

    private func read(_ word: ShellWord, _ entries: inout ConfigurationEntries, _ files: NamedFiles) throws(DocumentError) {
        guard let node = try files.document(word.text) else {
            throw DocumentError(
                word.location,
                .invalid("the configuration \(word.text) that it names is not there", remedy: "put it where it is named, or read it itself")
            )
        }
        entries.set(topOf: node)
    }
}
