import Foundation
import Testing

/// Files whose content is kept beside the tests; `MESHWRIGHT_RECORD=1 swift test` writes them anew.
enum GoldenFile {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Golden").standardized
    private static let isRecording = ProcessInfo.processInfo.environment["MESHWRIGHT_RECORD"] == "1"

    /// Expects `text` to be what the file holds.
    static func expect(_ text: String, in path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = folder.appending(path: path)
        if isRecording {
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        #expect(text == kept, "\(path) differs", sourceLocation: sourceLocation)
    }
}
