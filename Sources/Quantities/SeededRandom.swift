import Foundation

/// SplitMix64: a 64-bit generator that is the same on every machine for a seed (Steele, Lea and Flood, OOPSLA 2014).
///
/// All randomness of the search comes from it, so that a plan depends on its seed and on nothing else.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    /// The generator's whole state.
    private var state: UInt64

    /// A generator that `seed` decides entirely; near seeds give unrelated sequences.
    public init(seed: UInt64) { state = seed }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A number in 0 ..< `bound`, from the high half of a product; the bias is below `bound` · 2⁻³².
    public mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: ((next() >> 32) &* UInt64(truncatingIfNeeded: bound)) >> 32)
    }

    /// A number in [0, 1), on a grid of 2⁻⁵³.
    public mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A standard normal number (Box and Muller, 1958, the cosine of the pair).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return radius * cos(2 * .pi * unit())
    }

    /// An independent generator for task `index`, so that work split over threads stays the same for any number of them.
    public func stream(_ index: Int) -> SeededRandom {
        var mixer = SeededRandom(seed: state ^ (UInt64(truncatingIfNeeded: index) &* 0xD1B5_4A32_D192_ED03))
        return SeededRandom(seed: mixer.next())
    }
}
