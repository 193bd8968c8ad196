public import CostModels
public import Quantities

/// A configuration's step and memory part by part, for the foot of a simulation.
public struct EstimateText: Sendable {
    /// The price.
    public let estimate: StepEstimate
    /// What a GPU has.
    public let memory: Bytes
    /// GPUs of a node, which share its host.
    public let ranksPerNode: Int
    /// Bytes of a node's memory and of its drives that a rank may fill.
    private let hostRoom: (memory: Double, storage: Double)?

    /// The text of a model's price on GPUs with so much memory, so many a node.
    public init(estimate: StepEstimate, model: StepModel, memory: Bytes, ranksPerNode: Int) {
        self.estimate = estimate
        self.memory = memory
        self.ranksPerNode = ranksPerNode
        hostRoom = model.hostRoom
    }

    /// What a node's host and drives hold, in one line; nil where nothing.
    private var beside: String? {
        let held = [("host", estimate.hostMemory), ("drives", estimate.storage)].filter { $0.1 > 0 }
        guard !held.isEmpty else { return nil }
        return held.map { "a node's \($0.0) \($0.0 == "host" ? "holds" : "hold") \(gibibytes(Double(ranksPerNode) * $0.1)) GiB" }
            .joined(separator: ", ")
    }

    /// What is wrong with the memory, in one line; nil where even the high estimate fits.
    private var misfit: String? {
        guard estimate.memoryHigh > memory.count else { return nil }
        let (expected, high, has) = (gibibytes(estimate.memoryExpected), gibibytes(estimate.memoryHigh), gibibytes(memory.count))
        return estimate.memoryExpected > memory.count
            ? "it does not fit: \(expected) GiB are expected on pipeline rank \(estimate.heaviestRank), and a GPU has \(has) GiB"
            : "it may not fit: up to \(high) GiB on pipeline rank \(estimate.heaviestRank), and a GPU has \(has) GiB"
    }

    /// What is wrong with what a node's host and drives hold, a line each.
    private var hostMisfits: [String] {
        guard let hostRoom else { return [] }
        let parts = [("host", estimate.hostMemory, hostRoom.memory), ("drives", estimate.storage, hostRoom.storage)]
        return parts.filter { $0.1 > $0.2 }.map { name, held, room in
            let (wanted, has) = (gibibytes(Double(ranksPerNode) * held), gibibytes(Double(ranksPerNode) * room))
            return "it does not fit: a node's \(name) would hold \(wanted) GiB, of which a run may take \(has) GiB"
        }
    }

    private func gibibytes(_ bytes: Double) -> String { tenths(Bytes(bytes).inGibibytes) }

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
        let memory = [estimate.memoryLow, estimate.memoryExpected, estimate.memoryHigh].map(gibibytes)
        return "price   \(DurationText.text(total)) a step with stragglers and fixed costs; memory \(memory[1]) GiB expected, "
            + "\(memory[0]) to \(memory[2]) on rank \(estimate.heaviestRank), of \(gibibytes(self.memory.count))\n"
            + (beside.map { "        \($0)\n" } ?? "") + ([misfit].compactMap(\.self) + hostMisfits).map { "        \($0)\n" }.joined()
            + "\n"
            + table.rendered(width: width, colour: colour)
    }
}
