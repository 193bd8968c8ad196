import Parallelism

/// What a row's words about overlap, and its software release, say about graphs, dispatcher and expert overlap.
struct RunOverlap {
    private let words: String
    private let release: Double?
    private let isMixture: Bool
    private let isGrace: Bool
    private let usesMegatronCore: Bool
    private let dropsTokens: Bool
    private let year: Double?
    private let fusesLoss: Bool?

    init(_ run: RunRecord, isMixture: Bool, isGrace: Bool, usesMegatronCore: Bool, recipeDropsTokens: Bool) {
        words = run.overlap.lowercased()
        release = Self.release(run.container)
        year = run["year"]
        let remarks = RunRemarks(run)
        dropsTokens = remarks.dropsTokens || recipeDropsTokens
        fusesLoss = remarks.fusesLoss
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

    /// NVIDIA's recipes fuse the loss since 2025; those of 2024 leave it to separate kernels.
    private static let fusedLossSince = 2025.0

    /// When the software was released, as a year with its fraction: that of the container, else the middle of the year.
    private var date: Double? {
        guard let release else { return year.map { $0 + 0.5 } }
        let year = release.rounded(.down)
        return 2000 + year + ((release - year) * 100 - 1) / 12
    }

    /// Recipes from release 26.06.01 on overlap expert exchange and capture whole iterations without saying so.
    private var isRecentRecipe: Bool { isMixture && (release ?? 0) >= 26.0605 }

    private var graphs: ExecutionChoices.Graphs {
        let whole = words.contains("full_iteration") && !words.contains("none:full")
        if whole || (words.contains("none:full_iteration") && isMixture) { return .full }
        if words.contains("transformer_engine") || words.contains("te cuda graphs") { return .partial }
        if isRecentRecipe { return .full }
        return isMixture && isGrace && (dropsTokens || isGraceRecipe) ? .partial : .none
    }

    /// Recipes of mixtures on Grace dispatch by HybridEP and capture router and preprocessing from release 25.11 on (Megatron-Bridge v0.2.0,
    /// scripts/performance/configs); a row that says nothing ran one of them.
    private var isGraceRecipe: Bool { isMixture && isGrace && words.isEmpty && (release ?? 0) >= 25.105 }

    /// What the row states, else what the recipes of its release set: an all-to-all but on Grace (Megatron-Bridge v0.2.0 to v0.4.2,
    /// scripts/performance/configs).
    private var dispatcher: ExecutionChoices.Dispatcher {
        if words.contains("alltoall") || !usesMegatronCore { return .allToAll }
        if words.contains("hybridep") { return .hybridEP }
        if words.contains("deepep") { return .deepEP }
        return isRecentRecipe || isGraceRecipe ? .hybridEP : .allToAll
    }

    /// Writes what the row says into the choices.
    func apply(to choices: inout ExecutionChoices) {
        choices.graphs = graphs
        choices.overlapsExperts = words.contains("a2a_overlap=true") || words.contains("ep overlap on") || isRecentRecipe
        choices.dispatcher = dispatcher
        choices.waitsForTokenCounts = isMixture && dispatcher != .hybridEP && !dropsTokens
        choices.release = date
        if usesMegatronCore, let date { choices.fusedLoss = date >= Self.fusedLossSince }
        if let fusesLoss { choices.fusedLoss = fusesLoss }
    }
}
