public import CostModels

/// A configuration's step and memory part by part, for the foot of a simulation.
public struct EstimateText: Sendable {
    let estimate: StepEstimate

    /// The text of a price.
    public init(estimate: StepEstimate) { self.estimate = estimate }

    /// One line a part, longest first, with bars as wide as `width` allows.
    public func lines(width: Int, colour: TerminalColour) -> String {
        let terms = StepBreakdown.Term.allCases.map { ($0, estimate.breakdown[$0]) }.filter { $0.1 > 0.0005 * estimate.stepTime }
            .sorted { $0.1 > $1.1 }
        let total = estimate.stepTime
        var table = TextTable([.init("of the step"), .init("", .trailing), .init("", .trailing), .init("")])
        let bar = max(10, min(60, width - 60))
        table.rows = terms.map { term, seconds in
            [
                StyledText(PlanTerms.words(term.rawValue)), StyledText(DurationText.text(seconds)), StyledText(percent(seconds / total)),
                StyledText(String(repeating: "#", count: Int((seconds / (terms.first?.1 ?? 1) * Double(bar)).rounded()))),
            ]
        }
        let memory = [estimate.memoryLow, estimate.memoryExpected, estimate.memoryHigh].map { tenths($0 / 1_073_741_824) }
        return "price   \(DurationText.text(total)) a step with stragglers and fixed costs; memory \(memory[1]) GiB expected, "
            + "\(memory[0]) to \(memory[2]) on rank \(estimate.heaviestRank)\n\n" + table.rendered(width: width, colour: colour)
    }
}
