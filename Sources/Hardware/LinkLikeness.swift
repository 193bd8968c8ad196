import Foundation

/// What the links of one kind have in common: their mean, their spread, and how far from it a healthy link may stray.
struct LinkLikeness {
    /// Mean, in B/s.
    let mean: Double
    /// Standard deviation, in B/s.
    let deviation: Double
    /// Median, in B/s.
    let median: Double
    /// Standard deviation of the healthy links, however far off a few bad ones are: the median distance from the median is 0.6745 of it
    /// where the spread is normal.
    let noise: Double
    /// Deviations that the lowest of as many links lies under the median, or more, in one cluster of a hundred or fewer: of n normal values
    /// √(2 ln 20n) is passed with a chance of 0.3 to 0.6 % for n from 10 to 100,000.
    let reach: Double

    init(_ links: some Sequence<Double>) {
        let values = links.sorted()
        let count = Double(max(values.count, 1))
        let mean = values.reduce(0, +) / count
        self.mean = mean
        deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        guard !values.isEmpty else {
            (median, noise, reach) = (0, 0, 0)
            return
        }
        let median = values[values.count / 2]
        let distance = values.map { abs($0 - median) }.sorted()[values.count / 2]
        self.median = median
        noise = distance / 0.6745
        reach = (2 * log(20 * count)).squareRoot()
    }

    /// More than a tenth under the usual, and lower than the spread of as many healthy links explains; of a value that is the mean of
    /// `averaged` links.
    func isOutlier(_ value: Double, averaged: Double = 1) -> Bool {
        value < 0.9 * median && value < median - noise * reach / averaged.squareRoot()
    }
}
