import Documents

/// What a sweep makes of an option of `plan`.
enum SweptOption: Equatable {
    /// A key of the study itself, by its name there.
    case key(String)
    /// An option under `plan`, or behind `--with`, with one value for all cells or several for cells of their own.
    case passed
    /// Nothing, for a reason.
    case refused(String)

    /// Every option of `plan` by its name without dashes.
    static let all: [String: SweptOption] = {
        var all: [String: SweptOption] = [:]
        for name in [
            "model", "cluster", "gpu", "gpus", "global-batch-size", "seq-len", "precision", "method", "stack", "ep", "tp", "cp", "pp",
            "tokens",
        ] { all[name] = .key(name.replacing("-", with: "_")) }
        for name in [
            "optimizer", "grad-dtype", "expert-imbalance", "routing", "routing-treatment", "expert-map", "lengths", "packing",
            "lora-rank", "lora-alpha", "lora-targets", "lora-dropout", "dora", "base-format", "freeze", "teacher", "max-memory",
            "vpp", "etp", "dp", "micro-batch-size", "recompute", "recompute-layers", "recompute-modules", "schedule", "optimizer-sharding",
            "shard-group", "group-size", "sequence-parallel", "cp-kind", "cp-inner", "layout", "offload", "offload-percent",
            "offload-stride", "offload-layers", "offload-modules", "placement", "release", "dispatcher", "dispatch-format", "route-nodes",
            "tp-overlap", "ep-overlap",
            "checkpoint",
            "checkpoint-interval", "spare-nodes", "seed",
        ] { all[name] = .passed }
        let refused = [
            "job": "write what the file states into the study",
            "nodes": "a study counts GPUs: gpus: 64...1024",
            "objective": "a study compares its cells by days and cost; give deadline or budget",
            "target-tokens-per-second": "a study compares its cells by days and cost; give deadline or budget",
            "gpu-hour-price": "a study states prices by cluster, under prices",
            "placement-file": "a map of ranks is of one number of GPUs, and a study has many",
            "length-draws": "a sweep prices steps in the mean and draws none; plan draws them",
            "top": "a cell keeps its best plan; plan lists the others",
            "variants": "a cell keeps its best plan; plan lists the others",
            "explain": "a cell keeps its best plan; plan explains it",
            "compare": "a cell keeps its best plan; plan compares it",
            "sweep-seq": "a study has several lengths by itself: seq_len: [8K, 32K]",
            "map": "a cell keeps no map; plan draws it",
            "map-svg": "a cell keeps no map; plan draws it",
            "cache": "cells are kept in the file that --store names",
            "no-cache": "--no-store keeps no cells",
        ]
        for (name, reason) in refused { all[name] = .refused(reason) }
        for name in ["threads", "format", "width", "colour", "no-colour", "html", "help", "h"] {
            all[name] = .refused("it is an option of sweep itself, behind the study")
        }
        return all
    }()

    /// The names that may stand under `plan`.
    static let names = all.filter { $0.value == .passed }.keys.sorted()

    /// What is wrong with an option under `plan`; nil where nothing is.
    static func problem(_ name: String) -> String? {
        switch all[name] {
        case .passed: return nil
        case .key(let key): return "\(name) is a key of the study itself; write it there, as \(key)"
        case .refused(let reason): return "\(name) has no place in a study: \(reason)"
        case nil:
            let advice = NearestName.best(for: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
            return "'\(name)' is no option of plan\(advice)"
        }
    }

    /// Throws where arguments of `sweep` hold an option of `plan` that goes behind `--with`.
    static func check(_ arguments: [String], of sweep: CommandOptions) throws {
        for argument in arguments.prefix(while: { $0 != "--" }) where argument.hasPrefix("--") {
            let option = String(argument.prefix { $0 != "=" })
            guard !sweep.names.contains(option), let meaning = all[String(option.dropFirst(2))] else { continue }
            let name = option.dropFirst(2)
            switch meaning {
            case .passed: throw CommandFailure(.usage, "\(option) is an option of plan; every cell gets it with --with \(name)=VALUE")
            case .refused(let reason): throw CommandFailure(.usage, "\(option) is an option of plan that sweep has not: \(reason)")
            case .key: continue
            }
        }
    }
}
