public import Documents
import Quantities
import Workload

/// Reads studies; docs/sweep.md describes the form.
public enum StudyDocument {
    /// The study in a file.
    public static func read(path: String) throws(DocumentError) -> Study {
        try parse(text: TextFile.read(path: path), file: path)
    }

    /// The study that a text holds; `file` names it in errors.
    public static func parse(text: String, file: String) throws(DocumentError) -> Study {
        let base = file.split(separator: "/").last.map(String.init) ?? file
        return try study(YAMLDocument.parse(text: text, file: file), named: base.replacing(/\.ya?ml$/, with: ""))
    }

    /// The study that a mapping states.
    public static func study(_ node: YAMLNode, named name: String) throws(DocumentError) -> Study {
        let study = try node.object(as: "a study") { reader throws(DocumentError) in
            var study = Study(
                name: try reader.optional("name", .string) ?? name,
                models: try required(entries(reader, "model", .string), "model", reader),
                clusters: try clusters(reader), sizes: try sizes(reader), location: reader.location)
            study.globalBatches = try values(reader, "global_batch_size", count("sequences", 1...16_777_216, QuantityText.countUnits))
            study.sequenceLengths = try values(reader, "seq_len", count("tokens", ModelLimits.sequenceLength, QuantityText.sequenceUnits))
            study.precisions = try values(reader, "precision", .choice())
            study.methods = try values(reader, "method", .choice())
            study.stacks = try entries(reader, "stack", .string)?.map { $0 } ?? [nil]
            for dimension in StudyPins.Dimension.allCases {
                let sizes = try entries(reader, dimension.rawValue, count("ranks", 1...131_072, QuantityText.countUnits))
                study.pins[dimension] = sizes?.map(\.value)
            }
            study.options = try options(reader)
            study.tokens = try reader.optional("tokens", tokens)
            study.deadline = try reader.optional("deadline", days).map { Study.Entry($0, reader.location(of: "deadline")) }
            study.countsFailures = try reader.optional("failures", .bool) ?? false
            try readPrices(reader, &study)
            study.rules = try rules(reader, study)
            if study.tokens == nil { try checkNothingNeedsTokens(reader) }
            return study
        }
        return study
    }

    private static func checkNothingNeedsTokens(_ reader: MappingReader) throws(DocumentError) {
        let keys = [("deadline", "a deadline says"), ("budget", "a budget says"), ("failures", "failures say"), ("prices", "prices say")]
        for (key, words) in keys where reader.has(key) {
            throw DocumentError(
                reader.location(of: key),
                .invalid("\(words) nothing without the tokens to train on", remedy: "add tokens, such as tokens: 15T"))
        }
    }

    /// One value or a list of them, none twice; nil where the key is missing.
    private static func entries<Value: Hashable & Sendable>(
        _ reader: MappingReader, _ key: String, _ type: YAMLType<Value>
    ) throws(DocumentError) -> [Study.Entry<Value>]? {
        guard let node = try reader.optional(key, .node) else {
            // A key without a value is a list of nothing.
            guard reader.has(key) else { return nil }
            throw empty(key, reader.location(of: key))
        }
        return try entries(node, key, type)
    }

    /// One value or a list of them, none twice.
    static func entries<Value: Hashable & Sendable>(
        _ node: YAMLNode, _ key: String, _ type: YAMLType<Value>
    ) throws(DocumentError) -> [Study.Entry<Value>] {
        var nodes = [node]
        if case .sequence(let items, _) = node { nodes = items }
        guard !nodes.isEmpty else { throw empty(key, node.location) }
        var entries: [Study.Entry<Value>] = []
        for node in nodes {
            let value = try type.read(node)
            if let first = entries.first(where: { $0.value == value }) {
                throw DocumentError(
                    node.location,
                    .invalid("the same \(key) stands in line \(first.location.line) already", remedy: "leave one of the two out"))
            }
            entries.append(Study.Entry(value, node.location))
        }
        return entries
    }

