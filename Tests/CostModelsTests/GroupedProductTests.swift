import Hardware
import Parallelism
import TestInputs
import Testing

@testable import CostModels

@Suite("Grouped products")
struct GroupedProductTests {
    /// Rows are the inner dimension of a weight gradient: at the rows of half speed it takes twice what its asymptote would, and with an asymptote
    /// of half the plain product's rate four times as long as that.
    @Test func weightGradientsStartUpOverTheirRows() {
        var constants = SharedConstants.fitted
        constants.groupedEfficiency = 1
        constants.groupedLatency = 0
        constants.groupedWeightGradientEfficiency = 0.5
        constants.groupedWeightGradientHalfRows = 100
        let product = MatrixProduct(gpu: Fixtures.cluster(nodes: 1).first.gpu, precision: .sixteen, derate: 1, constants: constants)
        let grouped = GroupedProduct(product: product, isLow: false, memoryBandwidth: 1e30, constants: constants)
        let seconds = grouped.weightGradientSeconds(experts: 3, rows: 100, 512, 1024)
        let work = 3 * 2 * 100.0 * 512 * 1024
        #expect(abs(seconds / (4 * work / product.rate) - 1) < 1e-9)
    }
}
