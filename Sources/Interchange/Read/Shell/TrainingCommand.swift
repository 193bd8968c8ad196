import Documents

/// A command that starts a program of a framework, its launchers taken away.
struct TrainingCommand: Hashable {
    /// The program, such as `pretrain_gpt.py`, with its path as the script spells it.
    var program: String
    /// What follows the program.
    var arguments: [ShellWord]
    /// GPUs that the launchers ask for, where they say so.
    var gpus: Int?
    /// Why it may not be started.
    var maybe: ShellDoubt?
    /// Where it stands.
    var location: SourceLocation
    /// DeepSpeed's own file that it names, where the script writes it or has it beside itself.
    var settings: ShellEvaluator.ScriptFile?
    /// What `accelerate launch` is told before the program; nil where something else launches it.
    var accelerate: [ShellWord]?
    /// Configuration files that the command names, and files that those name, by the names as they are spelt.
    var files: [String: ShellEvaluator.ScriptFile] = [:]

    /// How likely it trains: 2 by the name of its program, 1 by its flags, 0 not at all.
    var likelihood: Int {
        let name = program.lowercased()
        let others = [
            "preprocess", "text_generation", "server", "convert", "inference", "generate", "checkpoint/", "evaluate", "eval_", "merge",
        ]
        if others.contains(where: name.contains) { return 0 }
        let names = Set(arguments.lazy.filter { $0.text.hasPrefix("--") }.map { Self.flag($0.text) })
        let trains = ["pretrain", "train", "finetune", "sft"].contains { name.contains($0) }
        let flags: Set = [
            "num-layers", "micro-batch-size", "global-batch-size", "train-iters", "train-samples", "tensor-model-parallel-size",
            "per-device-train-batch-size", "model-name-or-path",
        ]
        if accelerate != nil || Self.trainers.contains(name) { return 2 }
        return trains ? 2 : names.isDisjoint(with: flags) ? 0 : 1
    }

    /// Programs of frameworks that train what a file says.
    static let trainers: Set = ["llamafactory-cli", "axolotl", "trl", "tune"]

    /// The name of a flag without dashes in front, value and underscores.
    static func flag(_ text: String) -> String { String(text.drop { $0 == "-" }.prefix { $0 != "=" }.replacing("_", with: "-")) }
}

/// Finds the program behind launchers such as `srun … torchrun … pretrain_gpt.py`, and how many GPUs they ask for.
struct LauncherReader {
    private var shell: ShellEvaluator
    private var sizes = LauncherSizes()
    private var depth = 0
    /// Scripts that are started and cannot be read.
    private(set) var unread: [ShellWord] = []

    /// A reader that expands inner scripts with the variables of the outer one.
    init(_ shell: ShellEvaluator) { self.shell = shell }

    private static let interpreters: Set = [
        "python", "python3", "torchrun", "deepspeed", "accelerate", "bash", "sh", "uv", "tune", "trl", "axolotl", "llamafactory-cli",
    ]
    /// Programs whose own options are followed by another command.
    private static let wrappers: Set = [
        "srun", "salloc", "mpirun", "mpiexec", "mpiexec.hydra", "orterun", "prun", "jsrun", "lrun", "flux", "aprun", "ibrun", "pdsh", "ssh",
        "singularity", "apptainer", "docker", "enroot", "podman", "env", "nohup", "exec", "time", "timeout", "numactl", "taskset", "nice",
        "ionice", "chrt", "setsid", "sudo", "nsys", "ncu", "rocprof", "rocprofv3", "stdbuf", "sbatch", "xargs", "unbuffer", "strace",
        "py-spy", "uv", "poetry", "pdm", "pipenv", "hatch", "pixi", "conda", "mamba", "micromamba", "command", "horovodrun",
    ]

    /// The programs that a started command starts in the end.
    mutating func commands(of launch: ShellEvaluator.Launch) throws(DocumentError) -> [TrainingCommand] {
        // What it starts in turn sees what was exported by then.
        let (outer, before) = (shell, sizes)
        for (name, value) in launch.environment { shell.variables[name] = .scalar(ShellValue(value)) }
        shell.exported.formUnion(launch.environment.keys)
        defer { (shell, sizes) = (outer, before) }
        return try commands(launch.words[...], launch.maybe, launch.input)
    }

