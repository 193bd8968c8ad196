import Documents
import Foundation
import Testing

/// The suites by which parsers of TOML and JSON are judged; `make conformance` names their folders.
@Suite struct PeerSuiteTests {
    private static func folder(_ variable: String) -> URL? {
        ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : URL(filePath: $0) }
    }

    private static let toml = folder("TOML_TEST")
    private static let json = folder("JSON_TEST_SUITE")

    /// Valid TOML that is refused on purpose.
    private static let strictTOML = [
        "valid/key/quoted-unicode.toml": "a NUL would end the text", "valid/string/quoted-unicode.toml": "a NUL would end the text",
        "valid/string/unicode-escape.toml": "a NUL would end the text",
    ]

    /// Valid JSON that is refused on purpose.
    private static let strictJSON = [
        "y_object_duplicated_key.json": "one of the values would be lost",
        "y_object_duplicated_key_and_value.json": "one of the values would be lost",
    ]

    @Test(.enabled(if: toml != nil, "needs TOML_TEST, the tests of toml-test"))
    func `TOML is judged as toml-test judges it`() throws {
        let root = try #require(Self.toml)
        let list = try String(contentsOf: root.appending(path: "files-toml-1.0.0"), encoding: .utf8)
        var wrong: Set<String> = []
        var count = 0
        for name in list.split(separator: "\n").map(String.init) where name.hasSuffix(".toml") {
            count += 1
            let file = root.appending(path: name)
            let node = Result { () throws in try TOMLDocument.parse(text: TextFile.read(path: file.path), file: name) }
            let isRight: Bool
            if name.hasPrefix("valid/") {
                let data = try Data(contentsOf: file.deletingPathExtension().appendingPathExtension("json"))
                let expected = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
                isRight = (try? node.get()).map { Self.matches($0, expected) } ?? false
            } else {
                isRight = (try? node.get()) == nil
            }
            if !isRight { wrong.insert(name) }
        }
        #expect(count > 500)
        // Older suites have the files without a NUL, which are read.
        #expect(wrong.subtracting(Self.strictTOML.keys).sorted() == [])
    }

    @Test(.enabled(if: json != nil, "needs JSON_TEST_SUITE, the folder test_parsing of JSONTestSuite"))
    func `JSON is judged as JSONTestSuite judges it`() throws {
        let root = try #require(Self.json)
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".json") }.sorted()
        #expect(names.count > 300)
        for name in names where !name.hasPrefix("i_") {
            let node = Result { () throws in try YAMLDocument.read(path: root.appending(path: name).path) }
            let isValid = name.hasPrefix("y_") && Self.strictJSON[name] == nil
            #expect(((try? node.get()) != nil) == isValid, "\(name)")
            guard isValid, let data = try? Data(contentsOf: root.appending(path: name)), let tree = try? node.get() else { continue }
            let object = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
            #expect(Self.isSame(tree, object), "\(name)")
        }
    }

    /// Whether a tree holds what toml-test's JSON says: scalars as `{"type": …, "value": "…"}`.
    private static func matches(_ node: YAMLNode, _ expected: Any) -> Bool {
        switch node {
        case .sequence(let items, _):
            guard let list = expected as? [Any], list.count == items.count else { return false }
            return zip(items, list).allSatisfy { matches($0, $1) }
        case .mapping(let entries, _):
            guard let fields = expected as? [String: Any], fields.count == entries.count else { return false }
            return entries.allSatisfy { entry in fields[entry.key.text].map { matches(entry.value, $0) } ?? false }
        case .scalar(let scalar):
            guard let tagged = expected as? [String: String], let type = tagged["type"], let value = tagged["value"] else { return false }
            switch type {
            case "string": return scalar.isQuoted && scalar.text == value
            case "integer", "bool": return !scalar.isQuoted && scalar.text == value
            case "float":
                let (found, right) = (Double(scalar.text), Double(value.replacing("+", with: "")))
                return !scalar.isQuoted && (found == right || (found?.isNaN == true && right?.isNaN == true))
            default: return scalar.isQuoted && !scalar.text.isEmpty
            }
        }
    }

    /// Whether a tree holds what Foundation reads.
    private static func isSame(_ node: YAMLNode, _ object: Any) -> Bool {
        switch node {
        case .sequence(let items, _):
            guard let list = object as? [Any], list.count == items.count else { return false }
            return zip(items, list).allSatisfy { isSame($0, $1) }
        case .mapping(let entries, _):
            guard let fields = object as? [String: Any], fields.count == entries.count else { return false }
            return entries.allSatisfy { entry in fields[entry.key.text].map { isSame(entry.value, $0) } ?? false }
        case .scalar(let scalar):
            if scalar.isQuoted { return object as? String == scalar.text }
            if object is NSNull { return scalar.text == "null" }
            if let number = object as? NSNumber {
                guard let found = Double(scalar.text) else { return ["true", "false"].contains(scalar.text) }
                // Foundation's own reading of 1e-78 written out is a last digit off.
                return abs(found - number.doubleValue) <= 1e-15 * abs(found)
            }
            return false
        }
    }
}
