import Foundation
import Testing

@testable import Reports

@Suite struct AtomicFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "meshwright-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() } }

    @Test func replacesAFileAndLeavesNothingBeside() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a.json").path
        try AtomicFile.write(Array("one, which is longer".utf8), to: path)
        try AtomicFile.write(Array("two".utf8), to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "two")
        #expect(try names == ["a.json"])
    }

    @Test func aFailureHalfWayLeavesTheOldContent() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a.json").path
        try AtomicFile.write(Array("old".utf8), to: path)
        let problem = ReportsError.unwritable(path: "x", reason: "y")
        func writeHalf() throws {
            try AtomicFile.write(to: path) { (append) throws(ReportsError) in
                try [UInt8](repeating: 65, count: 1000).withUnsafeBufferPointer { (bytes) throws(ReportsError) in
                    try append(UnsafeRawBufferPointer(bytes))
                }
                throw problem
            }
        }
        #expect(throws: problem) { try writeHalf() }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        #expect(try names == ["a.json"])
    }

    @Test func theErrorNamesPathAndReason() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "missing/a.json").path
        let error = #expect(throws: ReportsError.self) { try AtomicFile.write([], to: path) }
        #expect(error.map(String.init(describing:)) == "cannot write \(path): No such file or directory")
        #expect(throws: ReportsError.unwritable(path: folder.path, reason: "Is a directory")) {
            try AtomicFile.write([], to: folder.path)
        }
    }

    @Test func linksKeepPointingAndPermissionsStay() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, link) = (folder.appending(path: "real").path, folder.appending(path: "link").path)
        try AtomicFile.write(Array("old".utf8), to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real")
        try AtomicFile.write(Array("new".utf8), to: link)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "new")
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o640)
    }
}
