public import CostModels
public import Parallelism
import Quantities

/// What steps of rows whose documents differ take beyond steps of rows of equal work: drawn once, priced for any layout.
///
/// A search prices rows at the mean of their documents. Ranks wait for whoever holds the longest documents, which depends on how many rows a rank
/// has and how many ranks share one: so that is part of the order of plans.
public struct UnevenRows: Sendable {
    /// The documents of rows, in the order in which they are dealt, and the rows of a step.
    private let rows: [[Int]]
    private let rowsOfStep: Int
    private let rowTokens: Int

    /// Steps that are drawn, and rows of all of them at most.
    private static let (steps, mostRows) = (8, 1 << 15)

    /// Rows of `rowTokens` tokens, `rowsOfStep` a step, packed from drawn samples; nil where rows are padded, and so all alike.
    public init?(_ lengths: LengthDistribution, packing: PackingMode, rowTokens: Int, rowsOfStep: Int, seed: UInt64) {
        guard packing != .none, lengths.lengths != [rowTokens], rowsOfStep > 0, rowsOfStep <= Self.mostRows else { return nil }
        let draws = max(1, min(Self.steps, Self.mostRows / rowsOfStep))
        let (budget, isTooLarge) = rowsOfStep.multipliedReportingOverflow(by: rowTokens)
        guard !isTooLarge else { return nil }
        rows = Concurrent.map(draws) { draw in
            var random = SeededRandom(seed: seed).stream(draw)
            return PackedRows(lengths.draw(tokens: budget, &random), packing, capacity: rowTokens).rows
        }.flatMap(\.self)
        guard rows.count >= rowsOfStep else { return nil }
        self.rowsOfStep = rowsOfStep
        self.rowTokens = rowTokens
    }

    /// What a step of a strategy takes beyond one of rows of equal work, in s; `step` is its price at the mean.
    @Sendable public func seconds(_ inputs: CostInputs, _ s: ParallelStrategy, _ step: StepEstimate) -> Double {
        guard let prices = SequencePrices(meshOf: inputs, s, step: step) else { return 0 }
        let dealer = StepDealer(prices, rowTokens: rowTokens)
        var (sum, count) = (0.0, 0)
        for start in stride(from: 0, through: rows.count - rowsOfStep, by: rowsOfStep) {
            sum += dealer.unevenness(rows[start..<start + rowsOfStep])
            count += 1
        }
        return count > 0 ? sum / Double(count) : 0
    }
}
