public import Documents
import Quantities

extension GPU {
    /// The GPU type that a file describes; `library` finds the type whose constants it borrows with `like`.
    public static func read(path: String, library: ProfileLibrary) throws(DocumentError) -> GPU {
        try read(path: path, library: library, depth: 0)
    }

    static func read(path: String, library: ProfileLibrary, depth: Int) throws(DocumentError) -> GPU {
        try YAMLDocument.read(path: path).object(as: "a GPU") { card throws(DocumentError) in
            try GPU(card, library: library, depth: depth)
        }
    }

    /// The GPU type that a document describes.
    init(_ card: MappingReader, library: ProfileLibrary, depth: Int) throws(DocumentError) {
        let name = try card.required("name", .string)
        let describes = try card.optional("describes", .string) ?? name
        let architecture = try card.required("architecture", .string)
        let memory = try card.sourced("memory", .bytes).value
        let bandwidth = try card.sourced("memory_bandwidth", .byteRate).value
        let multiprocessors = try card.sourced("multiprocessors", .int(in: 1...4096)).value
        let link = try card.sourced("link_bandwidth", .byteRate).value
        let peak = try card.object("peak", as: "peak rates") { peak throws(DocumentError) in
            PeakRates(
                half: try peak.sourced("half", .computeRate).value, single: try peak.sourced("single", .computeRate).value,
                eight: try peak.optionalSourced("eight", .computeRate)?.value,
                four: try peak.optionalSourced("four", .computeRate)?.value)
        }
        let kernels = try card.object("kernels", as: "kernel constants") { kernels throws(DocumentError) in
            try KernelConstants.read(kernels, library: library, depth: depth)
        }
        let usual = try card.optionalObject("usual_node", as: "the usual node of a GPU") { node throws(DocumentError) in
            try UsualNode(node)
        }
        self.init(
            name: name, describes: describes, architecture: architecture, memory: memory, memoryBandwidth: bandwidth,
            multiprocessors: multiprocessors, peak: peak, linkBandwidth: link, kernels: kernels, usualNode: usual,
            provenance: Provenance.all(card.sources))
    }
}

extension KernelConstants {
    /// The constants' keys and units; a new constant is one more line.
    public static var table: FieldTable<KernelConstants> {
        [
            .time("gemm_latency", \.gemmLatency),
            .number("gemm_efficiency", \.gemmEfficiency, .double(in: 0.01...1.2)),
            .number("gemm_ramp_depth", \.gemmRampDepth),
            .number("low_precision_ramp_depth", \.lowPrecisionRampDepth),
            .number("gemm_memory_efficiency", \.gemmMemoryEfficiency, .double(in: 0.01...1.2)),
            .number("low_precision_efficiency", \.lowPrecisionEfficiency, .double(in: 0.01...1.2)),
            .number("attention_efficiency", \.attentionEfficiency, .double(in: 0.01...1.2)),
            .number("attention_ramp_length", \.attentionRampLength),
            .number("narrow_head_efficiency", \.narrowHeadEfficiency, .double(in: 0.01...1.2)),
            .number("attention_backward_ratio", \.attentionBackwardRatio, .positive),
            .number("sustained_derate", \.sustainedDerate, .double(in: 0.5...4)),
            .number("four_bit_gain", \.fourBitGain, .positive),
        ]
    }

    /// Constants as stated; with `like`, those not stated are another GPU type's and are marked as unverified.
    fileprivate static func read(_ reader: MappingReader, library: ProfileLibrary, depth: Int) throws(DocumentError) -> KernelConstants {
        guard let sibling = try reader.optional("like", .string) else { return try table.read(reader, over: .unset) }
        let gpu = try library.gpu(sibling, from: reader.location(of: "like"), depth: depth)
        for field in table.fields where !reader.has(field.key) {
            reader.note(SourceNote(source: "as \(gpu.name); never measured on this GPU", isUnverified: true), for: field.key)
        }
        var constants = try table.read(reader, over: gpu.kernels, isComplete: false)
        if !reader.has("low_precision_efficiency") {
            // A share that was measured elsewhere must not make narrow products gain more here than the ratio of the peaks.
            constants.lowPrecisionEfficiency = min(constants.lowPrecisionEfficiency, constants.gemmEfficiency / constants.sustainedDerate)
        }
        return constants
    }

    /// What a table is read over when every constant must be stated.
    private static let unset = KernelConstants(
        gemmLatency: .zero, gemmEfficiency: 1, gemmRampDepth: 0, lowPrecisionRampDepth: 0, gemmMemoryEfficiency: 1,
        lowPrecisionEfficiency: 1, attentionEfficiency: 1, attentionRampLength: 0, narrowHeadEfficiency: 1, attentionBackwardRatio: 1,
        sustainedDerate: 1,
        fourBitGain: 1)
}

extension Provenance {
    /// The sources that a document states, by key.
    public static func all(_ notes: [String: SourceNote]) -> [String: Provenance] {
        notes.mapValues { Provenance(source: $0.source ?? "not stated", isUnverified: $0.isUnverified) }
    }
}
