import CostModels
import Documents
import Hardware
import Interchange
import Parallelism
import Reports
import Workload

extension OwnConfiguration {
    /// What is known and assumed of a configuration before it is priced with `inputs`; `options` are keys that options of the command state.
    func echo(_ inputs: CostInputs, options: Set<String>, fields: [String: String]) -> ConfigurationEcho {
        var echo = ConfigurationEcho(source: source)
        func add(_ key: String, _ value: String, isStated: Bool, otherwise why: String) {
            if options.contains(key) {
                echo.read.append(ConfigurationEcho.Setting(key, "\(value) (--\(key))"))
            } else if isStated, read.defaults[key] == nil {
                echo.read.append(ConfigurationEcho.Setting(key, value))
            } else {
                echo.assumed.append(ConfigurationEcho.Setting(key, value, why: read.defaults[key] ?? why))
            }
        }
        let ownModel = read.model != nil || read.modelName != nil
        add("model", Self.words(for: inputs.model), isStated: ownModel, otherwise: "not stated")
        add("gpus", String(inputs.cluster.gpus), isStated: read.gpus != nil, otherwise: "the cluster's")
        for key in ["tp", "pp", "vpp", "cp"] { add(key, fields[key] ?? "1", isStated: fields[key] != nil, otherwise: unstated) }
        if inputs.model.experts != nil {
            for key in ["ep", "etp"] { add(key, fields[key] ?? "1", isStated: fields[key] != nil, otherwise: unstated) }
        }
        add("dp", String(dataParallel(gpus: inputs.cluster.gpus, fields)), isStated: fields["dp"] != nil, otherwise: "what fills the GPUs")
        add("micro-batch-size", fields["micro-batch-size"] ?? "1", isStated: fields["micro-batch-size"] != nil, otherwise: unstated)
        let makesBatch = read.sequencesPerRank != nil
        add(
            "global-batch-size", String(inputs.job.globalBatch), isStated: read.globalBatch != nil,
            otherwise: makesBatch ? "what the framework makes of the sequences of a rank" : "not stated; a usual batch")
        add(
            "seq-len", String(inputs.job.sequenceLength), isStated: read.sequenceLength != nil, otherwise: "not stated; usual for the model"
        )
        add("precision", inputs.job.precision.rawValue, isStated: read.precision != nil, otherwise: "not stated")
        add("grad-dtype", inputs.gradientFormat.rawValue, isStated: read.gradientFormat != nil, otherwise: "the stack's")
        add("optimizer", inputs.job.optimizer.rawValue, isStated: read.optimizer != nil, otherwise: "not stated")
        if read.method != nil || inputs.job.method != .pretrain {
            add("method", Self.words(for: inputs.job.method), isStated: read.method != nil, otherwise: "not stated")
        }
        let choices = [
            ("recompute", "none"), ("recompute-modules", nil), ("recompute-layers", nil), ("offload", nil),
            ("optimizer-sharding", "the stack's"),
            ("shard-group", nil), ("dp-replicate", nil),
            ("sequence-parallel", "with tp"), ("cp-kind", nil), ("cp-kind-local", nil), ("cp-inner", nil),
            ("schedule", "1f1b, or interleaved"),
            ("group-size", nil),
            ("layout", "even"),
            ("overlap-data-parallel", "the stack's"),
        ]
        let isAlone = [
            "cp-kind": fields["cp"] ?? "1" == "1", "sequence-parallel": fields["tp"] ?? "1" == "1", "schedule": fields["pp"] ?? "1" == "1",
        ]
        for (key, usual) in choices where isAlone[key] != true {
            guard let value = fields[key] ?? usual else { continue }
            add(key, value, isStated: fields[key] != nil, otherwise: unstated)
        }
        add(
            "stack", inputs.stack.name, isStated: false,
            otherwise: inputs.stack.name == read.stack ? "what stands for the framework" : "asked for")
        echo.assumed += read.notes.map { ConfigurationEcho.Setting($0.hasSuffix(".") ? String($0.dropLast()) : $0) }
        echo.notModelled = read.unmodelled.map { ConfigurationEcho.Setting($0.name, why: $0.instead) }
        echo.notUnderstood = read.unread.map { ConfigurationEcho.Setting($0.name, why: $0.nearest.map { near in "did you mean \(near)?" }) }
        return echo
    }

    /// The configuration as named, the line of the command that trains and its program.
    private var source: String {
        let line = read.origin.flatMap { $0.location.line > 1 ? ", line \($0.location.line)" : nil } ?? ""
        let program = read.origin?.program.flatMap { $0.isEmpty || $0 == "train" || spec.hasSuffix($0) ? nil : ", \($0)" } ?? ""
        return spec + line + program
    }

    /// Why a size is as it is that nobody states.
    private var unstated: String {
        switch read.framework {
        case .deepspeed, .accelerate, .automodel, .llamaFactory, .axolotl, .trl: "not stated"
        case .bridge: "not stated; the recipe may"
        default: "the framework's default"
        }
    }

    /// What is trained in one line.
    private static func words(for method: TrainingMethod) -> String {
        var parts = [method.kind.rawValue]
        if let adapters = method.adapters {
            let names = Projection.allCases.filter(adapters.targets.contains).map(\.rawValue)
            parts.append("rank \(adapters.rank)\(adapters.isDecomposed ? " (DoRA)" : "") on \(names.joined(separator: " "))")
            if adapters.dropout > 0 { parts.append("dropout \(adapters.dropout)") }
        }
        if method.baseFormat.isQuantised { parts.append("base \(method.baseFormat.rawValue)") }
        if !method.frozen.isEmpty { parts.append("frozen \(method.frozen.text)") }
        return parts.joined(separator: " with ")
    }

    /// The shape of a model in one line.
    private static func words(for model: TransformerModel) -> String {
        var parts = ["\(model.layers) layers", "hidden \(model.hidden)"]
        if let attention = model.attention {
            parts += ["\(attention.heads) heads", "\(attention.keyValueHeads) key/value heads"]
        }
        if model.feedForward.width > 0 { parts.append("width \(model.feedForward.width)") }
        if let experts = model.experts {
            parts.append("\(experts.count) experts of width \(experts.width), \(experts.perToken) a token")
            if experts.firstDenseLayers > 0 { parts.append("\(experts.firstDenseLayers) dense layers first") }
            if experts.everyLayers > 1 { parts.append("a mixture every \(experts.everyLayers) layers") }
        }
        parts.append("vocabulary \(model.vocabulary)")
        let tenths = (Double(model.parameters.total) / 1e8).rounded() / 10
        parts.append("\(tenths) B parameters")
        return "\(model.name): \(parts.joined(separator: ", "))"
    }
}
