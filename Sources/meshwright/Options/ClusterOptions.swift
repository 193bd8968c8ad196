import ArgumentParser
import Hardware

/// The cluster, its size, and the software that runs on it.
struct ClusterOptions: ParsableArguments {
    @OptionGroup var named: ClusterNameOption
    @OptionGroup var size: ClusterSizeOption

    @Option(
        help: ArgumentHelp(
            "The software stack that must launch the plan: a shipped name, a path, or 'any'. By default megatron-core.",
            valueName: "name|path|any"),
        completion: .shipped(.stack))
    var stack: String?

    func validate() throws {
        if named.name == nil { throw ValidationError("Name the cluster with --cluster, or a GPU type with --gpu") }
        try size.require(for: named)
    }

    /// The cluster's name as the library takes it.
    var cluster: String { named.name ?? "" }

    /// The stack of those who name none, and whose times are shown where any stack will do.
    static let defaultStack = "megatron-core"

    /// Whether strategies that the stack cannot launch are searched too.
    var ignoresStack: Bool { stack == "any" }
}
