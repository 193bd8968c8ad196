/// Items dealt to bins that hold as many each, so that the heaviest bin is light; what an item weighs may depend on the bin by a factor.
struct SlotPacking {
    /// What each item weighs.
    let weights: [Double]
    /// The items of each bin.
    private(set) var bins: [[Int]]
    /// What a unit weighs in each bin.
    private let factors: [Double]
    /// What each bin weighs.
    private(set) var loads: [Double]
    /// Whose copy each item is.
    var owner: [Int] = []

    /// Heaviest first, each to the bin with room that is lightest with it, the first where several are (longest processing time, Graham 1969).
    init(_ weights: [Double], bins count: Int, factors: [Double]? = nil) {
        self.weights = weights
        self.factors = factors ?? [Double](repeating: 1, count: count)
        let room = weights.count / count
        bins = [[Int]](repeating: [], count: count)
        loads = [Double](repeating: 0, count: count)
        for item in weights.indices.sorted(by: { weights[$0] != weights[$1] ? weights[$0] > weights[$1] : $0 < $1 }) {
            var bin = -1
            var least = Double.infinity
            for place in 0..<count where bins[place].count < room {
                let weight = factors == nil ? loads[place] : loads[place] + self.factors[place] * weights[item]
                if weight < least { (bin, least) = (place, weight) }
            }
            guard bin >= 0 else { continue }
            bins[bin].append(item)
            loads[bin] += self.factors[bin] * weights[item]
        }
    }

    /// The heaviest bin's weight.
    var most: Double { loads.max() ?? 0 }

    /// Exchanges items of the heaviest bin with lighter ones of others while the heavier of the two gets lighter, or until it weighs no more than
    /// `enough`.
    mutating func improve(until enough: Double = 0) {
        for _ in 0..<4 * weights.count {
            guard let heavy = loads.indices.max(by: { loads[$0] < loads[$1] }), loads[heavy] > enough else { return }
            var (best, mine, bin, theirs) = (loads[heavy] * (1 - 1e-12), -1, -1, -1)
            for other in bins.indices where other != heavy {
                for (place, item) in bins[heavy].enumerated() {
                    for (there, with) in bins[other].enumerated() {
                        let shift = weights[item] - weights[with]
                        guard shift > 0 else { continue }
                        let after = max(loads[heavy] - factors[heavy] * shift, loads[other] + factors[other] * shift)
                        if after < best { (best, mine, bin, theirs) = (after, place, other, there) }
                    }
                }
            }
            guard bin >= 0 else { return }
            let (item, with) = (bins[heavy][mine], bins[bin][theirs])
            (bins[heavy][mine], bins[bin][theirs]) = (with, item)
            // Added up anew, so that no rounding gathers.
            for changed in [heavy, bin] { loads[changed] = factors[changed] * bins[changed].reduce(0) { $0 + weights[$1] } }
        }
    }
}
