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
        var shell = ShellEvaluator(stated: stated)
        try shell.run(ShellParser.parse(text, at: start))
        var found: [TrainingCommand] = []
        var bare: [ShellWord] = []
        for launch in shell.launches {
            // Lines that are flags alone are one list, with or without signs that they go on.
            if launch.words[0].text.hasPrefix("--") {
                bare += launch.words
                continue
            }
            var reader = LauncherReader(shell)
            found += try reader.commands(of: launch)
        }
        if let first = bare.first { found.append(TrainingCommand(program: "train", arguments: bare, location: first.location)) }
        var notes = shell.notes
        if found.allSatisfy({ $0.likelihood == 0 }) {
            found = [Self.assignedFlags(shell, file: file)].compactMap { $0 }
            if !found.isEmpty { notes.append("no command of the file starts a training; the flags that its variables hold are read") }
        }
        if let asked = Self.requestedGPUs(text) { for index in found.indices where found[index].gpus == nil { found[index].gpus = asked } }
        self.init(candidates: found, notes: notes)
    }

    /// The likeliest of some commands, each once.
    init(candidates: [TrainingCommand], notes: [String]) {
        let best = candidates.map(\.likelihood).max() ?? 0
        var different: [TrainingCommand] = []
        for command in candidates where command.likelihood == best {
            if !different.contains(where: { $0.arguments.map(\.text) == command.arguments.map(\.text) }) { different.append(command) }
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
                for part in value.text.split(whereSeparator: \.isWhitespace) {
                    words.append(
                        ShellWord(
                            text: String(part), location: SourceLocation(file: file), unknown: part.hasPrefix("$") ? value.doubt : nil,
                            maybe: value.pieces.lazy.compactMap(\.maybe).first))
                }
            }
        }
        return words.isEmpty ? nil : TrainingCommand(program: file, arguments: words, location: SourceLocation(file: file))
    }

    /// GPUs that the `#SBATCH` lines ask for, where they say how many nodes and how many a node.
    private static func requestedGPUs(_ text: String) -> Int? {
        func number(_ pattern: some RegexComponent<(Substring, Substring)>) -> Int? {
            text.firstMatch(of: pattern).flatMap { Int($0.1) }.flatMap { (1...65_536).contains($0) ? $0 : nil }
        }
        guard let nodes = number(/(?m)^#SBATCH +(?:--nodes|-N)[= ]*([0-9]+) *(?:#.*)?$/) else { return nil }
        let each =
            number(/(?m)^#SBATCH +--gpus-per-node[= ](?:[A-Za-z0-9_]+:)?([0-9]+)/)
            ?? number(/(?m)^#SBATCH +--gres[= ]gpu:(?:[A-Za-z0-9_]+:)?([0-9]+)/)
        return each.map { nodes * $0 }
    }
}
