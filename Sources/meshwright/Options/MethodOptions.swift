public import ArgumentParser
import Documents
import Hardware
import Parallelism
public import Workload

extension TrainingMethod.Kind: ExpressibleByArgument {}
extension WeightFormat: ExpressibleByArgument {}

/// What of the model is trained.
struct MethodOptions: ParsableArguments {
    @Option(
        help:
            "What is trained: pretrain or full (every weight), lora (adapters), qlora (adapters beside 4-bit weights), frozen (all but --freeze), distil (every weight, towards a frozen --teacher) or zeroth-order (two perturbed forward passes). By default pretrain.",
        completion: .list(TrainingMethod.Kind.allCases.map(\.rawValue)), transform: ChoiceArgument.one)
    var method: TrainingMethod.Kind?

    @Option(name: .customLong("lora-rank"), help: ArgumentHelp("Rank of the adapters. By default 16.", valueName: "rank"))
    var rank: Int?

    @Option(name: .customLong("lora-alpha"), help: ArgumentHelp("Scale of the adapters. By default twice the rank.", valueName: "alpha"))
    var alpha: Double?

    @Option(
        name: .customLong("lora-targets"),
        help: ArgumentHelp(
            "Matrices with adapters: attention, mlp, all-linear, or names as PEFT, Megatron-Bridge, NeMo and torchtune have them, such as q_proj,v_proj or linear_qkv. By default all-linear.",
            valueName: "names"))
    var targets: String?

    @Option(name: .customLong("lora-dropout"), help: ArgumentHelp("Share of inputs that adapters drop. By default 0.", valueName: "share"))
    var dropout: Double?

    @Flag(name: .customLong("dora"), help: "Train the magnitude of every output apart from its direction (DoRA).")
    var isDecomposed = false

    @Option(
        name: .customLong("base-format"),
        help: "Format of matrices that are not trained: 16-bit, int8, nf4 or int4 (GPTQ). By default 16-bit, and nf4 with qlora.",
        completion: .list(WeightFormat.allCases.map(\.rawValue)), transform: ChoiceArgument.one)
    var baseFormat: WeightFormat?

    @Option(
        help: ArgumentHelp("Parts that are not trained: embedding, head, and layers such as layers:0-23.", valueName: "parts"))
    var freeze: String?

    @Option(
        help: ArgumentHelp(
            "The frozen model whose logits --method distil learns from: a shipped name or a path.", valueName: "name|path"),
        completion: .shipped(.model))
    var teacher: String?

    /// The first option that was given; nil where none was.
    var firstGiven: String? {
        let given: [(name: String, isGiven: Bool)] = [
            ("--method", method != nil), ("--lora-rank", rank != nil), ("--lora-alpha", alpha != nil), ("--lora-targets", targets != nil),
            ("--lora-dropout", dropout != nil), ("--dora", isDecomposed), ("--base-format", baseFormat != nil), ("--freeze", freeze != nil),
            ("--teacher", teacher != nil),
        ]
        return given.first(where: \.isGiven)?.name
    }

    /// Takes what a user's own file states, unless options say what is trained; says whether it did.
    mutating func take(_ stated: TrainingMethod?) -> Bool {
        guard let stated, firstGiven == nil else { return false }
        method = stated.kind
        if let adapters = stated.adapters {
            (rank, alpha, dropout, isDecomposed) = (adapters.rank, adapters.alpha, adapters.dropout, adapters.isDecomposed)
            targets = Projection.allCases.filter(adapters.targets.contains).map(\.rawValue).joined(separator: ",")
            // A group means those of its matrices that the model has.
            if adapters.targets == Projection.named("all-linear") { targets = "all-linear" }
        }
        if !stated.frozen.isEmpty { freeze = stated.frozen.text }
        if stated.baseFormat.isQuantised { baseFormat = stated.baseFormat }
        return true
    }

