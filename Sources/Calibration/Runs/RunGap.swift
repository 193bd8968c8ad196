public import CostModels

/// How a measured step differs from its prediction, and which part of the step could make up for it.
public struct RunGap: Hashable, Sendable {
    /// A part of the step that alone could explain the gap.
    public struct Cause: Hashable, Sendable {
        /// The part.
        public var term: StepBreakdown.Term
        /// Its predicted seconds.
        public var predicted: Double
        /// How many times as long it would have to be.
        public var factor: Double
    }

    /// Measured less predicted, in s.
    public var seconds: Double
    /// Parts that could explain it, the one that would have to change least first. A part that would have to be shorter than nothing, or
    /// more than 20 times as long, is none.
    public var causes: [Cause]

    /// The gap between a prediction and a measured step in s.
    public init(_ estimate: StepEstimate, measured: Double) {
        let gap = measured - estimate.stepTime
        seconds = gap
        causes = StepBreakdown.Term.allCases.compactMap { term in
            let predicted = estimate.breakdown[term]
            guard predicted > 0 else { return nil }
            let factor = 1 + gap / predicted
            return factor >= 0 && factor <= 20 ? Cause(term: term, predicted: predicted, factor: factor) : nil
        }.sorted { abs($0.factor - 1) < abs($1.factor - 1) }
    }
}
