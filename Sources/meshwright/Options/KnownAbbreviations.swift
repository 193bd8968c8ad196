import ArgumentParser

/// Names that frameworks and people use for options which are called otherwise here.
///
/// The argument parser suggests what is spelt alike, which for `--mbs` would be `--map`.
enum KnownAbbreviations {
    /// The option that a name means.
    private static let meanings = [
        "--mbs": "--micro-batch-size", "--micro-batch": "--micro-batch-size", "--microbatch-size": "--micro-batch-size",
        "--gbs": "--global-batch-size", "--batch-size": "--global-batch-size", "--global-batch": "--global-batch-size",
        "--seq-length": "--seq-len", "--sequence-length": "--seq-len", "--seqlen": "--seq-len", "--context-length": "--seq-len",
        "--tensor-model-parallel-size": "--tp", "--tensor-parallel-size": "--tp", "--tp-size": "--tp",
        "--pipeline-model-parallel-size": "--pp", "--pipeline-parallel-size": "--pp", "--pp-size": "--pp",
        "--context-parallel-size": "--cp", "--expert-model-parallel-size": "--ep", "--expert-parallel-size": "--ep",
        "--expert-tensor-parallel-size": "--etp", "--data-parallel-size": "--dp", "--dp-size": "--dp",
        "--num-gpus": "--gpus", "--ngpus": "--gpus", "--world-size": "--gpus", "--num-nodes": "--nodes", "--nnodes": "--nodes",
        "--recompute-granularity": "--recompute", "--zero-stage": "--optimizer-sharding", "--zero": "--optimizer-sharding",
        "--framework": "--stack", "--dtype": "--precision", "--train-tokens": "--tokens", "--cpus": "--cpus-per-task",
    ]

    /// Throws where `arguments` hold a name that none of the groups of options has and that means another option of theirs.
    static func check(_ arguments: [String], of groups: [any ParsableArguments.Type]) throws {
        for argument in arguments.prefix(while: { $0 != "--" }) {
            let name = String(argument.prefix { $0 != "=" })
            guard let meaning = meanings[name] else { continue }
            let known = groups.reduce(into: Set<String>()) { $0.formUnion(CommandOptions(of: $1).names) }
            guard !known.contains(name), known.contains(meaning) else { continue }
            throw CommandFailure(.usage, "'\(name)' is no option; did you mean '\(meaning)'?")
        }
    }
}
