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
        ]
        return trains ? 2 : names.isDisjoint(with: flags) ? 0 : 1
    }

    /// The name of a flag without dashes in front, value and underscores.
    static func flag(_ text: String) -> String { String(text.drop { $0 == "-" }.prefix { $0 != "=" }.replacing("_", with: "-")) }
}

/// Finds the program behind launchers such as `srun … torchrun … pretrain_gpt.py`, and how many GPUs they ask for.
struct LauncherReader {
    private var shell: ShellEvaluator
    private var nodes: Int?
    private var perNode: Int?
    private var total: Int?
    private var depth = 0

    /// A reader that expands inner scripts with the variables of the outer one.
    init(_ shell: ShellEvaluator) { self.shell = shell }

    private static let interpreters: Set = ["python", "python3", "torchrun", "deepspeed", "accelerate", "bash", "sh", "uv"]
    /// Programs whose own options are followed by another command.
    private static let wrappers: Set = [
        "srun", "mpirun", "mpiexec", "mpiexec.hydra", "prun", "jsrun", "flux", "pdsh", "ssh", "singularity", "apptainer", "docker",
        "enroot",
        "podman", "env", "nohup", "exec", "time", "timeout", "numactl", "taskset", "sudo", "nsys", "ncu", "stdbuf", "sbatch", "xargs",
        "unbuffer", "strace", "py-spy", "uv", "poetry", "conda", "command",
    ]

    /// The programs that a started command starts in the end.
    mutating func commands(of launch: ShellEvaluator.Launch) throws(DocumentError) -> [TrainingCommand] {
        try commands(launch.words[...], launch.maybe)
    }

    private mutating func commands(_ words: ArraySlice<ShellWord>, _ maybe: ShellDoubt?) throws(DocumentError) -> [TrainingCommand] {
        depth += 1
        defer { depth -= 1 }
        guard depth < 16, let first = words.first else { return [] }
        let name = first.text.split(separator: "/").last.map(String.init) ?? first.text
        let rest = words.dropFirst()
        switch name {
        case "bash", "sh", "zsh":
            guard let flag = rest.firstIndex(where: { $0.text.hasPrefix("-") && $0.text.hasSuffix("c") }), flag + 1 < rest.endIndex else {
                return []
            }
            return try script(rest[flag + 1], maybe)
        case "torchrun", "torchrun-script":
            count(rest)
            return program(rest, first, maybe)
        case "deepspeed":
            count(rest)
            return program(rest, first, maybe)
        case "accelerate":
            count(rest)
            return program(rest.dropFirst(), first, maybe)
        default: break
        }
        if name.hasPrefix("python") {
            if let module = rest.firstIndex(where: { $0.text == "-m" }), module + 1 < rest.endIndex,
                ["torch.distributed.launch", "torch.distributed.run", "accelerate.commands.launch", "deepspeed.launcher.runner"]
                    .contains(rest[module + 1].text)
            {
                let launcher = rest[(module + 2)...]
                count(launcher)
                return program(launcher, first, maybe)
            }
            return program(rest, first, maybe)
        }
        if name.hasSuffix(".py") { return [command(at: words.startIndex, words, maybe)] }
        guard Self.wrappers.contains(name) else { return [] }
        let inner = rest.firstIndex { word in
            let last = word.text.split(separator: "/").last.map(String.init) ?? ""
            return Self.interpreters.contains(last) || last.hasPrefix("python3") || last.hasSuffix(".py") || Self.wrappers.contains(last)
        }
        countTasks(rest[..<(inner ?? rest.endIndex)], of: name)
        if let inner { return try commands(words[inner...], maybe) }
        // A command in one word, as `ssh host "…"` and `sbatch --wrap="…"` take it.
        guard let text = rest.last(where: { $0.text.contains(" ") }) else { return [] }
        return try script(text, maybe)
    }

    /// The programs of a script inside a word.
    private mutating func script(_ word: ShellWord, _ maybe: ShellDoubt?) throws(DocumentError) -> [TrainingCommand] {
        var text = word.text
        if text.hasPrefix("--wrap=") { text.removeFirst("--wrap=".count) }
        var inner = shell
        inner.launches = []
        try inner.run(ShellParser.parse(text, at: word.location))
        var found: [TrainingCommand] = []
        for launch in inner.launches { found += try commands(launch.words[...], launch.maybe ?? maybe ?? word.maybe) }
        return found
    }

    /// The program among the words behind a launcher: the first that ends in `.py`, a module, or a word that nobody knows.
    private func program(_ words: ArraySlice<ShellWord>, _ launcher: ShellWord, _ maybe: ShellDoubt?) -> [TrainingCommand] {
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

    private func command(at index: Int, _ words: ArraySlice<ShellWord>, _ maybe: ShellDoubt?) -> TrainingCommand {
        let gpus =
            total
            ?? perNode.flatMap { each in nodes.map { $0.multipliedReportingOverflow(by: each) } }.flatMap {
                $0.overflow ? nil : $0.partialValue
            }
        return TrainingCommand(
            program: words[index].text, arguments: Array(words[(index + 1)...]), gpus: gpus ?? (nodes == nil ? perNode : nil), maybe: maybe,
            location: words[index].location)
    }

    /// Takes the sizes that torchrun, DeepSpeed and Accelerate are given.
    private mutating func count(_ words: ArraySlice<ShellWord>) {
        let end = words.firstIndex { $0.text.hasSuffix(".py") } ?? words.endIndex
        let options = words[..<end]
        nodes = value(of: ["nnodes", "num-nodes", "num-machines"], in: options) ?? nodes
        perNode = value(of: ["nproc-per-node", "num-gpus"], in: options) ?? perNode
        total = value(of: ["num-processes"], in: options) ?? total
    }

    /// Takes the tasks that srun and mpirun are given, one a GPU unless torchrun multiplies them.
    private mutating func countTasks(_ words: ArraySlice<ShellWord>, of name: String) {
        guard ["srun", "mpirun", "mpiexec", "sbatch"].contains(name) else { return }
        nodes = value(of: ["nodes", "N"], in: words) ?? nodes
        perNode = value(of: ["ntasks-per-node", "gpus-per-node"], in: words) ?? perNode
        if name.hasPrefix("mpi") { total = value(of: ["np", "n"], in: words) ?? total }
    }

    private func value(of names: Set<String>, in words: ArraySlice<ShellWord>) -> Int? {
        for index in words.indices where words[index].text.hasPrefix("-") {
            let word = words[index]
            guard names.contains(TrainingCommand.flag(word.text)) else { continue }
            let text =
                word.text.contains("=")
                ? String(word.text.split(separator: "=", maxSplits: 1)[1]) : index + 1 < words.endIndex ? words[index + 1].text : ""
            if let number = Int(text), (1...1_048_576).contains(number) { return number }
        }
        return nil
    }
}