    func validate() throws {
        let kind = method ?? .pretrain
        let adapterOptions = [
            ("--lora-rank", rank != nil), ("--lora-alpha", alpha != nil), ("--lora-targets", targets != nil),
            ("--lora-dropout", dropout != nil), ("--dora", isDecomposed),
        ].filter(\.1).map(\.0)
        if kind != .lora, kind != .qlora, let first = adapterOptions.first {
            throw ValidationError("\(first) goes with --method lora or qlora, not with \(kind.rawValue)")
        }
        if let rank, rank < 1 { throw ValidationError("--lora-rank \(rank): 1 or more") }
        if let alpha, !(alpha > 0 && alpha.isFinite) { throw ValidationError("--lora-alpha \(alpha): more than 0") }
        if let dropout, !(dropout >= 0 && dropout < 1) { throw ValidationError("--lora-dropout \(dropout): between 0 and 1") }
        if kind == .frozen, freeze == nil { throw ValidationError("--method frozen needs --freeze, such as embedding,layers:0-23") }
        if kind == .distil, teacher == nil { throw ValidationError("--method distil needs --teacher, such as llama-3.1-70b") }
        if teacher != nil, kind != .distil { throw ValidationError("--teacher goes with --method distil, not with \(kind.rawValue)") }
        if freeze != nil, kind == .pretrain || kind == .full || kind == .distil || kind == .zerothOrder {
            throw ValidationError("--freeze goes with --method frozen, lora or qlora")
        }
        if let baseFormat, baseFormat.isQuantised, kind != .qlora {
            throw ValidationError(
                "--base-format \(baseFormat.rawValue) goes with --method qlora; weights that are trained have 16 bits or more")
        }
        if baseFormat == .sixteen, kind == .qlora { throw ValidationError("--base-format 16-bit is --method lora") }
    }

    /// The method for a model, with what is left open filled in and noted as the flags that would state it.
    func method(for model: TransformerModel, _ defaults: inout [String]) throws -> TrainingMethod {
        var chosen = TrainingMethod(method ?? .pretrain)
        if let freeze {
            do throws(FrozenPartsError) { chosen.frozen = try FrozenParts(freeze) } catch {
                throw CommandFailure(.badInput, "--freeze: \(error)")
            }
        }
        if chosen.kind == .lora || chosen.kind == .qlora { chosen.adapters = try adapters(for: model, &defaults) }
        if chosen.kind == .qlora {
            chosen.baseFormat = baseFormat ?? .nf4
            if baseFormat == nil { defaults.append("--base-format nf4") }
        }
        if let teacher { chosen.teacher = try PlanFiles.model(teacher, .installed).value }
        do throws(MethodProblem) { try chosen.check(model) } catch {
            let option =
                switch error.part {
                case .rank: "--lora-rank \(chosen.adapters?.rank ?? 0)"
                case .targets: "--lora-targets \(targets ?? "")"
                case .frozen: "--freeze \(freeze ?? "")"
                case .teacher: "--teacher \(teacher ?? "")"
                }
            throw CommandFailure(.badInput, "\(option): \(error.what)")
        }
        return chosen
    }

    /// Why a name is no matrix with an adapter, with the nearest or those of the model.
    private static func unknown(_ name: String, _ model: TransformerModel) -> String {
        let there = "\(model.name) has \(Projection.named(in: model).map(\.rawValue).joined(separator: ", "))"
        let others = [
            "lm_head", "embed_tokens", "wte", "word_embeddings", "tok_embeddings", "output", "output_layer", "embed_out", "router", "gate",
        ]
        if others.contains(name) { return "'\(name)' has no adapter here, as embeddings, heads and routers; \(there)" }
        let known = Projection.allCases.map(\.rawValue) + Projection.groups.keys.sorted()
        let advice = NearestName.best(for: name, among: known).map { "did you mean '\($0)'?" } ?? there
        return "no matrix is called '\(name)'; \(advice)"
    }

    private func adapters(for model: TransformerModel, _ defaults: inout [String]) throws -> Adapters {
        let rank = rank ?? Adapters.usualRank
        let alpha = alpha ?? 2 * Double(rank)
        let names = (targets ?? "all-linear").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let present = Projection.all(in: model)
        var wanted: Set<Projection> = []
        for name in names {
            guard !name.isEmpty else {
                throw CommandFailure(.badInput, "--lora-targets: a name is missing; write matrices such as q_proj,v_proj, or all-linear")
            }
            guard let meant = Projection.named(name) else {
                throw CommandFailure(.badInput, "--lora-targets: \(Self.unknown(name, model))")
            }
            // A group means those of its matrices that there are; a name means that one.
            wanted.formUnion(Projection.isGroup(name) ? meant.intersection(present) : meant)
        }
        if self.rank == nil { defaults.append("--lora-rank \(rank)") }
        if targets == nil { defaults.append("--lora-targets all-linear") }
        return Adapters(
            rank: rank, alpha: alpha, targets: wanted, dropout: dropout ?? 0, isDecomposed: isDecomposed)
    }
}
