import Documents
import Foundation
import Testing

/// Files that cannot be read as text.
@Suite struct TextFileTests {
    private func read(_ bytes: [UInt8]) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("documents-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
        return try TextFile.read(path: path)
    }

    @Test func readsTextAndDropsTheByteOrderMark() throws {
        #expect(try read(Array("é: 1\r\n".utf8)) == "é: 1\r\n")
        #expect(try read([0xEF, 0xBB, 0xBF] + Array("a: 1".utf8)) == "a: 1")
        #expect(try read([]) == "")
    }

    @Test(
        arguments: [
            ([0x61, 0x3A, 0x0A, 0xC3, 0xA9, 0x20, 0xFF], 2, 3),
            ([0xFF, 0xFE, 0x61, 0x00], 1, 1),
            ([0x61, 0xC3], 1, 2),
            ([0xED, 0xA0, 0x80], 1, 1),
        ] as [([UInt8], Int, Int)])
    func otherEncodingsAreRefusedAtTheirFirstByte(bytes: [UInt8], line: Int, column: Int) {
        let error = #expect(throws: DocumentError.self) { try read(bytes) }
        #expect(error?.problem == .notUTF8)
        #expect(error?.location.line == line)
        #expect(error?.location.column == column)
    }

    @Test func missingFilesAndDirectoriesAreNamed() {
        let missing = #expect(throws: DocumentError.self) { try TextFile.read(path: "/nowhere/x.yaml") }
        #expect(missing?.description == "/nowhere/x.yaml:1:1: there is no such file; give the path of an existing one")
        let directory = #expect(throws: DocumentError.self) { try TextFile.read(path: "/tmp") }
        #expect(directory?.problem == .isDirectory)
        #expect(throws: DocumentError.self) { try TextFile.read(path: "") }
        #expect(throws: DocumentError.self) { try TextFile.read(path: "/tmp\0x") }
        #expect(throws: DocumentError.self) { try TextFile.read(path: "/etc/passwd/x") }
    }

    @Test func endlessFilesAreCut() {
        let error = #expect(throws: DocumentError.self) { try TextFile.read(path: "/dev/zero") }
        #expect(error?.problem == .tooLarge(mebibytes: 64))
    }
}
