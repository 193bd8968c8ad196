import Foundation

/// What the links of one kind have in common: their mean, their spread, and how far from it a healthy link may stray.
struct LinkLikeness {
    /// Mean, in B/s.
    let mean: Double
    /// Standard deviation, in B/s.
    let deviation: Double
    /// The least bandwidth, in B/s, that chance alone would give one of as many healthy links in one cluster of a hundred or fewer.
    private let least: Double

    init(_ links: some Sequence<Double>) {
        let values = links.sorted()
        let count = Double(max(values.count, 1))
        let mean = values.reduce(0, +) / count
        self.mean = mean
        deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        guard !values.isEmpty else {
            least = 0
            return
        }
        let median = values[values.count / 2]
        let distance = values.map { abs($0 - median) }.sorted()[values.count / 2]
        // The median distance is 0.6745 standard deviations of a normal spread, however far a few bad links are off. Of n normal values the
        // lowest lies √(2 ln 20n) deviations under the mean, or more, with a chance of 0.3 to 0.6 % for n from 10 to 100,000.
        least = median - distance / 0.6745 * (2 * log(20 * count)).squareRoot()
    }

    /// More than a standard deviation and more than a tenth under the mean.
    func isBad(_ value: Double) -> Bool { value < mean - deviation && value < 0.9 * mean }

    /// Lower than the spread of as many healthy links explains.
    func isOutlier(_ value: Double) -> Bool { value < least }
}
