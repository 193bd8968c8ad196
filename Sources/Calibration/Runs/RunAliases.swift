public import Documents
import Hardware
import Parallelism
import Quantities
import Workload

/// How tables of runs name GPUs, frameworks, networks and models; data, read from `ClusterProfiles/Runs/aliases.yaml`.
public struct RunAliases: Sendable {
    /// A GPU name and the shipped cluster it means.
    public struct GPUAlias: Sendable {
        let name: String
        let cluster: String
        let gpu: String?
        let adapterBandwidth: BytesPerSecond?
    }

    /// A framework and the stack that describes it, with the facts that tables have no column for.
    public struct FrameworkAlias: Sendable {
        var prefix: String
        var stack: String
        /// The last year of the software that it means; later runs of the name are others'.
        var until: Int?
        /// The stack of runs that state to have run without overlap.
        var withoutOverlap: String?
        var sharding = OptimizerSharding.zero1
        var tiedEmbeddings = false
        var learnedPositions: Int?
        /// Bytes that a gradient takes beyond its format in bf16 jobs.
        var bf16ExtraGradientBytes: Double?
        var eagerLogitBytes: Double?
        var logitBytesBefore2025: Double?
        /// How the framework's TFLOP/s and MFU count attention; nil where it is not known, and the whole square is taken.
        var modelFLOPs: AttentionCounting?
        /// Whether its code is not the stack's, which is only its nearest relative, and no run of it was fitted.
        var isUnmeasured = false

        /// A stack that no framework of the table is known to mean, such as a user's own profile.
        static func unnamed(stack: String) -> FrameworkAlias { FrameworkAlias(prefix: "", stack: stack) }
    }

    /// A GPU as tables of operator timings name it, and the shipped type it means.
    public struct GPUTypeAlias: Sendable {
        let name: String
        let gpu: String
    }

    /// A network described in words.
    public struct NetworkAlias: Sendable {
        let prefix: String
        let nodeBandwidth: BytesPerSecond
        let achievedFraction: Double
    }

    /// A model family and the shipped model that has its specialities.
    public struct ModelAlias: Sendable {
        let prefix: String
        let like: String
    }

    /// What a framework's own recipe of a model sets and tables have no column for.
    public struct Recipe: Sendable {
        /// The framework's name, without what follows a slash and without its version.
        let framework: String
        /// How the model's name begins.
        let model: String
        /// Whether tokens beyond the experts' capacity are dropped and experts filled up to it.
        let dropsTokens: Bool
    }

    /// A family that cannot be predicted, and why.
    public struct Unsupported: Sendable {
        let prefix: String
        let reason: String
    }

    var gpus: [GPUAlias]
    /// Shipped clusters and GPU types under their own names, which tables' names go before.
    var shipped: [GPUAlias] = []
    /// Shipped stacks under their own names.
    var shippedStacks: [String] = []
    var frameworks: [FrameworkAlias]
    var networks: [NetworkAlias]
    var models: [ModelAlias]
    /// Names of models and the shipped model that has exactly their shape.
    var shapes: [ModelAlias]
    var recipes: [Recipe] = []
    var unsupported: [Unsupported]
    var gpuTypes: [GPUTypeAlias]

