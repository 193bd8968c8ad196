import Documents
public import Workload

/// What the measured runs cover that a stack's constants were fitted on, on GPUs of one architecture (docs/accuracy.md).
public struct MeasuredExtent: Hashable, Sendable {
    /// Runs with a step time.
    public var runs: Int
    /// GPU types by name.
    public var gpuTypes: [String]
    /// Most GPUs of a run.
    public var gpus: Int
    /// Longest sequence, in tokens.
    public var sequence: Int
    /// Sizes that occur, ascending, 1 among them.
    public var tensor, pipeline, context, expert: [Int]
    /// Kinds of context parallelism that occur; empty where there is none.
    public var contextKinds: Set<ContextParallelKind>
    /// Formats that occur.
    public var precisions: Set<Precision>
    /// What some runs had beside the GPU.
    public var offload: Set<Offload.Part>
    /// Kinds of blocks that occur beside attention, feed-forward and mixture.
    public var blocks: Set<String>

    /// The extent that the keys of a mapping describe; sizes that are not stated were 1.
    init(_ extent: MappingReader) throws(DocumentError) {
        let sizes = YAMLType.list(of: .int(in: 1...65_536), count: 1...1000)
        func values(_ key: String) throws(DocumentError) -> [Int] { Array(Set(try extent.optional(key, sizes) ?? [1])).sorted() }
        runs = try extent.required("runs", .int(in: 1...1_000_000))
        gpuTypes = try extent.required("gpu_types", .list(of: .string))
        gpus = try extent.required("gpus", .int(in: 1...1_048_576))
        sequence = try extent.required("sequence", .int(in: 1...1_073_741_824))
        (tensor, pipeline, context, expert) = (try values("tp"), try values("pp"), try values("cp"), try values("ep"))
        contextKinds = Set(try extent.optional("context_kinds", .list(of: YAMLType<ContextParallelKind>.choice())) ?? [])
        precisions = Set(try extent.required("precisions", .list(of: YAMLType<Precision>.choice())))
        offload = Set(try extent.optional("offload", .list(of: YAMLType<Offload.Part>.choice())) ?? [])
        blocks = Set(try extent.optional("blocks", .list(of: .blockKind)) ?? [])
    }

    /// The extent as it stands in a stack's file.
    var document: YAMLContent {
        func list(_ values: [Int]) -> YAMLContent { .list(values.map { .integer($0) }) }
        var fields = [
            YAMLField("runs", .integer(runs)), YAMLField("gpu_types", .list(gpuTypes.map { .text($0) })),
            YAMLField("gpus", .integer(gpus)), YAMLField("sequence", .integer(sequence)),
        ]
        for (key, values) in [("tp", tensor), ("pp", pipeline), ("cp", context), ("ep", expert)] where values != [1] {
            fields.append(YAMLField(key, list(values)))
        }
        func named<Choice: RawRepresentable<String> & CaseIterable & Hashable>(_ choices: Set<Choice>) -> YAMLContent {
            .list(Choice.allCases.filter { choices.contains($0) }.map { .text($0.rawValue) })
        }
        if !contextKinds.isEmpty { fields.append(YAMLField("context_kinds", named(contextKinds))) }
        fields.append(YAMLField("precisions", named(precisions)))
        if !offload.isEmpty { fields.append(YAMLField("offload", named(offload))) }
        if !blocks.isEmpty { fields.append(YAMLField("blocks", .list(BlockKinds.names.filter(blocks.contains).map { .text($0) }))) }
        return .inline(fields)
    }
}
