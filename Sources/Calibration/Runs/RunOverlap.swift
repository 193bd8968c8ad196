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
        release = SoftwareRelease.date(run.container)
        year = run["year"]
        let remarks = RunRemarks(run)
        dropsTokens = remarks.dropsTokens || recipeDropsTokens
        fusesLoss = remarks.fusesLoss
        self.isMixture = isMixture
        self.isGrace = isGrace
        self.usesMegatronCore = usesMegatronCore
    }

    /// When the software was released, as a year with its fraction: that of the container, else the middle of the year.
    private var date: Double? { release ?? year.map { $0 + 0.5 } }

    /// Whether the row states a release of this name or a later one.
    private func isSince(_ name: String) -> Bool {
        guard let release, let first = SoftwareRelease.date(name) else { return false }
        return release >= first
    }

    /// Recipes from release 26.06.01 on overlap expert exchange and capture whole iterations without saying so.
    private var isRecentRecipe: Bool { isMixture && isSince("26.06.01") }

    private var graphs: ExecutionChoices.Graphs {
        let whole = words.contains("full_iteration") && !words.contains("none:full")
        if whole || (words.contains("none:full_iteration") && isMixture) { return .full }
        if words.contains("transformer_engine") || words.contains("te cuda graphs") { return .partial }
        if isRecentRecipe { return .full }
        return isMixture && isGrace && (dropsTokens || isGraceRecipe) ? .partial : .none
    }

    /// Recipes of mixtures on Grace dispatch by HybridEP and capture router and preprocessing from release 25.11 on (Megatron-Bridge v0.2.0,
    /// scripts/performance/configs); a row that says nothing ran one of them.
    private var isGraceRecipe: Bool { isMixture && isGrace && words.isEmpty && isSince("25.11") }

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
        if let date { choices.take(release: SoftwareRelease.taken(date), usesMegatronCore: usesMegatronCore) }
        if let fusesLoss { choices.fusedLoss = fusesLoss }
    }
}
