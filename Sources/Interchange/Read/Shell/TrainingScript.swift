import Documents

/// A shell script, or a list of arguments, as far as it says how a training is started.
struct TrainingScript {
    /// The commands that start a training, all different.
    var commands: [TrainingCommand]
    /// What was assumed on the way, one sentence each.
    var notes: [String]

    /// Reads a text; `stated` are values of variables that the user gives.
    ///
    /// - Throws: `DocumentError` where it is no shell.
    init(text: String, file: String, stated: [String: String] = [:]) throws(DocumentError) {
        let start = SourceLocation(file: file)
        if let words = ArgumentLines.of(text, file: file) {
            self.init(commands: [TrainingCommand(program: "", arguments: words, location: start)], notes: [])
            return
        }
        let slurm = SlurmRequest(text)
        var shell = ShellEvaluator(stated: slurm.variables.merging(stated) { $1 }, script: file)
        try shell.run(ShellParser.parse(text, at: start))
        var found: [TrainingCommand] = []
        var bare: [ShellWord] = []
        var unread: [ShellWord] = []
        for launch in shell.launches {
            // Lines that are flags alone are one list, with or without signs that they go on.
            if launch.words[0].text.hasPrefix("--") {
                bare += launch.words
                continue
            }
            var reader = LauncherReader(shell)
            found += try reader.commands(of: launch)
            unread += reader.unread
        }
        if let first = bare.first, found.contains(where: { $0.likelihood > 0 }) {
            throw DocumentError(
                first.location,
                .invalid(
                    "\(first.text) belongs to no command: the line before it does not go on here",
                    remedy: "end each line of the command with '\\' and nothing behind it, and put no remark between them"))
        }
        if let first = bare.first { found.append(TrainingCommand(program: "train", arguments: bare, location: first.location)) }
        var notes = shell.notes
        if found.allSatisfy({ $0.likelihood == 0 }) {
            if let script = unread.first {
                throw DocumentError(
                    script.location,
                    .invalid(
                        "\(script.text), which it starts, cannot be read",
                        remedy: "name that file, or run this one through 'meshwright capture'"))
            }
            found = [Self.assignedFlags(shell, file: file)].compactMap { $0 }
            if !found.isEmpty { notes.append("no command of the file starts a training; the flags that its variables hold are read") }
        }
        if let asked = slurm.gpus { for index in found.indices where found[index].gpus == nil { found[index].gpus = asked } }
        self.init(candidates: found, notes: notes)
    }

    /// The likeliest of some commands, each once.
    init(candidates: [TrainingCommand], notes: [String]) {
        let best = candidates.map(\.likelihood).max() ?? 0
        var different: [TrainingCommand] = []
        for command in candidates where command.likelihood == best {
            if !different.contains(where: { $0.arguments.map(\.text) == command.arguments.map(\.text) }) { different.append(command) }
        }
        var notes = notes
        // What may not be started is what is asked about, where nothing else trains.
        if different.count == 1, let doubt = different[0].maybe {
            different[0].maybe = nil
            let starts = candidates.filter { $0.likelihood == best }.count
            if starts == 1 { notes.append("whether the training starts depends on \(doubt.what) (\(doubt.location)); it is taken to") }
        }
        self.init(commands: different, notes: notes)
    }

    private init(commands: [TrainingCommand], notes: [String]) {
        self.commands = commands
        self.notes = notes
    }

    /// Flags in variables, where nothing is started with them: a file that others source.
    private static func assignedFlags(_ shell: ShellEvaluator, file: String) -> TrainingCommand? {
        var words: [ShellWord] = []
        for name in shell.order {
            for value in shell.variables[name]?.all ?? [] where value.text.contains("--") {
                // What the machine knows is a value among flags, as far as one can tell.
                var doubt = value.doubt
                doubt?.isUnset = true
                for part in value.text.split(whereSeparator: \.isWhitespace) {
                    words.append(
                        ShellWord(
                            text: String(part), location: SourceLocation(file: file), unknown: part.hasPrefix("$") ? doubt : nil,
                            maybe: value.pieces.lazy.compactMap(\.maybe).first))
                }
            }
        }
        return words.isEmpty ? nil : TrainingCommand(program: file, arguments: words, location: SourceLocation(file: file))
    }
}
