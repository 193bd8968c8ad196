import ArgumentParser
import Calibration
import Documents
import Hardware

/// What names in tables of runs mean beyond what is shipped.
struct RunAliasOptions: ParsableArguments {
    @Option(
        name: .customLong("aliases"),
        help: ArgumentHelp(
            "More names of GPUs, frameworks, networks and models, in the form of ClusterProfiles/Runs/aliases.yaml; they go before the shipped.",
            valueName: "FILE"))
    var file: String?

    @Option(
        name: .customLong("framework-alias"),
        help: ArgumentHelp(
            "What a framework's name means: a stack, by name or path, or a framework that is known. May be repeated.",
            valueName: "NAME=STACK"))
    var frameworks: [String] = []

    @Option(
        name: .customLong("gpu-alias"),
        help: ArgumentHelp(
            "What a GPU's name means: a shipped GPU type, which stands for plain nodes of it, or a cluster, by name or path. May be repeated.",
            valueName: "NAME=TYPE"))
    var gpus: [String] = []

    /// Whether any is given.
    var isGiven: Bool { file != nil || !frameworks.isEmpty || !gpus.isEmpty }

    func validate() throws {
        for (option, texts) in [("--framework-alias", frameworks), ("--gpu-alias", gpus)] {
            for text in texts where Self.parts(text) == nil {
                throw ValidationError(
                    "\(option) '\(text)': expected a name, an equals sign and what it means, such as 'Primus=megatron-core'")
            }
        }
    }

    /// The shipped aliases with those of the options before them.
    func aliases(_ library: ProfileLibrary) throws -> RunAliases {
        var aliases = try RunAliases.read(path: library.aliasPath())
        if let file { aliases = try RunAliases.read(path: file).before(aliases) }
        for text in frameworks {
            guard let (name, target) = Self.parts(text) else { continue }
            let stacks = library.names(of: .stack)
            if Self.isPath(target) || stacks.contains(target) {
                aliases.add(framework: name, stack: target)
            } else if !aliases.add(framework: name, like: target) {
                throw Self.unknown("--framework-alias", text, target, "stack or framework", stacks)
            }
        }
        for text in gpus {
            guard let (name, target) = Self.parts(text) else { continue }
            let (clusters, types) = (library.names(of: .cluster), library.names(of: .gpu))
            if Self.isPath(target) || clusters.contains(target) || ProfileLibrary.usualGPU(target) != nil {
                aliases.add(gpu: name, cluster: target)
            } else if types.contains(target) {
                aliases.add(gpu: name, cluster: ProfileLibrary.usualPrefix + target)
            } else if !aliases.add(gpu: name, like: target) {
                throw Self.unknown("--gpu-alias", text, target, "GPU type or cluster", types + clusters)
            }
        }
        return aliases
    }

    private static func parts(_ text: String) -> (name: String, target: String)? {
        guard let equals = text.lastIndex(of: "=") else { return nil }
        let name = text[..<equals].trimmingPrefix { $0 == " " }
        let target = text[text.index(after: equals)...]
        return name.isEmpty || target.isEmpty ? nil : (String(name), String(target))
    }

    private static func isPath(_ name: String) -> Bool { name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml") }

    private static func unknown(_ option: String, _ text: String, _ target: String, _ what: String, _ names: [String]) -> CommandFailure {
        let nearest = NearestName.ranked(for: target, among: names, limit: 3).joined(separator: ", ")
        return CommandFailure(.badInput, "\(option) '\(text)': no \(what) is called '\(target)'; the nearest are \(nearest)")
    }
}
