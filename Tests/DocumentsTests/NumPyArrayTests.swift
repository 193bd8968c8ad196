import Testing

@testable import Documents

/// Arrays as numpy.save writes them, byte by byte.
@Suite struct NumPyArrayTests {
    /// A file of version 1 with a header and the bytes of its elements.
    static func file(_ header: String, _ elements: [UInt8], version: UInt8 = 1) -> [UInt8] {
        let text = Array(header.utf8) + [0x0A]
        let length: [UInt8] = [UInt8(text.count & 255), UInt8(text.count >> 8)] + (version == 1 ? [] : [0, 0])
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + elements
    }

    private func values(_ array: NumPyArray) -> [Double] { (0..<array.count).map(array.value) }

    @Test func `whole numbers of either byte order`() throws {
        let little = Self.file("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2), }", [1, 0, 2, 0, 0xFF, 0xFF, 0, 1])
        let array = try NumPyArray.parse(bytes: little, file: "a.npy")
        #expect(array.shape == [2, 2] && array.isWhole && values(array) == [1, 2, -1, 256])
        let big = Self.file("{'descr': '>u4', 'fortran_order': False, 'shape': (1,), }", [0, 0, 1, 2], version: 3)
        #expect(values(try NumPyArray.parse(bytes: big, file: "b.npy")) == [258])
    }

    @Test func `floating-point numbers of three widths`() throws {
        // 1.5 in half, single and double precision.
        for (type, bytes) in [
            ("<f2", [0x00, 0x3E] as [UInt8]), ("<f4", [0, 0, 0xC0, 0x3F]), ("<f8", [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]),
        ] {
            let one = Self.file("{'descr': '\(type)', 'fortran_order': False, 'shape': (), }", bytes)
            #expect(values(try NumPyArray.parse(bytes: one, file: "c.npy")) == [1.5])
        }
    }

    @Test func `columns first is read as rows first`() throws {
        let bytes = Self.file("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", [0, 3, 1, 4, 2, 5])
        #expect(values(try NumPyArray.parse(bytes: bytes, file: "d.npy")) == [0, 1, 2, 3, 4, 5])
    }

    @Test(arguments: [
        ("{'descr': '<i2', 'fortran_order': False, 'shape': (3, 2), }", "12 bytes, and 8 follow"),
        ("{'descr': '<i2', 'fortran_order': False, 'shape': (9223372036854775807, 4), }", "too large"),
        ("{'descr': [('a', '<i2')], 'fortran_order': False, 'shape': (4,), }", "no numbers"),
        ("{'descr': '|O', 'fortran_order': False, 'shape': (4,), }", "no numbers"),
        ("{'descr': '<i2', 'fortran_order': False, }", "no shape"),
        ("{'descr': '<i2', 'fortran_order': False, 'shape': (-1,), }", "no shape"),
    ]) func `what does not fit its header is refused`(header: String, complaint: String) {
        let bytes = Self.file(header, [1, 0, 2, 0, 3, 0, 4, 0])
        let error = #expect(throws: DocumentError.self) { try NumPyArray.parse(bytes: bytes, file: "e.npy") }
        #expect(error.map { "\($0)".contains(complaint) } == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func `no cut of a file traps`() {
        let whole = Self.file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", [0, 0, 0xC0, 0x3F, 0, 0, 0, 0])
        for end in 0..<whole.count {
            #expect(throws: DocumentError.self) { try NumPyArray.parse(bytes: Array(whole[..<end]), file: "f.npy") }
        }
    }
}
