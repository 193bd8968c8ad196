import Foundation
import Testing

@testable import Reports

@Suite struct ByteWriterTests {
    private func text(_ body: (inout ByteWriter) -> Void) -> String {
        var writer = ByteWriter(capacity: 1)
        body(&writer)
        return String(decoding: writer.array(), as: UTF8.self)
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, 12345, -7, Int.max, Int.min])
    func wholeNumbers(_ number: Int) {
        #expect(text { $0.append(number) } == String(number))
    }

    @Test(arguments: [(0, "0"), (1, "0.001"), (10, "0.01"), (1500, "1.5"), (2000, "2"), (1_234_567, "1234.567"), (-50, "-0.05")])
    func thousandths(_ number: Int, _ expected: String) {
        #expect(text { $0.append(thousandths: number) } == expected)
    }

    @Test func base64IsFoundations() {
        for length in 0..<9 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 77 + 250) }
            #expect(text { writer in bytes.withUnsafeBytes { writer.append(base64: $0) } } == Data(bytes).base64EncodedString())
        }
    }

    @Test func growthKeepsWhatIsThere() {
        let written = text { writer in (0..<10_000).forEach { writer.append($0) } }
        #expect(written == (0..<10_000).map(String.init).joined())
    }
}