    private mutating func commands(
        _ words: ArraySlice<ShellWord>, _ maybe: ShellDoubt?, _ input: ShellValue? = nil
    ) throws(DocumentError) -> [TrainingCommand] {
        depth += 1
        defer { depth -= 1 }
        guard depth < 16, let first = words.first else { return [] }
        let name = first.text.split(separator: "/").last.map(String.init) ?? first.text
        let rest = words.dropFirst()
        switch name {
        case "bash", "sh", "zsh":
            let operand = rest.firstIndex { !$0.text.hasPrefix("-") } ?? rest.endIndex
            if let flag = rest[..<operand].firstIndex(where: { $0.text.hasSuffix("c") }), flag + 1 < rest.endIndex {
                return try script(rest[flag + 1], maybe)
            }
            if operand < rest.endIndex { return try file(rest[operand...], maybe) }
            guard let input else { return [] }
            return try commands(in: input, first.location, maybe)
        case "torchrun", "torchrun-script":
            sizes.count(rest)
            return program(rest, first, maybe)
        case "deepspeed":
            sizes.count(rest)
            sizes.countHosts(rest) { shell.file($0)?.text.known }
            return program(rest, first, maybe)
        case "accelerate":
            sizes.count(rest)
            return accelerated(program(rest.dropFirst(), first, maybe), rest.dropFirst())
        case _ where TrainingCommand.trainers.contains(name):
            sizes.count(rest)
            return [command(at: words.startIndex, words, maybe)]
        default: break
        }
        if name.hasPrefix("python") {
            if let module = rest.firstIndex(where: { $0.text == "-m" }), module + 1 < rest.endIndex,
                ["torch.distributed.launch", "torch.distributed.run", "accelerate.commands.launch", "deepspeed.launcher.runner"]
                    .contains(rest[module + 1].text)
            {
                let launcher = rest[(module + 2)...]
                sizes.count(launcher)
                let found = program(launcher, first, maybe)
                return rest[module + 1].text.hasPrefix("accelerate") ? accelerated(found, launcher) : found
            }
            return program(rest, first, maybe)
        }
        if name.hasSuffix(".py") { return [command(at: words.startIndex, words, maybe)] }
        if Self.isScript(name) { return try file(words, maybe) }
        guard Self.wrappers.contains(name) else { return [] }
        let inner = rest.firstIndex { word in
            let last = word.text.split(separator: "/").last.map(String.init) ?? ""
            return Self.interpreters.contains(last) || last.hasPrefix("python3") || last.hasSuffix(".py") || Self.isScript(last)
                || Self.wrappers.contains(last)
        }
        sizes.countTasks(rest[..<(inner ?? rest.endIndex)], of: name)
        if let inner, name == "xargs" {
            let doubt = ShellDoubt(what: "what xargs reads, which is not followed", location: first.location)
            return try commands(words[inner...] + [ShellWord(text: "xargs", location: first.location, unknown: doubt)], maybe, input)
        }
        if let inner { return try commands(words[inner...], maybe, input) }
        if name == "sbatch", let input { return try commands(in: input, first.location, maybe) }
        // A command in one word, as `ssh host "…"` and `sbatch --wrap="…"` take it.
        guard let text = rest.last(where: { $0.text.contains(" ") }) else { return [] }
        return try script(text, maybe)
    }

    /// The programs of a script inside a word.
    private mutating func script(_ word: ShellWord, _ maybe: ShellDoubt?) throws(DocumentError) -> [TrainingCommand] {
        var text = word.text
        if text.hasPrefix("--wrap=") { text.removeFirst("--wrap=".count) }
        return try started(shell, ShellParser.parse(text, at: word.location), maybe ?? word.maybe)
    }

    /// The programs of a script that stands in the input of a shell.
    private mutating func commands(
        in input: ShellValue, _ place: SourceLocation, _ maybe: ShellDoubt?
    ) throws(DocumentError) -> [TrainingCommand] {
        try started(shell, ShellParser.parse(input.text, at: place), maybe ?? input.doubt)
    }

    /// The programs of a script of its own, which sees what is exported and the words behind its name.
    private mutating func file(_ words: ArraySlice<ShellWord>, _ maybe: ShellDoubt?) throws(DocumentError) -> [TrainingCommand] {
        guard let name = words.first else { return [] }
        guard let file = shell.file(name.value), let text = file.text.known else {
            unread.append(name)
            return []
        }
        var inner = ShellEvaluator(script: file.path)
        inner.exported = shell.exported
        inner.variables = shell.variables.filter { shell.exported.contains($0.key) }
        inner.files = shell.files
        inner.arguments = words.dropFirst().map(\.value)
        return try started(inner, ShellParser.parse(text, at: SourceLocation(file: file.path)), maybe)
    }

