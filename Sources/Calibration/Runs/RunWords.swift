import Schedules

/// What tables say in words of a run's schedule and of what it recomputes, whatever their case, spaces and hyphens.
enum RunWords {
    /// What a run recomputes.
    enum Recomputation: Equatable {
        /// Nothing.
        case none
        /// Single modules or operators.
        case selective
        /// Whole layers: so many of each stage, or all of them where it is nil.
        case full(layers: Int?)
    }

    private static let nothing: Set<String> = ["none", "no", "off", "false", "0", "disabled"]
    private static let selective: Set<String> = ["selective", "selectiveop", "selectiveperop", "op", "sac"]
    private static let whole: Set<String> = ["full", "fulluniform", "fullall"]

    /// Names that papers and frameworks give schedules beside our own: PyTorch's classes, and what the order does.
    private static let schedules: [String: PipelineSchedule] = {
        var names: [String: PipelineSchedule] = [
            "interleaved1f1b": .interleaved, "1f1binterleaved": .interleaved, "vpp": .interleaved, "noninterleaved": .oneForwardOneBackward,
            "1f1bnoninterleaved": .oneForwardOneBackward, "pipedreamflush": .oneForwardOneBackward, "afab": .gpipe,
            "zbvzerobubble": .zbV, "zerobubbleh1": .zbH1, "zerobubbleh2": .zbH2, "interleavedzb": .interleavedZeroBubble,
        ]
        for schedule in PipelineSchedule.allCases { names[key(schedule.rawValue)] = schedule }
        return names
    }()

    private static func key(_ text: some StringProtocol) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }

    /// What is recomputed; nil where nothing is stated.
    ///
    /// - Throws: `RunSkip` where the words are not understood: without recomputation a run of full recomputation would be a quarter faster.
    static func recomputation(_ text: String) throws -> Recomputation? {
        let word = key(text)
        if word.isEmpty { return nil }
        if nothing.contains(word) { return Recomputation.none }
        if selective.contains(word) { return .selective }
        if whole.contains(word) { return .full(layers: nil) }
        if word.hasPrefix("full") {
            let rest = word.dropFirst("full".count)
            // Megatron's `uniform N` recomputes all layers, N at a time; `block N` those of a stage that it counts.
            if rest.hasPrefix("uniform"), Int(rest.dropFirst("uniform".count)) != nil { return .full(layers: nil) }
            let counted = rest.hasPrefix("block") ? rest.dropFirst("block".count) : rest
            let digits = counted.prefix { $0.isNumber }
            if let layers = Int(digits),
                ["", "layer", "layers", "layersofeachstage", "layersastage"].contains(counted.dropFirst(digits.count))
            {
                return .full(layers: layers)
            }
        }
        throw RunSkip(reason: "unknown recompute '\(text)'; it is none, selective, full or full(3 layers)")
    }

    /// The pipeline's schedule; nil where none is stated, or there is said to be none.
    ///
    /// - Throws: `RunSkip` where the words are not understood.
    static func schedule(_ text: String) throws -> PipelineSchedule? {
        let word = key(text)
        if word.isEmpty || word == "nonepp1" || nothing.contains(word) { return nil }
        if let known = schedules[word] { return known }
        // `interleaved (vpp 2)`: how many chunks there are stands in a column of its own.
        if word.hasPrefix("interleaved"), !word.contains("zero"), !word.contains("zb") { return .interleaved }
        let names = PipelineSchedule.allCases.map(\.rawValue).joined(separator: ", ")
        throw RunSkip(reason: "unknown schedule '\(text)'; it is one of \(names)")
    }
}
