import Parallelism

/// What a row's words about overlap, and its software release, say about graphs, dispatcher and expert overlap.
struct RunOverlap {
    private let words: String
    private let release: Double?
    private let isMixture: Bool
    private let isGrace: Bool
    private let usesMegatronCore: Bool
    private let dropsTokens: Bool

    init(_ run: RunRecord, isMixture: Bool, isGrace: Bool, usesMegatronCore: Bool) {
        words = run.overlap.lowercased()
        release = Self.release(run.container)
        dropsTokens = RunRemarks(run).dropsTokens
        self.isMixture = isMixture
        self.isGrace = isGrace
        self.usesMegatronCore = usesMegatronCore
    }

    /// A release such as 26.06.01 as a number that orders releases; nil where none is stated.
    private static func release(_ text: String) -> Double? {
        let parts = text.split(separator: ".")
        guard parts.count >= 2, parts[0].count == 2, parts[1].count >= 2, let value = Double("\(parts[0]).\(parts[1].prefix(2))") else {
            return nil
        }
        return value + (parts.count > 2 ? 0.001 : 0)
    }

    /// Recipes from release 26.06.01 on overlap expert exchange and capture whole iterations without saying so.
    private var isRecentRecipe: Bool { isMixture && (release ?? 0) >= 26.0605 }

    private var graphs: ExecutionChoices.Graphs {
        let whole = words.contains("full_iteration") && !words.contains("none:full")
        if whole || (words.contains("none:full_iteration") && isMixture) { return .full }
        if words.contains("transformer_engine") || words.contains("te cuda graphs") { return .partial }
        if isRecentRecipe { return .full }
        return dropsTokens && isGrace ? .partial : .none
    }

    private var usesPlainAllToAll: Bool {
        words.contains("alltoall") || !usesMegatronCore || (release == nil && !words.contains("hybridep")) || (release ?? 99) < 25.10
    }

    /// Writes what the row says into the choices.
    func apply(to choices: inout ExecutionChoices) {
        choices.graphs = graphs
        choices.overlapsExperts = words.contains("a2a_overlap=true") || words.contains("ep overlap on") || isRecentRecipe
        choices.dispatcher = usesPlainAllToAll ? .allToAll : .hybridEP
        choices.waitsForTokenCounts = isMixture && !words.contains("hybridep") && !dropsTokens
    }
}