    /// The programs that commands of another shell start.
    private mutating func started(
        _ shell: ShellEvaluator, _ commands: [ShellCommand], _ maybe: ShellDoubt?
    ) throws(DocumentError) -> [TrainingCommand] {
        var inner = shell
        inner.launches = []
        try inner.run(commands)
        let (outer, before) = (self.shell, sizes)
        defer { self.shell = outer }
        self.shell = inner
        var found: [TrainingCommand] = []
        for launch in inner.launches {
            sizes = before
            found += try self.commands(launch.words[...], launch.maybe ?? maybe, launch.input)
        }
        return found
    }

    private static func isScript(_ name: String) -> Bool { [".sh", ".bash", ".slurm", ".sbatch"].contains { name.hasSuffix($0) } }

    /// The program among the words behind a launcher: the first that ends in `.py`, a module, or a word that nobody knows.
    private mutating func program(_ words: ArraySlice<ShellWord>, _ launcher: ShellWord, _ maybe: ShellDoubt?) -> [TrainingCommand] {
        if let module = words.firstIndex(where: { $0.text == "-m" || $0.text == "--module" }), module + 1 < words.endIndex,
            !words[..<module].contains(where: { $0.text.hasSuffix(".py") })
        {
            return [command(at: module + 1, words, maybe)]
        }
        if let script = words.firstIndex(where: { $0.text.hasSuffix(".py") }) { return [command(at: script, words, maybe)] }
        // `$SCRIPT`: what stands behind no option.
        var index = words.startIndex
        while index < words.endIndex {
            if words[index].text.hasPrefix("-") {
                index += words[index].text.contains("=") ? 1 : 2
            } else {
                return words[index].unknown == nil ? [] : [command(at: index, words, maybe)]
            }
        }
        return []
    }

    private mutating func command(at index: Int, _ words: ArraySlice<ShellWord>, _ maybe: ShellDoubt?) -> TrainingCommand {
        let arguments = Array(words[(index + 1)...])
        // Hugging Face's trainer names it behind `--deepspeed`, which is a switch elsewhere.
        let named = arguments.indices.first { index in
            let name = arguments[index].text.hasPrefix("--") ? TrainingCommand.flag(arguments[index].text) : ""
            let next = index + 1 < arguments.count ? arguments[index + 1].text : "--"
            return name == "deepspeed-config" || name == "deepspeed" && !next.hasPrefix("--")
        }
        let settings = named.flatMap { place -> ShellValue? in
            if let equals = arguments[place].text.firstIndex(of: "=") {
                return arguments[place].value.dropping(arguments[place].text[...equals].count)
            }
            return place + 1 < arguments.count ? arguments[place + 1].value : nil
        }.flatMap { shell.file($0) }
        var command = TrainingCommand(
            program: words[index].text, arguments: arguments, gpus: sizes.gpus, maybe: maybe, location: words[index].location,
            settings: settings)
        take(files: arguments, &command)
        return command
    }

    /// Commands that Accelerate launches by some words, the program's among them.
    private mutating func accelerated(_ commands: [TrainingCommand], _ words: ArraySlice<ShellWord>) -> [TrainingCommand] {
        var commands = commands
        for index in commands.indices {
            let options = Array(words.dropLast(commands[index].arguments.count + 1))
            commands[index].accelerate = options
            take(files: options, &commands[index])
        }
        return commands
    }

    /// Takes the configuration files that words name, and those that they name in turn.
    private mutating func take(files words: [ShellWord], _ command: inout TrainingCommand) {
        var before = ""
        for word in words {
            let isFlag = word.text.hasPrefix("-")
            var value = word.value
            if isFlag, let equals = word.text.firstIndex(of: "=") {
                value = value.dropping(word.text[...equals].count)
                before = TrainingCommand.flag(word.text)
            } else if isFlag {
                before = TrainingCommand.flag(word.text)
                continue
            }
            let names = ["config", "cfg", "deepspeed", "fsdp", "accelerate"]
            defer { before = "" }
            guard before.isEmpty || names.contains(where: before.contains), Self.isDocument(value.text), let file = shell.file(value) else {
                continue
            }
            command.files[value.text] = file
            let folder = value.text.lastIndex(of: "/").map { String(value.text[...$0]) } ?? ""
            for match in (file.text.known ?? "").matches(of: /[^\s"':,=(){}\[\]]+\.(?:json|ya?ml|toml)/) {
                let name = String(match.0)
                command.files[name] = shell.file(ShellValue(name)) ?? shell.file(ShellValue(folder + name))
            }
        }
    }

    private static func isDocument(_ name: String) -> Bool { [".json", ".yaml", ".yml", ".toml"].contains { name.hasSuffix($0) } }
}
