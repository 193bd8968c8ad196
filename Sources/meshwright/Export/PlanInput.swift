import Documents
import Foundation
import Hardware
import Interchange
import PlanStore

/// A file that a plan was made from, found again.
struct PlanInput {
    /// The name or path as options take it, and the path that was read.
    let name, path: String
    /// Its text.
    let text: String
    /// Whether the text is the one that the plan was made from.
    let isUnchanged: Bool
    private let kind: ProfileLibrary.Kind
    private let source: PlanDocument.Source

    /// Reads the file: the one named `instead` by an option, else where the plan says it was, else beside the plan, else what is shipped
    /// under its name; the last two only with the same content.
    init(
        _ kind: ProfileLibrary.Kind, _ source: PlanDocument.Source, instead: String?, beside plan: String, _ library: ProfileLibrary
    ) throws {
        self.kind = kind
        self.source = source
        func read(_ name: String) throws -> (name: String, path: String, text: String, isSame: Bool) {
            let (path, text) = try library.text(of: kind, named: name)
            return (name, path, text, SHA256.hexadecimal(of: text.utf8) == source.sha256)
        }
        if let instead {
            (name, path, text, isUnchanged) = try read(instead)
        } else if let file = source.file {
            if FileManager.default.fileExists(atPath: file) {
                (name, path, text, isUnchanged) = try read(Self.asPath(file))
                return
            }
            let moved = URL(filePath: plan).deletingLastPathComponent().appending(path: URL(filePath: file).lastPathComponent).path
            guard let found = [moved, source.name].lazy.compactMap({ try? read($0) }).first(where: \.isSame) else {
                throw Self.isGone("the \(kind.word) file \(file) that the plan was made from is gone", kind, source)
            }
            (name, path, text, isUnchanged) = found
        } else {
            guard library.names(of: kind).contains(source.name) || kind == .cluster && ProfileLibrary.usualGPU(source.name) != nil else {
                throw Self.isGone("the plan was made from a \(kind.word) '\(source.name)' that is not shipped", kind, source)
            }
            (name, path, text, isUnchanged) = try read(source.name)
        }
    }

    /// Warns where the times of the plan may not hold for what is used now.
    func warnOfChange(named found: String) {
        guard !isUnchanged else { return }
        guard found == source.name else {
            return ErrorReporting.warn(
                "\(path) is the \(kind.word) '\(found)', and the plan was made for '\(source.name)'; its times and memory do not hold there"
            )
        }
        ErrorReporting.warn("\(path) has changed since the plan was made; its times may be others by now")
    }

    /// A path that no shipped name can be taken for.
    private static func asPath(_ file: String) -> String { file.contains("/") ? file : "./\(file)" }

    private static func isGone(_ what: String, _ kind: ProfileLibrary.Kind, _ source: PlanDocument.Source) -> CommandFailure {
        CommandFailure(.badInput, "\(source.location): \(what); name it with --\(kind.word) FILE")
    }
}

extension ProfileLibrary.Kind {
    /// The option that names such a file, which is also the word for it.
    fileprivate var word: String {
        switch self {
        case .model: "model"
        case .cluster: "cluster"
        case .gpu: "gpu"
        case .stack: "stack"
        }
    }
}
