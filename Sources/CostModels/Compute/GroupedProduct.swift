/// Time of the grouped products of local experts.
///
/// Per expert `t0 + ((F/(e·rows/(rows+half)·rate))⁴ + (bytes/(eb·bw))⁴)^¼`: few rows an expert starve the tensor cores, and the weights of every
/// local expert must be read whatever the rows. With many rows they are as fast as plain products: 73 timings of Transformer Engine's
/// grouped products on B200 (SimuMax) are met within 10 %, the wide ones among them.
struct GroupedProduct: Sendable {
    let rate: Double
    let inputBytes: Double
    let halfRows: Double
    let weightHalfRows: Double
    let memoryRate: Double
    let constants: SharedConstants

    /// The grouped products of a GPU, on the rates of its plain ones.
    init(product: MatrixProduct, isLow: Bool, memoryBandwidth: Double, constants: SharedConstants) {
        rate = (isLow ? product.lowRate : product.rate) * constants.groupedEfficiency
        inputBytes = isLow ? product.lowBytes : 2
        halfRows = constants.groupedHalfRows * (isLow ? 2 : 1)
        weightHalfRows = constants.groupedWeightGradientHalfRows * (isLow ? 2 : 1)
        memoryRate = memoryBandwidth
        self.constants = constants
    }

    /// Forward or input-gradient product of `experts` local experts with `rows` rows each, n outputs and k inputs, in s.
    func seconds(experts: Double, rows: Double, _ n: Double, _ k: Double) -> Double {
        let traffic = inputBytes * (rows * k + k * n) + 2 * rows * n
        return time(experts, rows, n, k, efficiency: 1, halfRows: halfRows, traffic: traffic)
    }

    /// Weight-gradient product, which reads and adds to the fp32 main gradient, in s. Its inner dimension is the rows, over which its main loop
    /// starts up.
    func weightGradientSeconds(experts: Double, rows: Double, _ n: Double, _ k: Double) -> Double {
        let traffic = inputBytes * (rows * k + rows * n) + 8 * k * n
        return time(
            experts, rows, n, k, efficiency: constants.groupedWeightGradientEfficiency, halfRows: weightHalfRows, traffic: traffic)
    }

    private func time(
        _ experts: Double, _ rows: Double, _ n: Double, _ k: Double, efficiency: Double, halfRows: Double, traffic: Double
    ) -> Double {
        let reached = rate * efficiency * rows / (rows + halfRows)
        return experts * (constants.groupedLatency + softFourth(2 * rows * n * k / reached, traffic / memoryRate))
    }
}
