import ArgumentParser

/// The cluster, its size, and the software that runs on it.
struct ClusterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The cluster: a shipped name such as dgx-h100, or the path of a cluster file.", valueName: "name|path"),
        completion: .file(extensions: ["yaml"]))
    var cluster: String

    @OptionGroup var size: ClusterSizeOption

    @Option(
        help: ArgumentHelp(
            "The software stack that must launch the plan: a shipped name, a path, or 'any'. By default megatron-core.",
            valueName: "name|path|any"),
        completion: .file(extensions: ["yaml"]))
    var stack: String?

    /// The stack of those who name none, and whose times are shown where any stack will do.
    static let defaultStack = "megatron-core"

    /// Whether strategies that the stack cannot launch are searched too.
    var ignoresStack: Bool { stack == "any" }
}
