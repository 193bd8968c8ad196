import Documents
import Foundation

/// Where the text of a log comes from: a file that is read in parts, however large, or a text.
enum LogSource {
    case file(String)
    case text(String)

    /// A file that can be read again, or what a pipe holds.
    static func of(path: String) throws(DocumentError) -> LogSource {
        let kind = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
        let isPlain = kind == .typeRegular || kind == .typeSymbolicLink && !path.hasPrefix("/dev/") || kind == nil || kind == .typeDirectory
        return isPlain ? .file(path) : .text(try TextFile.readLossily(path: path))
    }

    /// Hands out the text in order, in parts that end with a line.
    func forEachPart(_ body: (String) throws(DocumentError) -> Void) throws(DocumentError) {
        switch self {
        case .text(let text): try body(text)
        case .file(let path): try TextFile.readLossily(path: path, inParts: body)
        }
    }
}

extension TrainingLog {
    /// The log that a source holds, read as one framework's; nil for whichever it is.
    static func read(_ source: LogSource, file: String, _ framework: Framework?) throws(DocumentError) -> TrainingLog {
        guard let framework else { return try detect(source, file: file) }
        var format = framework.format
        var collector = LogCollector(file: file)
        try collector.read(source, &format)
        if let log = collector.log(framework) { return log }
        if collector.isBlank { throw blank(file) }
        for other in Framework.allCases where other != framework {
            guard let log = try? attempt(source, file: file, other), let step = log.measured.steps.first else { continue }
            throw DocumentError.log(
                file, step.line, "this is a step of \(other.rawValue), not of \(framework.rawValue)", "write \(other.rawValue):\(file)")
        }
        let what =
            collector.starts.last.map { "training started at line \($0.line) and no step is logged" } ?? "no step is logged"
        throw DocumentError.log(
            file, collector.lastLine, "\(what) before the log ends", "a step is a line with '\(framework.mark)'")
    }

    private static func blank(_ file: String) -> DocumentError {
        .log(file, 1, "the log is empty", "name one that training wrote")
    }

    private static func attempt(_ source: LogSource, file: String, _ framework: Framework) throws(DocumentError) -> TrainingLog? {
        var format = framework.format
        var collector = LogCollector(file: file)
        try collector.read(source, &format)
        return collector.hasSteps ? collector.log(framework) : nil
    }

    /// Whichever framework's log it is, where its lines can be only one's.
    ///
    /// DeepSpeed, and the bars of Transformers, log beside the framework that uses them, which then counts.
    private static func detect(_ source: LogSource, file: String) throws(DocumentError) -> TrainingLog {
        var found: [TrainingLog] = []
        var fault: DocumentError?
        for framework in Framework.allCases where framework != .neox {
            do throws(DocumentError) {
                if let log = try attempt(source, file: file, framework) { found.append(log) }
            } catch {
                if fault == nil { fault = error }
            }
        }
        for guest in [Framework.huggingface, .deepspeed] where found.count > 1 { found.removeAll { $0.framework == guest } }
        if found.count == 1 { return found[0] }
        let kinds = Framework.allCases.map(\.rawValue).joined(separator: ", ")
        guard !found.isEmpty else {
            // The file cannot be read, or what one framework's log says of itself.
            if let fault { throw fault }
            var format = Framework.megatron.format
            var collector = LogCollector(file: file)
            try collector.read(source, &format)
            if collector.isBlank { throw blank(file) }
            throw DocumentError.log(file, 1, "no framework's steps are found in it", "write KIND:\(file), KIND one of \(kinds)")
        }
        let which = found.map(\.framework.rawValue).joined(separator: " and ")
        let remedy = found.map { "\($0.framework.rawValue):\(file)" }.joined(separator: " or ")
        throw DocumentError.log(file, 1, "it has steps of \(which)", "write \(remedy)")
    }
}
