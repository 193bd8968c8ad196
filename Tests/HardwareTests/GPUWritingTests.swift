import Documents
import Hardware
import Testing

/// What calibration writes reads back the same.
@Suite struct GPUWritingTests {
    @Test(arguments: Shipped.library.names(of: .gpu)) func `a written GPU type reads back the same`(name: String) throws {
        let gpu = try Shipped.library.gpu(name)
        let again = try Shipped.withFile(YAMLWriter.text(gpu.document)) { try Shipped.library.gpu($0) }
        #expect(again == gpu)
    }
}
