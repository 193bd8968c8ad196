import CostModels
import Foundation

/// Fits how far runs lie from predictions whatever the constants, on runs that no constant was fitted to.
///
/// Of each stratum two spreads are chosen: the one of a layout's own so that four of five differences between layouts of one group (source, model
/// and GPUs) lie within their interval of 80 %, and with it the common one so that four of five errors do.
struct SpreadFit {
    /// An unseen run: log(predicted/measured), its derivatives by the causes that constants are made of, and what it belongs to.
    struct Sample {
        let error: Double
        let causes: [Double]
        let stratum: FittedUncertainty.Stratum
        let group: String
    }

    /// Samples below which a stratum says too little of itself.
    private static let fewest = 8
    /// Half-width of an interval of 80 %, in standard deviations.
    private static let halfWidth = 1.2815515655446004
    /// Spreads are no smaller than repeats of one configuration (docs/accuracy.md: half of them within 0.8 %).
    private static let least = 0.008

    /// The spreads of strata with enough samples.
    static func spreads(_ samples: [Sample]) -> [FittedUncertainty.Stratum: FittedUncertainty.Spread] {
        var result: [FittedUncertainty.Stratum: FittedUncertainty.Spread] = [:]
        for (stratum, members) in Dictionary(grouping: samples, by: \.stratum) where members.count >= fewest {
            let own = own(members)
            let all = spread(members.map { (abs($0.error), square($0.causes)) }, share: 1)
            result[stratum] = .init(common: max(all * all - own * own, least * least).squareRoot(), own: own)
        }
        return result
    }

    /// What layouts of a group have for themselves.
    private static func own(_ members: [Sample]) -> Double {
        var pairs: [(error: Double, variance: Double)] = []
        for group in Dictionary(grouping: members, by: \.group).sorted(by: { $0.key < $1.key }) {
            for (place, a) in group.value.enumerated() {
                // A few neighbours each, so that a large group does not speak for all.
                for b in group.value[(place + 1)...].prefix(4) {
                    pairs.append((abs(a.error - b.error), square(zip(a.causes, b.causes).map { $0 - $1 })))
                }
            }
        }
        guard pairs.count >= fewest else { return spread(members.map { (abs($0.error), square($0.causes)) }, share: 1) / 2.0.squareRoot() }
        return spread(pairs, share: 2)
    }

    /// The spread s with which four of five errors lie within the interval of variance v + share · s²; by bisection.
    private static func spread(_ errors: [(error: Double, variance: Double)], share: Double) -> Double {
        func covered(_ spread: Double) -> Double {
            let inside = errors.filter { $0.error <= halfWidth * ($0.variance + share * spread * spread).squareRoot() }.count
            return Double(inside) / Double(errors.count)
        }
        var (low, high) = (least, 1.0)
        guard covered(low) < 0.8 else { return low }
        for _ in 0..<40 {
            let middle = (low + high) / 2
            if covered(middle) < 0.8 { low = middle } else { high = middle }
        }
        return high
    }

    private static func square(_ row: [Double]) -> Double { row.reduce(0) { $0 + $1 * $1 } }
}
