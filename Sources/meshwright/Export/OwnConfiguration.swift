import Hardware
import Interchange
import Workload

/// A user's own configuration, with what the shipped models know of it.
struct OwnConfiguration {
    /// How the user named it.
    let spec: String
    /// What the file says.
    let read: UserConfiguration

    /// The configuration that a text such as `megatron:pretrain.sh` names.
    init(_ spec: String) throws {
        var read = try UserConfiguration.read(spec: spec)
        if read.isVocabularyAssumed, let model = read.model {
            if let known = ShippedShape.model(of: model, .installed) {
                read.model = known
                read.notes.append("The vocabulary is not stated; that of \(known.name) is assumed, which has this shape (--vocab-size).")
            } else {
                read.notes.append("The vocabulary is not stated; \(model.vocabulary) entries are assumed (--vocab-size).")
            }
        }
        if let parts = read.trainedParts {
            guard let model = try read.model ?? read.modelName.map(ProfileLibrary.installed.model) else {
                throw CommandFailure(
                    .badInput,
                    "\(spec): parts of \(read.unknownModel ?? "the model") are trained, and its layers are not known; name a shipped model")
            }
            read.method = parts.method(for: model)
        }
        if let layers = read.adaptedLayers, let method = read.method {
            guard let model = try read.model ?? read.modelName.map(ProfileLibrary.installed.model) else {
                throw CommandFailure(
                    .badInput,
                    "\(spec): some layers of \(read.unknownModel ?? "the model") have adapters, and how many there are is not known; name a shipped model"
                )
            }
            read.method = method
            read.method?.frozen.layers = FrozenParts.layers(beside: layers, of: model.layers)
        }
        self.read = read
        self.spec = spec
    }

    /// The model that the file names or describes; nil where it does neither.
    func model(_ library: ProfileLibrary) throws -> TransformerModel? { try read.model ?? read.modelName.map(library.model) }

    /// Why there is no model, for messages.
    var withoutModel: String {
        read.unknownModel.map { "no shipped model is the file's \($0)" } ?? "the file does not describe its model"
    }

    /// What the file says of the strategy, by the keys of `plan --compare`.
    var fields: [String: String] { read.fields }

    /// The batch on some GPUs: as stated, or what the framework makes of the sequences of a rank; nil where it says neither.
    func globalBatch(gpus: Int) -> Int? { read.globalBatch(gpus: gpus) }

    /// Data-parallel ranks on some GPUs: as stated, or what fills them.
    func dataParallel(gpus: Int, _ fields: [String: String]) -> Int { UserConfiguration.dataParallel(gpus: gpus, fields) }

    /// The cluster with as many GPUs as the file states, or as it is.
    func sized(_ cluster: ClusterProfile) throws -> ClusterProfile { try read.gpus.map(cluster.scaled(gpus:)) ?? cluster }
}

extension UserConfiguration {
    /// What it says of the strategy, by the keys of `plan --compare`.
    var fields: [String: String] {
        var fields = strategy
        fields["overlap-data-parallel"] = overlapsDataParallel.map { $0 ? "on" : "off" }
        return fields
    }

    /// The batch on some GPUs: as stated, or what the framework makes of the sequences of a rank; nil where it says neither.
    func globalBatch(gpus: Int) -> Int? {
        globalBatch ?? sequencesPerRank.map { $0 * Self.dataParallel(gpus: gpus, strategy) }
    }

    /// Data-parallel ranks on some GPUs: as stated, or what fills them.
    static func dataParallel(gpus: Int, _ fields: [String: String]) -> Int {
        func size(_ key: String) -> Int { fields[key].flatMap { Int($0) } ?? 1 }
        return fields["dp"].flatMap { Int($0) } ?? max(1, gpus / max(1, size("tp") * size("pp") * size("cp")))
    }
}
