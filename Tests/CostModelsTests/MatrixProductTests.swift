import Hardware
import Quantities
import TestInputs
import Testing

@testable import CostModels

@Suite("Matrix product")
struct MatrixProductTests {
    let product = MatrixProduct(gpu: Fixtures.gpu, precision: .sixteen, derate: 1)

    /// 8192³ on 132 multiprocessors: 2048 tiles of 128×256 are 15.5 waves, so 16 are run: q = 2112/2048.
    @Test func matchesAHandComputedShape() {
        let flops = 2 * 8192.0 * 8192 * 8192
        let arithmetic = flops / (989e12 * 0.803) * (1 + 0.2 * (2112.0 / 2048 - 1)) * (1 + 75.0 / 8192)
        let traffic = (2 * 2 * 8192.0 * 8192 + 2 * 8192 * 8192) / (0.801 * 3.35e12)
        let expected =
            2.82e-6 + (arithmetic * arithmetic * arithmetic * arithmetic + traffic * traffic * traffic * traffic).squareRoot().squareRoot()
        #expect(abs(product.seconds(8192, 8192, 8192) / expected - 1) < 1e-12)
    }

    @Test func neverBeatsThePeakOrTheMemory() {
        for m in [1.0, 64, 300, 4096] {
            for n in [128.0, 5000, 53_248] {
                for k in [64.0, 4096, 16_384] {
                    let time = product.seconds(m, n, k)
                    #expect(time >= 2 * m * n * k / 989e12)
                    #expect(time >= 2 * (m * k + k * n + m * n) / 3.35e12)
                }
            }
        }
    }

    @Test func nothingToDoTakesNoTime() {
        #expect(product.seconds(0, 8192, 8192) == 0)
        #expect(product.seconds(1, 1, 1) > 0)
    }

    @Test func wholeWavesHaveNoTail() {
        // 132 tiles of 128×256 fill the GPU once.
        #expect(product.quantisation(128 * 12, 256 * 11) == 1)
        #expect(product.quantisation(1, 1) > 1)
    }

    @Test func lowPrecisionIsFasterWhereTheGPUHasIt() {
        let eight = MatrixProduct(gpu: Fixtures.gpu, precision: .eight, derate: 1)
        #expect(eight.seconds(8192, 8192, 8192) < product.seconds(8192, 8192, 8192))
        #expect(eight.seconds(8192, 8192, 8192, low: false) == product.seconds(8192, 8192, 8192))
    }

    @Test func rowsScaledApartAreSlowerThanTensorsAndNoSlowerThanSixteenBits() {
        let eight = MatrixProduct(gpu: Fixtures.gpu, precision: .eight, derate: 1)
        let rows = MatrixProduct(gpu: Fixtures.gpu, precision: .eightByRow, derate: 1)
        #expect(rows.lowRate == max(product.rate, 0.7 * eight.lowRate))
        #expect(eight.seconds(8192, 8192, 8192) < rows.seconds(8192, 8192, 8192))
        #expect(rows.seconds(8192, 8192, 8192) <= product.seconds(8192, 8192, 8192))
    }
}