    /// The aliases of a file.
    public static func read(path: String) throws(DocumentError) -> RunAliases {
        try YAMLDocument.read(path: path).object(as: "run aliases") { file throws(DocumentError) in
            RunAliases(
                gpus: try file.objects("gpus", as: "a GPU alias") { row throws(DocumentError) in
                    GPUAlias(
                        name: try row.required("name", .string), cluster: try row.required("cluster", .string),
                        gpu: try row.optional("gpu", .string), adapterBandwidth: try row.optional("adapter_bandwidth", .byteRate))
                },
                frameworks: try file.objects("frameworks", as: "a framework alias") { row throws(DocumentError) in
                    FrameworkAlias(
                        prefix: try row.required("prefix", .string), stack: try row.required("stack", .string),
                        until: try row.optional("until", .int(in: 1990...2100)),
                        withoutOverlap: try row.optional("without_overlap", .string),
                        sharding: try row.required("sharding", .choice()),
                        tiedEmbeddings: try row.optional("tied_embeddings", .bool) ?? false,
                        learnedPositions: try row.optional("learned_positions", .int(in: 1...10_000_000)),
                        bf16ExtraGradientBytes: try row.optional("bf16_extra_gradient_bytes", .positive),
                        eagerLogitBytes: try row.optional("eager_logit_bytes", .positive),
                        logitBytesBefore2025: try row.optional("logit_bytes_before_2025", .positive),
                        modelFLOPs: try row.optional("model_flops", .choice()),
                        isUnmeasured: try row.optional("unmeasured", .bool) ?? false)
                },
                networks: try file.objects("networks", as: "a network alias") { row throws(DocumentError) in
                    NetworkAlias(
                        prefix: try row.required("prefix", .string), nodeBandwidth: try row.required("node_bandwidth", .byteRate),
                        achievedFraction: try row.required("achieved_fraction", .positive))
                },
                models: try file.objects("models", as: "a model alias") { row throws(DocumentError) in
                    ModelAlias(prefix: try row.required("prefix", .string), like: try row.required("like", .string))
                },
                shapes: try file.objects("shapes", as: "a model's name") { row throws(DocumentError) in
                    ModelAlias(prefix: try row.required("name", .string), like: try row.required("model", .string))
                },
                recipes: try file.objects("recipes", as: "a recipe") { row throws(DocumentError) in
                    Recipe(
                        framework: try row.required("framework", .string), model: try row.required("model", .string),
                        dropsTokens: try row.required("drops_tokens", .bool))
                },
                unsupported: try file.objects("unsupported", as: "an unsupported family") { row throws(DocumentError) in
                    Unsupported(prefix: try row.required("prefix", .string), reason: try row.required("reason", .string))
                },
                gpuTypes: try file.objects("gpu_types", as: "a GPU type's alias") { row throws(DocumentError) in
                    GPUTypeAlias(name: try row.required("name", .string), gpu: try row.required("gpu", .string))
                })
        }
    }

    /// These aliases and then others: where both know a name, these decide.
    public func before(_ others: RunAliases) -> RunAliases {
        RunAliases(
            gpus: gpus + others.gpus, frameworks: frameworks + others.frameworks, networks: networks + others.networks,
            models: models + others.models, shapes: shapes + others.shapes, recipes: recipes + others.recipes,
            unsupported: unsupported + others.unsupported,
            gpuTypes: gpuTypes + others.gpuTypes)
    }

    /// Lets a GPU's name mean a cluster, or `gpu:TYPE` for plain nodes of a type, before all that is known.
    public mutating func add(gpu name: String, cluster: String) {
        gpus.insert(GPUAlias(name: name, cluster: cluster, gpu: nil, adapterBandwidth: nil), at: 0)
    }

    /// Lets a GPU's name mean another known one, with all its facts; false where that one is not known.
    public mutating func add(gpu name: String, like known: String) -> Bool {
        guard let alias = gpu(known) else { return false }
        gpus.insert(GPUAlias(name: name, cluster: alias.cluster, gpu: alias.gpu, adapterBandwidth: alias.adapterBandwidth), at: 0)
        return true
    }

    /// Lets a framework's name mean another known one, with all its facts; false where that one is not known.
    public mutating func add(framework name: String, like known: String) -> Bool {
        guard var alias = framework(known) else { return false }
        alias.prefix = name
        frameworks.insert(alias, at: 0)
        return true
    }

    /// Lets a framework's name mean a stack, of which only the sharding is taken from a framework that is known to mean it.
    public mutating func add(framework name: String, stack: String) {
        var alias = FrameworkAlias(prefix: name, stack: stack)
        if let known = frameworks.first(where: { $0.stack == stack }) { alias.sharding = known.sharding }
        frameworks.insert(alias, at: 0)
    }

