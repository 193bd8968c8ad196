import Quantities
import Testing

@Suite("Quantities as people type them")
struct QuantityTextTests {
    @Test(arguments: [("80 GiB", 80 * 1_073_741_824.0), ("80GB", 80e9), ("1.5 TiB", 1.5 * 1_099_511_627_776), (" 7 B ", 7)])
    func readsBytes(text: String, bytes: Double) throws {
        #expect(try QuantityText.bytes(text).count == bytes)
    }

    @Test func readsRatesTimesAndCounts() throws {
        #expect(try QuantityText.byteRate("400 Gbit/s").value == 5e10)
        #expect(try QuantityText.computeRate("989 TFLOP/s").value == 9.89e14)
        #expect(abs(try QuantityText.time("2.44 us").value - 2.44e-6) < 1e-18)
        #expect(try QuantityText.count("15T") == 1.5e13)
        #expect(try QuantityText.count("1e3") == 1000)
    }

    @Test func neverGuessesAUnit() {
        #expect(throws: QuantityText.Problem.self) { try QuantityText.bytes("80") }
        #expect(throws: QuantityText.Problem.unknownUnit("gigs", expected: QuantityText.byteUnits.map(\.name))) {
            try QuantityText.bytes("80 gigs")
        }
        #expect(throws: QuantityText.Problem.notANumber("GiB")) { try QuantityText.bytes("GiB") }
        #expect(throws: QuantityText.Problem.self) { try QuantityText.bytes("nan GiB") }
        #expect(throws: QuantityText.Problem.self) { try QuantityText.bytes("1e999 GiB") }
        #expect(throws: QuantityText.Problem.self) { try QuantityText.bytes("") }
    }

    @Test func dividesAmountsByRates() {
        #expect((Bytes.gigabytes(10) / .gigabytesPerSecond(5)).value == 2)
        #expect((FLOPs(1e12) / .teraFLOPsPerSecond(2)).value == 0.5)
    }
}
