import Foundation

/// The time between two checkpoints that loses least, all in seconds; `mtbf` is that of the whole job.
public enum CheckpointInterval {
    /// √(2δM), right where δ is much less than M (Young, CACM 17(9), 1974, eq. 5).
    public static func young(stall: Double, mtbf: Double) -> Double { (2 * stall * mtbf).squareRoot() }

    /// The higher-order estimate of Daly (Future Generation Computer Systems 22, 2006, eq. 37); M where δ ≥ 2M.
    public static func daly(stall: Double, mtbf: Double) -> Double {
        guard stall < 2 * mtbf else { return mtbf }
        let ratio = stall / (2 * mtbf)
        return (2 * stall * mtbf).squareRoot() * (1 + ratio.squareRoot() / 3 + ratio / 9) - stall
    }

    /// The exact optimum for exponential failures, at least `least`: the zero of d/dτ of `stretch`, (1 − x) e^(x + δ/M) = 1 with x = τ/M.
    ///
    /// Found by bisection, to the last digit; a stall of 0 gives `least`.
    public static func optimum(stall: Double, mtbf: Double, least: Double = 0) -> Double {
        guard mtbf.isFinite else { return .infinity }
        var (low, high) = (0.0, 1.0)
        for _ in 0..<64 {
            let x = (low + high) / 2
            // In logarithms, as δ may be many times M.
            if log1p(-x) + x + stall / mtbf > 0 { low = x } else { high = x }
        }
        return max(least, (low + high) / 2 * mtbf)
    }

    /// Expected time over useful time, M e^(R/M) (e^((τ+δ)/M) − 1) / τ for exponential failures (Daly, 2006, eq. 20).
    ///
    /// R is the recovery, in which failures start it anew. A checkpoint that takes `pending` to become safe lengthens it by just that: the number of
    /// safe intervals before a failure is Σₖ e^(−(k(τ+δ) + pending)/M).
    public static func stretch(interval τ: Double, stall: Double, recovery: Double, mtbf: Double) -> Double {
        guard mtbf.isFinite else { return τ.isFinite ? 1 + stall / τ : 1 }
        return mtbf * exp(recovery / mtbf) * expm1((τ + stall) / mtbf) / τ
    }
}
