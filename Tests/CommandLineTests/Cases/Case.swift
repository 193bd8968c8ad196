import Documents
import Foundation

/// A folder of `Tests/Cases`: files as a user has them, commands as a user types them, and what is right.
struct Case: Sendable, CustomStringConvertible {
    /// The folder.
    let folder: URL
    /// Why the case is there.
    let why: String
    /// Shell commands that are run one after another; the last one is judged, the others must succeed.
    let commands: [String]
    /// The exit status that is right.
    let status: Int
    /// Values of the answer, which is then JSON, by their path.
    let json: [(path: String, value: CaseValue)]
    /// Texts that standard output and standard error contain, and that they lack.
    let output, outputLacks, errors, errorsLacks: [String]

    var description: String { folder.pathComponents.suffix(2).joined(separator: "/") }
}

extension Case {
    /// Reads the `case.yaml` of a folder.
    init(_ folder: URL) throws(DocumentError) {
        let text = YAMLType<[String]>("a text or a list of texts") { node throws(DocumentError) in
            guard case .sequence = node else { return [try YAMLType<String>.string.read(node)] }
            return try YAMLType.list(of: .string).read(node)
        }
        self = try YAMLDocument.read(path: folder.appending(path: "case.yaml").path).object(as: "a case") { reader throws(DocumentError) in
            Case(
                folder: folder, why: try reader.required("why", .string), commands: try reader.required("command", text),
                status: try reader.optional("status", .int(in: 0...255)) ?? 0,
                json: try reader.optional("json", Self.values) ?? [],
                output: try reader.optional("output", text) ?? [], outputLacks: try reader.optional("output-lacks", text) ?? [],
                errors: try reader.optional("errors", text) ?? [], errorsLacks: try reader.optional("errors-lacks", text) ?? [])
        }
    }

    private static var values: YAMLType<[(path: String, value: CaseValue)]> {
        YAMLType("paths of the answer with their values") { node throws(DocumentError) in
            guard case .mapping(let entries, _) = node else {
                throw DocumentError(node.location, .wrongType(found: node.kind, expected: "paths of the answer with their values"))
            }
            var values: [(path: String, value: CaseValue)] = []
            for entry in entries { values.append((entry.key.text, try CaseValue(entry.value))) }
            return values
        }
    }

    /// Every folder with a `case.yaml`, in the order of their names.
    static let folders: [URL] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Cases").standardized
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        return files.filter { $0.lastPathComponent == "case.yaml" }.map { $0.deletingLastPathComponent() }.sorted { $0.path < $1.path }
    }()
}
