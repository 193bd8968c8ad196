import ArgumentParser
import Hardware
import Quantities

/// Figures of `reliability:` on the command line.
struct ReliabilityOptions: ParsableArguments {
    @Option(
        name: .customLong("gpu-mtbf"), help: ArgumentHelp("Mean time between failures of one GPU, such as 9y.", valueName: "time"),
        transform: LongTimeArgument("--gpu-mtbf").parse)
    var gpu: Seconds?

    @Option(
        name: .customLong("link-mtbf"), help: ArgumentHelp("The same of one adapter with its cable.", valueName: "time"),
        transform: LongTimeArgument("--link-mtbf").parse)
    var link: Seconds?

    @Option(
        name: .customLong("node-mtbf"), help: ArgumentHelp("The same of one node without GPUs and adapters.", valueName: "time"),
        transform: LongTimeArgument("--node-mtbf").parse)
    var node: Seconds?

    @Option(
        name: .customLong("software-mtbf"), help: ArgumentHelp("The same of the software on one node.", valueName: "time"),
        transform: LongTimeArgument("--software-mtbf").parse)
    var software: Seconds?

    @Option(
        help: ArgumentHelp("From a failure until it is noticed.", valueName: "time"),
        transform: LongTimeArgument("--detection", allowsZero: true).parse)
    var detection: Seconds?

    @Option(
        help: ArgumentHelp("From there until the part at fault is taken out.", valueName: "time"),
        transform: LongTimeArgument("--isolation", allowsZero: true).parse)
    var isolation: Seconds?

    @Option(
        help: ArgumentHelp("From there until training starts.", valueName: "time"),
        transform: LongTimeArgument("--restart", allowsZero: true).parse)
    var restart: Seconds?

    @Option(
        help: ArgumentHelp("How long a node is away.", valueName: "time"), transform: LongTimeArgument("--repair", allowsZero: true).parse)
    var repair: Seconds?

    /// A cluster's figures with those of the options in their place.
    func applied(to stated: ClusterReliability) -> ClusterReliability {
        var figures = stated
        figures.gpuMTBF = gpu ?? figures.gpuMTBF
        figures.linkMTBF = link ?? figures.linkMTBF
        figures.nodeMTBF = node ?? figures.nodeMTBF
        figures.softwareMTBF = software ?? figures.softwareMTBF
        figures.detection = detection ?? figures.detection
        figures.isolation = isolation ?? figures.isolation
        figures.restart = restart ?? figures.restart
        figures.repair = repair ?? figures.repair
        return figures
    }
}
