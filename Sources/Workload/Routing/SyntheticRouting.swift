import Foundation
import Quantities

extension ExpertRouting {
    /// The routing that a word asks for: `balanced`, or `zipf:S`; nil where it is neither, and so a file.
    public static func synthetic(_ text: String, for grid: MixtureGrid) throws(RoutingProblem) -> ExpertRouting? {
        if text == "balanced" { return balanced(grid) }
        guard text == "zipf" || text.hasPrefix("zipf:") else { return nil }
        guard let exponent = Double(text.dropFirst(5)), (0...10).contains(exponent) else { throw .unknownSynthetic(text) }
        return zipf(exponent, for: grid, source: text)
    }

    /// Every expert visited alike.
    public static func balanced(_ grid: MixtureGrid) -> ExpertRouting {
        ExpertRouting(source: "balanced", experts: grid.experts, counts: [Double](repeating: 1, count: grid.layers.count * grid.experts))
    }

    /// Visits that fall with the rank of an expert's popularity as 1/rank^exponent, popularity in an order drawn anew for every layer.
    ///
    /// A token visits an expert once, so no expert has more than 1/k of the visits: what it would have beyond is the others', in proportion
    /// (sampling with inclusion probabilities proportional to size). The order is drawn from a fixed seed.
    public static func zipf(_ exponent: Double, for grid: MixtureGrid, source: String) -> ExpertRouting {
        let shares = capped((1...grid.experts).map { pow(Double($0), -exponent) }, most: 1 / Double(grid.perToken))
        var counts: [Double] = []
        var random = SeededRandom(seed: 0x5EED)
        for _ in grid.layers {
            var row = shares
            for place in stride(from: row.count - 1, to: 0, by: -1) { row.swapAt(place, random.below(place + 1)) }
            counts += row
        }
        return ExpertRouting(source: source, experts: grid.experts, counts: counts)
    }

    /// Shares in proportion to falling weights, none above `most`.
    private static func capped(_ weights: [Double], most: Double) -> [Double] {
        var shares = weights
        var full = 0
        while full < weights.count {
            let left = 1 - Double(full) * most
            let sum = weights[full...].reduce(0, +)
            for place in full..<weights.count { shares[place] = weights[place] / sum * left }
            guard shares[full] > most else { return shares }
            shares[full] = most
            full += 1
        }
        return shares
    }
}
