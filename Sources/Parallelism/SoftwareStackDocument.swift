public import Documents
import Hardware
import Quantities
import Schedules
import Workload

extension SoftwareStack {
    /// The stack that a file describes.
    public static func read(path: String) throws(DocumentError) -> SoftwareStack {
        try parse(text: TextFile.read(path: path), file: path)
    }

    /// The stack of a YAML text; `file` is its name in messages.
    public static func parse(text: String, file: String) throws(DocumentError) -> SoftwareStack {
        try YAMLDocument.parse(text: text, file: file).object(as: "a software stack") { stack throws(DocumentError) in
            try SoftwareStack(stack)
        }
    }

    /// The stack that a document describes.
    public init(_ stack: MappingReader) throws(DocumentError) {
        let name = try stack.required("name", .string)
        let describes = try stack.required("describes", .string)
        let launches = try stack.object("launches", as: "what a stack launches") { list throws(DocumentError) in try Launchable(list) }
        let defaults = try stack.object("defaults", as: "execution choices") { list throws(DocumentError) in
            try ExecutionChoices.table.read(list, over: .unset)
        }
        let gradients = try stack.object("gradients", as: "formats of gradients") { list throws(DocumentError) in
            try GradientDefaults.table.read(list, over: .unset)
        }
        let costs = try stack.object("costs", as: "step-time constants") { list throws(DocumentError) in
            try StackConstants.table.read(list, over: .unset)
        }
        let memory = try stack.object("memory", as: "memory constants") { list throws(DocumentError) in
            let factors = try list.object("allocator_factors", as: "allocator factors") { factors throws(DocumentError) in
                try StackMemory.AllocatorFactors(factors)
            }
            return try StackMemory.table.read(list, over: .unset(factors))
        }
        let accuracy = try stack.optionalObject("accuracy", as: "errors by GPU architecture") { list throws(DocumentError) in
            var errors: [String: Double] = [:]
            for key in list.keys { errors[key.text] = try list.required(key.text, .double(in: 0.001...1)) }
            return errors
        }
        let measured = try stack.optionalObject("measured", as: "measured runs by GPU architecture") { list throws(DocumentError) in
            var extents: [String: MeasuredExtent] = [:]
            for key in list.keys {
                extents[key.text] = try list.object(key.text, as: "measured runs") { extent throws(DocumentError) in
                    try MeasuredExtent(extent)
                }
            }
            return extents
        }
        let ownRuns = try stack.optionalObject("own_runs", as: "what own runs made of the constants") { list throws(DocumentError) in
            try OwnRuns(list)
        }
        let distillation = try stack.optionalObject("distillation", as: "a loss of distillation") { list throws(DocumentError) in
            try DistillationLoss.table.read(list, over: .none)
        }
        if launches.methods.contains(.distil), distillation == nil {
            throw DocumentError(
                stack.location,
                .invalid(
                    "the stack launches distil and says nothing of its loss",
                    remedy: "add distillation: {logit_bytes: …, forward_bytes: …, backward_bytes: …}"))
        }
        self.init(
            name: name, describes: describes, launches: launches, defaults: defaults, gradients: gradients, costs: costs, memory: memory,
            accuracy: accuracy ?? [:], measured: measured ?? [:], provenance: Provenance.all(stack.sources))
        self.ownRuns = ownRuns
        self.distillation = distillation
    }

    /// The stack as a document that reads back the same, for constants that were fitted on somebody's own runs.
    public var document: YAMLContent {
        let notes = provenance.mapValues { SourceNote(source: $0.source, isUnverified: $0.isUnverified) }
        func notesBelow(_ prefix: String) -> [String: SourceNote] {
            Dictionary(
                uniqueKeysWithValues: notes.filter { $0.key.hasPrefix(prefix) }.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
        }
        func sourced(_ key: String, _ value: YAMLContent) -> YAMLContent {
            guard let note = notes["launches.\(key)"], let source = note.source else { return value }
            var entries = [YAMLField("value", value), YAMLField("source", .text(source))]
            if note.isUnverified { entries.append(YAMLField("unverified", true)) }
            return .inline(entries)
        }
        let factors = StackMemory.AllocatorFactors.table.fields(
            of: memory.allocatorFactors, notes: notesBelow("memory.allocator_factors."))
        let content: YAMLContent = [
            "name": .text(name), "describes": .text(describes), "launches": launches.document(sourced: sourced),
            "defaults": .mapping(ExecutionChoices.table.fields(of: defaults, notes: notesBelow("defaults."))),
            "gradients": .inline(GradientDefaults.table.fields(of: gradients, notes: notesBelow("gradients."))),
            "costs": .mapping(StackConstants.table.fields(of: costs, notes: notesBelow("costs."))),
            "memory": .mapping(
                [YAMLField("allocator_factors", .mapping(factors))] + StackMemory.table.fields(of: memory, notes: notesBelow("memory."))),
        ]
        guard case .mapping(var fields) = content else { return content }
        if !accuracy.isEmpty {
            fields.append(YAMLField("accuracy", .inline(accuracy.sorted { $0.key < $1.key }.map { YAMLField($0.key, .number($0.value)) })))
        }
        if !measured.isEmpty {
            fields.append(YAMLField("measured", .mapping(measured.sorted { $0.key < $1.key }.map { YAMLField($0.key, $0.value.document) })))
        }
        if let distillation {
            fields.append(
                YAMLField("distillation", .mapping(DistillationLoss.table.fields(of: distillation, notes: notesBelow("distillation.")))))
        }
        if let ownRuns { fields.append(YAMLField("own_runs", ownRuns.document)) }
        return .mapping(fields)
    }
}

extension StackMemory.AllocatorFactors {
    /// The factors' keys.
    static var table: FieldTable<StackMemory.AllocatorFactors> {
        let legal = YAMLType.double(in: 0.5...4)
        return [.number("low", \.low, legal), .number("expected", \.expected, legal), .number("high", \.high, legal)]
    }

    /// The factors of a mapping, which must ascend.
    fileprivate init(_ factors: MappingReader) throws(DocumentError) {
        self = try Self.table.read(factors, over: Self(low: 1, expected: 1, high: 1))
        guard low <= expected, expected <= high else {
            throw DocumentError(
                factors.location,
                .invalid("the allocator factors \(low), \(expected), \(high) do not ascend", remedy: "low ≤ expected ≤ high"))
        }
    }
}
