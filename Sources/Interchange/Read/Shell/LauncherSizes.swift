/// How many GPUs the launchers of a program ask for.
struct LauncherSizes {
    /// A size that an option states; nil inside where only the machine knows it.
    private struct Stated {
        var number: Int?
    }

    private var nodes: Stated?
    private var perNode: Stated?
    private var total: Stated?
    private var tasks: Stated?

    /// GPUs of the job; nil where the launchers do not say.
    var gpus: Int? {
        if let total { return total.number }
        if let perNode {
            guard let each = perNode.number else { return nil }
            guard let nodes else { return each }
            guard let count = nodes.number else { return nil }
            let product = each.multipliedReportingOverflow(by: count)
            return product.overflow ? nil : product.partialValue
        }
        return tasks?.number
    }

    /// Takes the sizes that torchrun, DeepSpeed and Accelerate are given.
    mutating func count(_ words: ArraySlice<ShellWord>) {
        let end = words.firstIndex { $0.text.hasSuffix(".py") } ?? words.endIndex
        let options = words[..<end]
        nodes = Self.value(of: ["nnodes", "num-nodes", "num-machines"], in: options) ?? nodes
        perNode = Self.value(of: ["nproc-per-node", "num-gpus"], in: options) ?? perNode
        total = Self.value(of: ["num-processes"], in: options) ?? total
    }

    /// Takes the hosts that DeepSpeed's launcher is given: `--hostfile FILE` and `--include host:0,1@host`.
    mutating func countHosts(_ words: ArraySlice<ShellWord>, _ text: (ShellValue) -> String?) {
        let end = words.firstIndex { $0.text.hasSuffix(".py") } ?? words.endIndex
        let options = words[..<end]
        guard perNode == nil || nodes == nil else { return }
        let include = Self.word(of: ["include", "i"], in: options)
        let file = Self.word(of: ["hostfile", "H"], in: options)
        var slots: [String: Int]?
        if let file { slots = text(file).flatMap(Self.slots) }
        if let include {
            var sum: Int? = include.doubt == nil ? 0 : nil
            for host in include.text.split(separator: "@") {
                let sides = host.split(separator: ":", maxSplits: 1)
                let count = sides.count == 2 ? sides[1].split(separator: ",").count : sides.first.flatMap { slots?[String($0)] }
                sum = sum.flatMap { sum in count.map { sum + $0 } }
            }
            total = Stated(number: sum)
        } else if file != nil, nodes == nil {
            if let slots, perNode == nil { total = Stated(number: slots.values.reduce(0, +)) } else { nodes = Stated(number: slots?.count) }
        }
    }

    /// `name slots=8`, a line a host.
    private static func slots(_ text: String) -> [String: Int]? {
        var found: [String: Int] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let words = (line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).first ?? "").split(separator: " ")
            guard let name = words.first else { continue }
            guard words.count == 2, words[1].hasPrefix("slots="), let count = Int(words[1].dropFirst("slots=".count)),
                (1...1024).contains(count)
            else { return nil }
            found[String(name)] = count
        }
        return found.isEmpty ? nil : found
    }

    /// Takes the tasks that srun and mpirun are given, one a GPU unless torchrun multiplies them.
    mutating func countTasks(_ words: ArraySlice<ShellWord>, of name: String) {
        guard ["srun", "mpirun", "mpiexec", "sbatch"].contains(name) else { return }
        nodes = Self.value(of: ["nodes", "N"], in: words) ?? nodes
        perNode = Self.value(of: ["ntasks-per-node", "gpus-per-node"], in: words) ?? perNode
        if name.hasPrefix("mpi") {
            total = Self.value(of: ["np", "n"], in: words) ?? total
        } else {
            tasks = Self.value(of: ["ntasks", "n"], in: words) ?? tasks
        }
    }

    private static func value(of names: Set<String>, in words: ArraySlice<ShellWord>) -> Stated? {
        guard let word = word(of: names, in: words) else { return nil }
        return Stated(number: word.known.flatMap { Int($0) }.flatMap { (1...1_048_576).contains($0) ? $0 : nil })
    }

    /// The word that an option is given.
    private static func word(of names: Set<String>, in words: ArraySlice<ShellWord>) -> ShellValue? {
        for index in words.indices where words[index].text.hasPrefix("-") {
            let word = words[index]
            guard names.contains(TrainingCommand.flag(word.text)) else { continue }
            if let equals = word.text.firstIndex(of: "=") {
                return word.value.dropping(word.text.distance(from: word.text.startIndex, to: equals) + 1)
            }
            return index + 1 < words.endIndex ? words[index + 1].value : nil
        }
        return nil
    }
}
