public import CostModels
import Parallelism

/// The steps of attention over context ranks as a table: what each sends on which lane, and how long it takes.
public struct ContextLanesText: Sendable {
    private let lanes: ContextLanes
    private let exchange: ContextExchange
    private let refusal: String?

    /// The table of an attention; `exchange` is that of its cost models, `refusal` why the stack at hand would not run it.
    public init(_ lanes: ContextLanes, _ exchange: ContextExchange, refusal: String? = nil) {
        self.refusal = refusal
        self.lanes = lanes
        self.exchange = exchange
    }

    /// The lines, no wider than `width`, ended by a newline.
    public func rendered(width: Int, colour: TerminalColour) -> String {
        let work = lanes.work
        let sizes = work.inner > 1 ? "\(work.kind.rawValue) \(work.inner) × \(work.context / work.inner)" : work.kind.rawValue
        var table = TextTable([
            .init("Pass"), .init("Steps", .trailing), .init("Attention", .trailing), .init("Ring →", .trailing),
            .init("Ring ←", .trailing), .init("Outer →", .trailing), .init("Not hidden", .trailing), .init("Step", .trailing),
        ])
        for pass in ContextPass.allCases {
            for step in lanes.steps[pass] ?? [] where step.count > 0 {
                let cells = [
                    pass.rawValue, "\(Int(step.count))", DurationText.text(step.attention), text(step.clockwise),
                    text(step.counterclockwise), text(step.outer), text(step.exchange), DurationText.text(exchange.duration(step)),
                ]
                table.rows.append(cells.map { StyledText($0) })
            }
        }
        let passes = ContextPass.allCases.map { "\($0.rawValue) \(DurationText.text(lanes.ends[$0] ?? 0))" }.joined(separator: ", ")
        let title = "Attention to \(lanes.sight) over \(work.context) context ranks, \(sizes): \(passes) a layer and micro-batch"
        let lines = TextWrap.lines(title, width: width) + [table.rendered(width: width, colour: colour)]
        let launched = refusal.map { "\($0)." } ?? "Launched by \(work.kind.launchers)."
        return lines.joined(separator: "\n") + TextWrap.lines(launched, width: width).joined(separator: "\n")
    }

    private func text(_ transfer: ContextStep.Transfer) -> String {
        guard transfer.seconds > 0 else { return "–" }
        return "\(DurationText.decimal(transfer.bytes / 1e6, 1)) MB, \(DurationText.text(transfer.seconds))"
    }
}
