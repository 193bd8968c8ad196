import Documents
import Workload

/// Reads what of a model trainers on PEFT train.
struct TrainerMethod {
    private let kind: TrainerReader.Kind

    init(_ kind: TrainerReader.Kind) { self.kind = kind }

    /// Sets the method, and refuses training that is no supervised one of a single model.
    func read(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        switch kind {
        case .llamaFactory: try readFactory(&document, &result)
        case .axolotl: try readAxolotl(&document, &result)
        case .arguments, .trl: try readArguments(&document, &result)
        }
    }

    private func refuse(_ key: String, _ value: String, _ document: ConfigurationDocument) -> DocumentError {
        DocumentError(
            document.location(of: key),
            .invalid("\(key) \(value): training by preferences or rewards cannot be priced", remedy: "name a supervised fine-tuning"))
    }

    private func readFactory(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let stage = try document.text("stage") ?? "sft"
        guard ["sft", "pt"].contains(stage) else { throw refuse("stage", stage, document) }
        let type = try document.text("finetuning_type") ?? "lora"
        if !document.has("finetuning_type") {
            result.notes.append("Adapters are trained, as LLaMA-Factory has it where nothing is stated.")
        }
        let layers = try document.value("freeze_trainable_layers", .int(in: -65_536...65_536))
        let bits = try document.value("quantization_bit", .int(in: 2...8))
        let method = try document.text("quantization_method") ?? "bnb"
        switch type {
        case "full": result.method = TrainingMethod(stage == "pt" ? .pretrain : .full)
        case "freeze":
            let layers = layers ?? 2
            guard layers > 0 else {
                throw DocumentError(
                    document.location(of: "freeze_trainable_layers"),
                    .invalid("training of the first layers alone cannot be priced", remedy: "state how many of the last are trained"))
            }
            result.trainedParts = TrainedParts(.last(layers))
        case "lora":
            let rank = try document.value("lora_rank", .int(in: 1...1_048_576)) ?? 8
            let word = try document.text("lora_target") ?? "all"
            let targets = try targets(word.split(separator: ",").map { $0.trimmed }, "lora_target", document)
            let adapters = Adapters(
                rank: rank, alpha: try document.value("lora_alpha", .positive) ?? 2 * Double(rank), targets: targets,
                dropout: try document.value("lora_dropout", .fraction) ?? 0, isDecomposed: try document.flag("use_dora") ?? false)
            result.method = try adapted(adapters, bits: bits, isGPTQ: method == "gptq", "quantization_bit", document)
        default:
            throw DocumentError(
                document.location(of: "finetuning_type"), .unknownChoice(type, nearest: nil, legal: ["lora", "freeze", "full"]))
        }
    }

    private func readAxolotl(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        if let word = try document.text("rl"), word != "false" { throw refuse("rl", word, document) }
        let bits = try bits(&document)
        let isGPTQ = try document.flag("gptq") ?? false
        let rank = try document.value("lora_r", .int(in: 1...1_048_576))
        let alpha = try document.value("lora_alpha", .positive)
        let dropout = try document.value("lora_dropout", .fraction) ?? 0
        let named = try document.value("lora_target_modules", .node)
        let isLinear = try document.flag("lora_target_linear") ?? false
        let isDecomposed = try document.flag("peft_use_dora") ?? false
        let adapter = try document.text("adapter") ?? "none"
        switch adapter {
        case "none", "": result.method = TrainingMethod(.full)
        case "lora", "qlora":
            guard let rank else { throw DocumentError(document.location(of: "adapter"), .missingKey("lora_r", of: "Axolotl's file")) }
            let targets =
                isLinear
                ? Projection.groups["all-linear"] ?? []
                : try targets(Self.words(named), "lora_target_modules", document)
            let adapters = Adapters(
                rank: rank, alpha: alpha ?? 2 * Double(rank), targets: targets, dropout: dropout, isDecomposed: isDecomposed)
            result.method = try adapted(
                adapters, bits: bits ?? (adapter == "qlora" ? 4 : nil), isGPTQ: isGPTQ, "adapter", document)
            let layers = try document.value("peft_layers_to_transform", .list(of: .int(in: 0...65_536)))
            result.adaptedLayers = layers.map { Set($0) }
        default:
            throw DocumentError(document.location(of: "adapter"), .unknownChoice(adapter, nearest: nil, legal: ["lora", "qlora"]))
        }
        if let parts = try document.value("unfrozen_parameters", .node) {
            result.trainedParts = TrainedParts(expressions: Self.words(parts))
            guard result.trainedParts == nil else { return }
            result.unmodelled.append(
                UserConfiguration.Unmodelled(
                    name: "unfrozen_parameters \(Self.words(parts).joined(separator: " "))",
                    location: document.location(of: "unfrozen_parameters"), instead: "every parameter is taken to be trained (--freeze)"))
        }
    }

