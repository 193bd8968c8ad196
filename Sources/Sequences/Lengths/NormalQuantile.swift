import Foundation

/// e to a power.
func exponential(_ x: Double) -> Double { exp(x) }

/// The point below which a standard normal number lies with probability `p` (Acklam's rational approximation of 2003, within 1.2e-9).
func normalQuantile(_ p: Double) -> Double {
    let a = [-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.383577518672690e2, -3.066479806614716e1, 2.506628277459239]
    let b = [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1]
    let c = [-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783]
    let d = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416]
    func tail(_ q: Double) -> Double {
        let top = c.reduce(0) { $0 * q + $1 }
        let bottom = d.reduce(0) { $0 * q + $1 } * q + 1
        return top / bottom
    }
    guard p > 0, p < 1 else { return p <= 0 ? -8 : 8 }
    if p < 0.02425 { return tail((-2 * log(p)).squareRoot()) }
    if p > 1 - 0.02425 { return -tail((-2 * log(1 - p)).squareRoot()) }
    let q = p - 0.5
    let r = q * q
    let top = a.reduce(0) { $0 * r + $1 } * q
    let bottom = b.reduce(0) { $0 * r + $1 } * r + 1
    return top / bottom
}
