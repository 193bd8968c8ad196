import Documents

/// Programs that are given all that they train with in a file, and overrides of it: `tune run RECIPE --config FILE key=value` and nanotron's
/// `run_train.py --config-file FILE`.
struct FileLaunch {
    private let command: TrainingCommand
    private let file: ShellWord

    /// The program among those of a script; nil where there is none that names its file.
    init?(_ script: TrainingScript) {
        for command in script.commands where command.program == "tune" || command.program.hasSuffix("run_train.py") {
            let words = command.arguments
            for index in words.indices where words[index].text.hasPrefix("--config") {
                if let equals = words[index].text.firstIndex(of: "=") {
                    var word = words[index]
                    word.text = String(word.text[word.text.index(after: equals)...])
                    (self.command, file) = (command, word)
                    return
                }
                if index + 1 < words.count {
                    (self.command, file) = (command, words[index + 1])
                    return
                }
            }
        }
        return nil
    }

    /// What the file and its overrides say.
    ///
    /// - Throws: `DocumentError` where the file is not there.
    func configuration() throws(DocumentError) -> UserConfiguration {
        guard let node = try NamedFiles(command.files).document(file.text) else {
            throw DocumentError(
                file.location,
                .invalid("the configuration \(file.text) that it names is not there", remedy: "put it where it is named, or read it itself")
            )
        }
        let isTune = command.program == "tune"
        var result: UserConfiguration
        if isTune {
            var entries = ConfigurationEntries()
            entries.set(node)
            for word in command.arguments where !word.text.hasPrefix("-") {
                guard let equals = word.text.firstIndex(of: "=") else { continue }
                let value = String(word.text[word.text.index(after: equals)...])
                let plain = ["True": "true", "False": "false", "None": "null"]
                entries.set(String(word.text[..<equals]), [plain[value] ?? value], word.location)
            }
            result = try TorchtuneReader(entries.node(file.location.file)).configuration()
        } else {
            result = try NanotronReader(node).configuration()
        }
        result.gpus = result.gpus ?? command.gpus
        result.origin = UserConfiguration.Origin(location: command.location, program: command.program)
        return result
    }
}
