import ArgumentParser
import Documents
import Foundation
import Hardware
import Studies

/// A study by flags, for those too small for a file: the keys of the file, lists separated by commas.
struct StudyOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The study, a YAML file; docs/sweep.md has its form.", valueName: "study"),
        completion: .file(extensions: ["yaml", "yml"]))
    var file: String?

    @Option(help: ArgumentHelp("Models, in place of a study file.", valueName: "names"), completion: .shipped(.model))
    var model: String?

    @Option(help: ArgumentHelp("Clusters.", valueName: "names"), completion: .shipped(.cluster))
    var cluster: String?

    @Option(help: ArgumentHelp("GPU types, in nodes as they are usually sold.", valueName: "names"), completion: .shipped(.gpu))
    var gpu: String?

    @Option(
        help: ArgumentHelp(
            "GPUs: a list, or 64...1024 by doubling; with a deadline or a budget every whole number of nodes between is searched too.",
            valueName: "counts"))
    var gpus: String?

    @Option(name: .customLong("global-batch-size"), help: ArgumentHelp("Sequences of an optimizer step.", valueName: "counts"))
    var globalBatch: String?

    @Option(name: .customLong("seq-len"), help: ArgumentHelp("Tokens of a sequence.", valueName: "counts"))
    var sequenceLength: String?

    @Option(help: ArgumentHelp("Formats of the matrix products.", valueName: "formats"))
    var precision: String?

    @Option(help: ArgumentHelp("What is trained: pretrain, full, lora, qlora.", valueName: "methods"))
    var method: String?

    @Option(help: ArgumentHelp("Software stacks.", valueName: "names"), completion: .shipped(.stack))
    var stack: String?

    @Option(help: ArgumentHelp("Expert-parallel sizes to pin; with --pp a matrix of the best plans.", valueName: "sizes")) var ep: String?
    @Option(help: ArgumentHelp("Tensor-parallel sizes to pin.", valueName: "sizes")) var tp: String?
    @Option(help: ArgumentHelp("Context-parallel sizes to pin.", valueName: "sizes")) var cp: String?
    @Option(help: ArgumentHelp("Pipeline-parallel sizes to pin.", valueName: "sizes")) var pp: String?

    @Option(
        name: .customLong("with"),
        help: ArgumentHelp(
            "Any other option of plan for every cell, such as offload=never or routing=zipf:1.1; given several times, cells for each value.",
            valueName: "option=value"))
    var others: [String] = []

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("What cells must obey, such as 'gpus >= 128 or model == llama-3.1-8b'.", valueName: "rule"))
    var rules: [String] = []

    @Option(
        name: .customLong("price"),
        help: ArgumentHelp("Price of a GPU-hour on a cluster, such as 'dgx-h100=2.50 USD'.", valueName: "cluster=price"))
    var prices: [String] = []

    @Option(help: ArgumentHelp("Tokens of the whole training, such as 15T.", valueName: "count"))
    var tokens: String?

    @Option(help: ArgumentHelp("Time that the training may take, such as 30d.", valueName: "time"))
    var deadline: String?

    @Option(help: ArgumentHelp("What it may cost, such as '5M USD'.", valueName: "amount"))
    var budget: String?

    @Flag(help: "Count failures, checkpoints and waiting for nodes in days and cost (docs/goodput.md).")
    var failures = false

    /// The options of the study that were given, with their keys and values.
    private var given: [(option: String, key: String, value: String)] {
        let all = [
            ("model", model), ("cluster", cluster), ("gpu", gpu), ("gpus", gpus), ("global-batch-size", globalBatch),
            ("seq-len", sequenceLength), ("precision", precision), ("method", method), ("stack", stack), ("ep", ep), ("tp", tp), ("cp", cp),
            ("pp", pp), ("tokens", tokens),
            ("deadline", deadline), ("budget", budget), ("failures", failures ? "true" : nil),
        ]
        return all.compactMap { name, value in value.map { (name, name.replacing("-", with: "_"), $0) } }
    }

    func validate() throws {
        let first = given.first?.option ?? [("with", others), ("where", rules), ("price", prices)].first { !$0.1.isEmpty }?.0
        if let file, let first { throw ValidationError("--\(first) and the study \(file) both say what to sweep; write it into the study") }
        if file == nil {
            guard model != nil else { throw ValidationError("Name a study file, or --model, --cluster and --gpus") }
            guard cluster != nil || gpu != nil else { throw ValidationError("Name clusters with --cluster, or GPU types with --gpu") }
            try checkPrices()
        }
    }

    /// Refuses prices that name no cluster or no amount, and a second one of a cluster.
    private func checkPrices() throws {
        var clusters: Set<Substring> = []
        for text in prices {
            let sides = text.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { throw ValidationError("--price \(text): write \(sides.first ?? "dgx-h100")='2.50 USD'") }
            guard clusters.insert(sides[0]).inserted else {
                throw ValidationError("--price \(sides[0]) is given twice; leave one of the two out")
            }
        }
    }

    /// The study of the file or of the flags.
    func study() throws -> Study {
        do throws(DocumentError) {
            return if let file { try StudyDocument.read(path: file) } else { try StudyDocument.study(node, named: "sweep") }
        } catch {
            // Flags have a name and no line.
            guard file == nil else { throw error }
            throw CommandFailure(.usage, "\(error.location.file): \(error.problem.explanation)")
        }
    }

    /// An option of `plan` and its value; a flag alone is true.
    private static func pair(_ text: String) -> (name: String, value: String) {
        guard let equals = text.firstIndex(of: "=") else { return (text, "true") }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    /// The flags as the mapping that a file would hold.
    private var node: YAMLNode {
        let lists: Set = [
            "model", "cluster", "gpu", "gpus", "global_batch_size", "seq_len", "precision", "method", "stack", "ep", "tp", "cp", "pp",
        ]
        func scalar(_ text: some StringProtocol, _ option: String) -> YAMLScalar {
            YAMLScalar(text: text.trimmingCharacters(in: .whitespaces), isQuoted: false, location: SourceLocation(file: "--\(option)"))
        }
        var entries = given.map { option, key, value in
            let items = lists.contains(key) ? value.split(separator: ",", omittingEmptySubsequences: false) : [value[...]]
            let nodes = items.map { YAMLNode.scalar(scalar($0, option)) }
            return YAMLEntry(
                key: scalar(key, option),
                value: nodes.count == 1 ? nodes[0] : .sequence(nodes, location: SourceLocation(file: "--\(option)")))
        }
        if !rules.isEmpty {
            let nodes = rules.map { YAMLNode.scalar(scalar($0, "where")) }
            entries.append(YAMLEntry(key: scalar("where", "where"), value: .sequence(nodes, location: SourceLocation(file: "--where"))))
        }
        if !others.isEmpty {
            let pairs = others.map { Self.pair($0) }
            var names: [String] = []
            for pair in pairs where !names.contains(pair.name) { names.append(pair.name) }
            let inner = names.map { name in
                let values = pairs.filter { $0.name == name }.map { YAMLNode.scalar(scalar($0.value, "with")) }
                return YAMLEntry(
                    key: scalar(name, "with"),
                    value: values.count == 1 ? values[0] : .sequence(values, location: SourceLocation(file: "--with")))
            }
            entries.append(YAMLEntry(key: scalar("plan", "with"), value: .mapping(inner, location: SourceLocation(file: "--with"))))
        }
        if !prices.isEmpty {
            let inner = prices.map { text in
                let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return YAMLEntry(key: scalar(sides[0], "price"), value: .scalar(scalar(sides.count > 1 ? sides[1] : "", "price")))
            }
            entries.append(YAMLEntry(key: scalar("prices", "price"), value: .mapping(inner, location: SourceLocation(file: "--price"))))
        }
        return .mapping(entries, location: SourceLocation(file: "sweep"))
    }
}
