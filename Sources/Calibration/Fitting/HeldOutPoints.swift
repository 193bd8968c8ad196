import Quantities
import Search

/// Divides measured points into those that are fitted and those that only check the fit; a seed decides.
enum HeldOutPoints {
    /// For each of `count` points, whether it is held out; about `share` of them are.
    static func choose(_ count: Int, share: Double, seed: UInt64) -> [Bool] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in random.unit() < share }
    }
}
