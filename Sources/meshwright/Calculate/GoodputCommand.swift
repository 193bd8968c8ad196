import ArgumentParser
import Foundation
import Hardware
import Quantities
import Reliability
import Reports

/// `meshwright calculate goodput`: what failures make of a training whose states and useful time are known.
struct GoodputCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "goodput",
        abstract: "How long a training takes with failures, how often to save, and how many spares pay.",
        discussion: """
            meshwright calculate goodput --cluster dgx-h100 --gpus 16384 --checkpoint-size 5.7TB --work 54d

            What neither the cluster's reliability: nor an option states is taken from public clusters and said. plan --tokens gives the same for \
            each of its plans.
            """)

    @OptionGroup(title: "Cluster") var named: ClusterNameOption
    @OptionGroup(title: "Cluster") var size: ClusterSizeOption
    @OptionGroup(title: "Failures") var failures: FailureOptions
    @OptionGroup(title: "Failures") var figures: ReliabilityOptions

    @Option(
        name: .customLong("checkpoint-size"),
        help: ArgumentHelp("Bytes of a checkpoint, all ranks together, such as 5.7TB.", valueName: "amount"),
        transform: MemoryArgument.parse)
    var bytes: Bytes

    @Option(
        help: ArgumentHelp("Time that the training would take without failures, such as 54d.", valueName: "time"),
        transform: LongTimeArgument("--work").parse)
    var work: Seconds

    @Option(help: ArgumentHelp("Price of a GPU-hour, in any currency.", valueName: "price"))
    var gpuHourPrice: Double?

    @Option(help: ArgumentHelp("Seed of the trainings that are drawn.", valueName: "number"))
    var seed = 0

    @OptionGroup var output: PlainFormatOption

    func validate() throws {
        if named.name == nil { throw ValidationError("Name the cluster with --cluster, or a GPU type with --gpu") }
        try size.require(for: named)
        if seed < 0 { throw ValidationError("--seed \(seed): 0 or more") }
        try GoalOptions.check(gpuHourPrice: gpuHourPrice)
    }

    func run() throws {
        let name = named.name ?? ""
        let profile = try ProfileLibrary.installed.cluster(name)
        AssumedCluster.say(name, profile)
        var cluster = try size.scaled(profile)
        cluster.reliability = figures.applied(to: cluster.reliability ?? ClusterReliability())
        let setting = TrainingSetting(cluster, bytes: bytes.count, replicas: 1, choices: try failures.choices(nodes: cluster.nodes))
        let answer = setting.failures(
            work: work.value, draws: 100_000, seed: UInt64(seed), gpuHourPrice: gpuHourPrice ?? profile.gpuHourPrice)
        switch output.format {
        case .json: Console.print(answer.text(schema: "meshwright.goodput/1"), terminator: "")
        case .text:
            for (name, words) in FailuresText(answer).lines {
                Console.print(name.padding(toLength: 10, withPad: " ", startingAt: 0) + words)
            }
        }
        if answer.days == nil { throw ExitCode(ExitStatus.infeasible.rawValue) }
    }
}
