import Foundation
import Hardware

/// The data of this checkout, and files written for a test.
enum Shipped {
    /// The checkout's own folder of models and profiles.
    static let library = ProfileLibrary(
        root: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path)

    /// Runs `body` with the path of a temporary file that holds `text`.
    static func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("hardware-\(UUID().uuidString).yaml").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }
}