    private func readArguments(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let bits = try bits(&document)
        let rank = try document.value("lora_r", .int(in: 1...1_048_576))
        let alpha = try document.value("lora_alpha", .positive)
        let dropout = try document.value("lora_dropout", .fraction)
        let named = try document.value("lora_target_modules", .node)
        let isDecomposed = try document.flag("use_dora") ?? false
        guard try document.flag("use_peft") ?? (kind == .arguments && rank != nil) else {
            // A script of one's own may train adapters without a flag for it.
            result.method = TrainingMethod(.full)
            if kind == .arguments { result.notes.append("Every weight is trained, as far as the script's flags say (--method).") }
            return
        }
        if Self.words(named).isEmpty { result.notes.append("Adapters are on q_proj and v_proj, as PEFT has it of decoders.") }
        // `trl.ModelConfig`: rank 16, alpha 32, dropout 0.05.
        let adapters = Adapters(
            rank: rank ?? 16, alpha: alpha ?? 32, targets: try targets(Self.words(named), "lora_target_modules", document),
            dropout: dropout ?? (kind == .trl ? 0.05 : 0), isDecomposed: isDecomposed)
        result.method = try adapted(adapters, bits: bits, isGPTQ: false, "load_in_4bit", document)
    }

    /// Bits of weights that are loaded for reading alone; nil where they are as many as ever.
    private func bits(_ document: inout ConfigurationDocument) throws(DocumentError) -> Int? {
        let (four, eight) = (try document.flag("load_in_4bit"), try document.flag("load_in_8bit"))
        return four ?? false ? 4 : eight ?? false ? 8 : nil
    }

    /// Adapters beside weights of so many bits.
    private func adapted(
        _ adapters: Adapters, bits: Int?, isGPTQ: Bool, _ key: String, _ document: ConfigurationDocument
    ) throws(DocumentError) -> TrainingMethod {
        switch bits {
        case nil where isGPTQ: TrainingMethod(.qlora, adapters: adapters, baseFormat: .int4)
        case nil: TrainingMethod(.lora, adapters: adapters)
        case 4?: TrainingMethod(.qlora, adapters: adapters, baseFormat: isGPTQ ? .int4 : .nf4)
        case 8?: TrainingMethod(.qlora, adapters: adapters, baseFormat: .int8)
        case let bits?:
            throw DocumentError(document.location(of: key), .unknownChoice(String(bits), nearest: nil, legal: ["4", "8"]))
        }
    }

    /// The matrices that names mean; without any those that PEFT takes of decoders (`TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING`).
    private func targets(
        _ names: [String], _ key: String, _ document: ConfigurationDocument
    ) throws(DocumentError) -> Set<Projection> {
        guard !names.isEmpty else { return [.query, .value] }
        var targets: Set<Projection> = []
        for name in names {
            guard let meant = Projection.named(name == "all" ? "all-linear" : name) else {
                throw DocumentError(
                    document.location(of: key),
                    .unknownChoice(
                        name, nearest: NearestName.best(for: name, among: Projection.allCases.map(\.rawValue)),
                        legal: ["all-linear"] + Projection.allCases.map(\.rawValue)))
            }
            targets.formUnion(meant)
        }
        return targets
    }

    /// The words of a list, or of a text with commas.
    private static func words(_ node: YAMLNode?) -> [String] {
        switch node {
        case .scalar(let scalar)? where !scalar.isNull: scalar.text.split(separator: ",").map { $0.trimmed }
        case .sequence(let items, _)?:
            items.compactMap { if case .scalar(let scalar) = $0 { scalar.text } else { nil } }
        default: []
        }
    }
}

extension Substring {
    /// The text without white space around it.
    fileprivate var trimmed: String {
        String(trimmingPrefix(while: \.isWhitespace).reversed().trimmingPrefix(while: \.isWhitespace).reversed())
    }
}
