import Reports
import Testing

@Suite struct CountTextTests {
    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (405_853_388_800, "405,853,388,800"), (-12345, "−12,345"),
        (Int.min, "−9,223,372,036,854,775,808"),
    ])
    func `digits in groups of three`(number: Int, text: String) { #expect(CountText.grouped(number) == text) }

    @Test(arguments: [
        (0.0, "0"), (7, "7"), (1500, "1.50 K"), (124_439_808, "124.44 M"), (999_999_999, "1.00 B"), (1.008e12, "1.01 T"),
        (5e16, "50000.00 T"),
    ])
    func `counts in the largest unit that keeps them at least one`(number: Double, text: String) {
        #expect(CountText.counted(number) == text)
    }

    @Test func `bytes in steps of 1024 and arithmetic in steps of 1000`() {
        #expect(CountText.bytes(1024) == "1.00 KiB")
        #expect(CountText.bytes(80 * 1_073_741_824) == "80.00 GiB")
        #expect(CountText.flops(2.5e12) == "2.50 TFLOP")
    }
}