    private static func empty(_ key: String, _ place: SourceLocation) -> DocumentError {
        DocumentError(place, .invalid("the grid is empty: \(key) has no value", remedy: "give one or more, or leave the key out"))
    }

    private static func required<Value>(
        _ entries: [Study.Entry<Value>]?, _ key: String, _ reader: MappingReader
    ) throws(DocumentError) -> [Study.Entry<Value>] {
        if let entries { return entries }
        _ = try reader.required(key, .node)
        return []
    }

    private static func values<Value: Hashable & Sendable>(
        _ reader: MappingReader, _ key: String, _ type: YAMLType<Value>
    ) throws(DocumentError) -> [Value?] {
        try entries(reader, key, type)?.map(\.value) ?? [nil]
    }

    private static func clusters(_ reader: MappingReader) throws(DocumentError) -> [Study.Entry<Study.Cluster>] {
        let named = try entries(reader, "cluster", YAMLType<String>.string) ?? []
        let types = try entries(reader, "gpu", YAMLType<String>.string) ?? []
        if named.isEmpty, types.isEmpty { _ = try reader.required("cluster", .node) }
        if let first = types.first, !reader.has("gpus") {
            throw DocumentError(
                first.location,
                .invalid("\(first.value.quoted) says which GPUs and not how many", remedy: "add gpus, such as gpus: 64...1024"))
        }
        return named.map { .init(Study.Cluster($0.value), $0.location) }
            + types.map { .init(Study.Cluster($0.value, isGPU: true), $0.location) }
    }

    private static func sizes(_ reader: MappingReader) throws(DocumentError) -> StudySizes? {
        let number = count("GPUs", 1...131_072, QuantityText.countUnits)
        if let node = try reader.optional("gpus", .node), case .scalar(let scalar) = node, let dots = scalar.text.firstRange(of: "...") {
            func side(_ text: Substring) throws(DocumentError) -> Int {
                try number.read(.scalar(YAMLScalar(text: String(text), isQuoted: false, location: node.location)))
            }
            let (low, high) = (try side(scalar.text[..<dots.lowerBound]), try side(scalar.text[dots.upperBound...]))
            guard low <= high else {
                throw DocumentError(
                    node.location,
                    .invalid("the grid is empty: \(low) is more than \(high)", remedy: "write the smaller first: \(high)...\(low)"))
            }
            return .range(low...high)
        }
        return try entries(reader, "gpus", number).map { .list($0.map(\.value)) }
    }

    /// A whole number with a suffix such as K in a range.
    private static func count(_ noun: String, _ range: ClosedRange<Int>, _ units: [(name: String, factor: Double)]) -> YAMLType<Int> {
        let expected = "a whole number of \(noun) from \(range.lowerBound) to \(range.upperBound)"
        return YAMLType(expected) { node throws(DocumentError) in
            guard case .scalar(let scalar) = node, let number = try? QuantityText.parse(scalar.text, units) else {
                throw DocumentError(node.location, .wrongType(found: node.kind, expected: expected))
            }
            guard let whole = Int(exactly: number), range.contains(whole) else {
                throw DocumentError(node.location, .outOfRange(scalar.text, expected: expected))
            }
            return whole
        }
    }

    private static var tokens: YAMLType<Double> {
        positive("a count of tokens above 0 and up to 1e18 such as 15T", QuantityText.countUnits, most: 1e18)
    }

    private static var days: YAMLType<Double> {
        positive("a time above 0 with its unit, such as 30d, 6w or 48h", [("d", 1), ("w", 7), ("h", 1 / 24)])
    }

    private static func positive(
        _ expected: String, _ units: [(name: String, factor: Double)], most: Double = .greatestFiniteMagnitude
    ) -> YAMLType<Double> {
        YAMLType(expected) { node throws(DocumentError) in
            guard case .scalar(let scalar) = node, let number = try? QuantityText.parse(scalar.text, units) else {
                throw DocumentError(node.location, .wrongType(found: node.kind, expected: expected))
            }
            guard number > 0, number <= most else { throw DocumentError(node.location, .outOfRange(scalar.text, expected: expected)) }
            return number
        }
    }
}
