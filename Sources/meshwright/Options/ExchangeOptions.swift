public import ArgumentParser
public import Parallelism

extension ExecutionChoices.Dispatcher: ExpressibleByArgument {}
extension ExecutionChoices.DispatchFormat: ExpressibleByArgument {}

/// How tokens travel to their experts.
struct ExchangeOptions: ParsableArguments {
    @Option(help: "How tokens travel to experts: all-to-all, hierarchical, deep-ep, hybrid-ep or all-gather. By default as the stack does.")
    var dispatcher: ExecutionChoices.Dispatcher?

    @Option(name: .customLong("dispatch-format"), help: "Format of tokens on their way to experts: bf16 or fp8. By default bf16.")
    var format: ExecutionChoices.DispatchFormat?

    @Option(
        name: .customLong("route-nodes"),
        help: ArgumentHelp(
            "Nodes that a token's experts may be on, at most, as DeepSeek's routers limit them. By default any.", valueName: "count"))
    var nodes: Int?

    func validate() throws {
        if let nodes, !(1...65_536).contains(nodes) { throw ValidationError("--route-nodes \(nodes): between 1 and 65536") }
    }

    /// The choices of a stack but for what is stated; whoever names the dispatcher that waits for no counts waits for none.
    func applied(to choices: ExecutionChoices) -> ExecutionChoices {
        var choices = choices
        if let dispatcher {
            choices.dispatcher = dispatcher
            choices.waitsForTokenCounts = dispatcher != .hybridEP
        }
        if let format { choices.dispatchFormat = format }
        if let nodes { choices.routedNodes = nodes }
        return choices
    }
}
