import Testing

@testable import Calibration

/// Bayes' rule on normal distributions.
@Suite struct GaussianUpdateTests {
    private func noise(_ variances: [Double]) -> [[Double]] {
        variances.indices.map { i in variances.indices.map { i == $0 ? variances[i] : 0 } }
    }

    /// The covariance that a factor stands for.
    private func covariance(_ factor: [[Double]]) -> [[Double]] {
        factor.map { a in factor.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
    }

    private func isNear(_ a: [[Double]], _ b: [[Double]], _ most: Double = 1e-12) -> Bool {
        zip(a, b).allSatisfy { zip($0, $1).allSatisfy { abs($0 - $1) < most } }
    }

    @Test func `one constant follows the closed form`() {
        // Prior deviation 0.3, slope 0.5, noise 0.1: gain = 0.09·0.5 / (0.25·0.09 + 0.01).
        let update = GaussianUpdate(factor: [[0.3]], slopes: [[0.5]], noise: [[0.01]], values: [0.2])
        let gain = 0.045 / 0.0325
        #expect(abs(update.mean[0] - gain * 0.2) < 1e-14)
        #expect(abs(covariance(update.factor)[0][0] - (0.09 - gain * 0.5 * 0.09)) < 1e-15)
    }

    @Test func `the order of measurements does not matter, nor whether they come at once`() {
        let prior = [[0.4], [0.1, 0.3], [-0.2, 0.05, 0.25]]
        let slopes = [[1.0, 0.5, 0], [0, 0.3, 1], [0.2, 0.2, 0.9], [1, 1, 1]]
        let variances = [0.01, 0.02, 0.005, 0.03]
        let values = [0.1, -0.2, 0.05, 0.3]
        let whole = GaussianUpdate(factor: prior, slopes: slopes, noise: noise(variances), values: values)
        for order in [[3, 1, 0, 2], [2, 3, 1, 0]] {
            let turned = GaussianUpdate(
                factor: prior, slopes: order.map { slopes[$0] }, noise: noise(order.map { variances[$0] }), values: order.map { values[$0] }
            )
            #expect(isNear([whole.mean], [turned.mean]))
            #expect(isNear(covariance(whole.factor), covariance(turned.factor)))
            // One by one, each from what the ones before left: what is expected moves with the mean.
            var (mean, factor) = ([0.0, 0, 0], prior)
            for place in order {
                let off = values[place] - zip(slopes[place], mean).reduce(0) { $0 + $1.0 * $1.1 }
                let next = GaussianUpdate(factor: factor, slopes: [slopes[place]], noise: [[variances[place]]], values: [off])
                mean = zip(mean, next.mean).map { $0 + $1 }
                factor = next.factor
            }
            #expect(isNear([whole.mean], [mean]))
            #expect(isNear(covariance(whole.factor), covariance(factor)))
        }
    }

    @Test func `many copies tend to the data, and to nothing being open`() {
        var (last, open) = (0.0, 1.0)
        for copies in [1, 10, 100] {
            let update = GaussianUpdate(
                factor: [[0.3]], slopes: Array(repeating: [1], count: copies), noise: noise(Array(repeating: 0.01, count: copies)),
                values: Array(repeating: 0.2, count: copies))
            // V / (V + R/n) of the way.
            #expect(abs(update.mean[0] - 0.2 * 0.09 / (0.09 + 0.01 / Double(copies))) < 1e-12)
            #expect(update.mean[0] > last && update.factor[0][0] < open)
            (last, open) = (update.mean[0], update.factor[0][0])
        }
        #expect(abs(last - 0.2) < 0.001 && open < 0.011)
    }

    @Test func `what a measurement does not speak of stays as it was`() {
        let prior = [[0.4], [0.2, 0.3], [0, 0, 0.5]]
        let update = GaussianUpdate(factor: prior, slopes: [[1, 0, 0]], noise: [[0.01]], values: [0.3])
        #expect(update.mean[2] == 0 && update.factor[2] == prior[2])
        // What is correlated with it moves along: by the regression 0.08 / 0.16.
        #expect(abs(update.mean[1] / update.mean[0] - 0.5) < 1e-12)
        let left = covariance(update.factor)
        #expect(left[0][0] < 0.16 && left[1][1] < 0.13)
        #expect(abs(left[1][1] - (0.13 - 0.08 * 0.08 / 0.17)) < 1e-12)
    }
}