    /// What a table's name of a GPU means: as it stands, or whatever its case, hyphens and maker; also the name of a GPU type or a cluster.
    func gpu(_ name: String) -> GPUAlias? {
        let key = RunName.gpuKey(name)
        guard !key.isEmpty else { return nil }
        return gpus.first { $0.name == name } ?? gpus.first { RunName.gpuKey($0.name) == key }
            ?? gpus.first { alias in
                [alias.gpu, alias.cluster, ProfileLibrary.usualGPU(alias.cluster)].contains { $0.map(RunName.gpuKey) == key }
            } ?? shipped.first { RunName.gpuKey($0.name) == key }
    }

    /// Every name of a GPU or cluster that is known.
    var gpuNames: [String] { gpus.map(\.name) + shipped.map(\.name) }

    /// Every name that a framework's may begin with, and of every stack.
    var frameworkNames: [String] { frameworks.map(\.prefix) + shippedStacks }

    /// Lets shipped clusters, stacks and GPU types, which are plain nodes as they are usually sold, be named as they are.
    mutating func add(shippedClusters clusters: [String], gpuTypes: [String], stacks: [String]) {
        shippedStacks += stacks
        shipped += clusters.map { GPUAlias(name: $0, cluster: $0, gpu: nil, adapterBandwidth: nil) }
        shipped += gpuTypes.map { GPUAlias(name: $0, cluster: ProfileLibrary.usualPrefix + $0, gpu: nil, adapterBandwidth: nil) }
    }

    /// What a row's framework means in its year, with the stack of runs without overlap where it says to be one.
    func framework(of run: RunRecord) -> FrameworkAlias? {
        guard var alias = framework(run.framework, year: run.int("year")) else { return nil }
        if let stack = alias.withoutOverlap, run.statesNoOverlap { alias.stack = stack }
        return alias
    }

    /// What a table's name of a framework means: the first prefix that it begins with, whatever its case and hyphens; else a stack's own name.
    ///
    /// - Parameter year: That of the run; nil is software of today.
    func framework(_ name: String, year: Int? = nil) -> FrameworkAlias? {
        let key = RunName.key(name)
        let known = frameworks.first {
            !RunName.key($0.prefix).isEmpty && key.hasPrefix(RunName.key($0.prefix)) && (year ?? .max) <= ($0.until ?? .max)
        }
        if let known { return known }
        guard let stack = shippedStacks.first(where: { RunName.key($0) == key }) else { return nil }
        var alias = FrameworkAlias.unnamed(stack: stack)
        if let fact = frameworks.first(where: { $0.stack == stack }) { alias.sharding = fact.sharding }
        return alias
    }

    /// Whether a framework's own recipe of a model drops tokens.
    func dropsTokens(framework: String, model: String) -> Bool {
        let name = RunName.key(String(framework.prefix { $0 != "/" && !$0.isNumber }))
        let family = RunName.modelKey(model)
        return recipes.contains { $0.dropsTokens && RunName.key($0.framework) == name && family.hasPrefix(RunName.modelKey($0.model)) }
    }

    /// Why a name is not understood, with the nearest that are.
    static func unknown(_ what: String, _ name: String, among names: [String], option: String) -> RunSkip {
        let nearest = NearestName.ranked(for: name, among: Set(names), limit: 3).joined(separator: ", ")
        return RunSkip(reason: "unknown \(what) \(name) (nearest known: \(nearest); \(option) \"\(name)=…\" says what it means)")
    }

    /// The shipped GPU type that a name in a table of timings means; the name itself where it is none of those.
    public func gpuType(_ name: String) -> String { gpuTypes.first { $0.name.lowercased() == name.lowercased() }?.gpu ?? name }

    /// How tables of timings name a shipped GPU type, and the type's own name.
    public func names(ofGPUType gpu: String) -> [String] { [gpu] + gpuTypes.filter { $0.gpu == gpu }.map(\.name) }

    /// The shipped cluster of a GPU type that no cluster names itself.
    public func cluster(ofGPUType gpu: String) -> String? { gpus.first { $0.gpu == gpu }?.cluster }
}
