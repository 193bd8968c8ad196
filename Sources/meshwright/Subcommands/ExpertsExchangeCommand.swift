import ArgumentParser
import CostModels
import Hardware
import Parallelism
import Reports
import Workload

/// `meshwright experts exchange`: what it takes to carry tokens to their experts and back, on every way that there is.
struct ExpertsExchangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange",
        abstract: "Prices one mixture layer's exchange of tokens on every path: flat, hierarchical, gathers, DeepEP, HybridEP.",
        discussion: """
            meshwright experts exchange --model deepseek-v3 --cluster dgx-h100 --ep 64 --tokens 4096 --dispatch-format fp8 --route-nodes 4
            """)

    @Option(help: ArgumentHelp("A shipped name, or the path of a model file.", valueName: "name|path"), completion: .shipped(.model))
    var model: String

    @Option(help: ArgumentHelp("A shipped name, or the path of a cluster file.", valueName: "name|path"), completion: .shipped(.cluster))
    var cluster: String

    @Option(name: .customLong("ep"), help: ArgumentHelp("Expert-parallel ranks.", valueName: "e"))
    var ranks: Int

    @Option(
        help: ArgumentHelp("Tokens of a rank in one exchange. By default 4096.", valueName: "count"),
        transform: CountArgument("--tokens", of: "token", kilo: .binary).whole)
    var tokens: Int?

    @Option(
        help: ArgumentHelp(
            "Which experts tokens visit: balanced, zipf:S or a file. By default balanced.", valueName: "file|zipf:S|balanced"),
        completion: .file())
    var routing: String?

    @Option(name: .customLong("dispatch-format"), help: "Format of tokens on their way to experts: bf16 or fp8.")
    var format: ExecutionChoices.DispatchFormat = .bf16

    @Option(name: .customLong("route-nodes"), help: ArgumentHelp("Nodes that a token's experts may be on, at most.", valueName: "count"))
    var routedNodes: Int?

    @Option(help: ArgumentHelp("Multiprocessors that DeepEP's normal kernels take.", valueName: "count"))
    var sms = 20

    @OptionGroup var output: PlainFormatOption
    @OptionGroup var terminal: TerminalOption

    func validate() throws {
        if !(2...65_536).contains(ranks) { throw ValidationError("--ep \(ranks): between 2 and 65536") }
        if let tokens, !(1...16_777_216).contains(tokens) { throw ValidationError("--tokens \(tokens): between 1 and 16777216") }
        if let routedNodes, !(1...65_536).contains(routedNodes) {
            throw ValidationError("--route-nodes \(routedNodes): between 1 and 65536")
        }
        if !(1...1024).contains(sms) { throw ValidationError("--sms \(sms): between 1 and 1024") }
    }

    func run() throws {
        let library = ProfileLibrary.installed
        let shape = try library.model(model)
        let profile = try library.cluster(cluster)
        let grid: MixtureGrid
        do { grid = try MixtureGrid(shape) } catch { throw CommandFailure(.badInput, "--model \(model): \(error)") }
        guard grid.experts % ranks == 0 else {
            throw CommandFailure(.badInput, "--ep \(ranks): \(grid.experts) experts cannot be dealt to \(ranks) ranks evenly")
        }
        let inside = shape.layerClasses.classes.lazy.compactMap(\.mixture).first?.latentWidth ?? shape.hidden
        var question = TokenExchangeQuestion(
            tokens: Double(tokens ?? 4096), hidden: Double(inside), perToken: Double(grid.perToken), experts: Double(grid.experts),
            ranks: ranks)
        question.dispatchBytes = format.bytes
        question.nodeLimit = routedNodes
        question.multiprocessors = Double(sms)
        let gpu = profile.first.gpu
        guard sms <= gpu.multiprocessors else {
            throw CommandFailure(.badInput, "--sms \(sms): \(gpu.name) has \(gpu.multiprocessors) multiprocessors; use at most that")
        }
        let exchange = TokenExchangeModel(profile)
        let domains = exchange.domains(ranks)
        if let routing {
            let routed = try RoutingOptions.record(routing, shape).routing
            question.imbalance = routed.busiest(ranks: ranks)
            question.routed = ExchangeRows.routed(by: routed, domains, perToken: Double(grid.perToken))
        }
        let report = TokenExchangeReport(
            question, TokenPath.allCases.map { exchange.price(question, on: $0) }, model: grid.model, cluster: profile.name,
            nodes: domains.count, routing: routing ?? "balanced", format: format.rawValue)
        switch output.format {
        case .json: Console.print(try JSONText.string(of: report))
        case .text: Console.print(report.text(width: terminal.columns, colour: terminal.colours), terminator: "")
        }
    }
}
