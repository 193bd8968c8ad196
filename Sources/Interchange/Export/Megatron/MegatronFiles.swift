import Foundation
import Hardware
import Parallelism
import Workload

/// The files of a Megatron-LM plan: a script that each rank runs, and the bare arguments.
struct MegatronFiles {
    private let plan: LaunchConfiguration
    private let target: ExportTarget
    private let arguments: MegatronArguments

    init(_ plan: LaunchConfiguration, _ target: ExportTarget) throws(ExportError) {
        self.plan = plan
        self.target = target
        let version = MegatronVersion(target)
        arguments = MegatronArguments(plan, version, hybrid: try Self.hybrid(plan, version, target))
    }

    /// The pattern of a model block by block; nil where layers are attention and feed-forward.
    private static func hybrid(
        _ plan: LaunchConfiguration, _ version: MegatronVersion, _ target: ExportTarget
    ) throws(ExportError) -> HybridPattern? {
        guard plan.model.stack != nil else { return nil }
        let pattern: HybridPattern
        do throws(HybridPattern.Problem) { pattern = try HybridPattern(plan.model, stages: plan.stageLayers) } catch {
            throw plan.unwritten(target, "as \(version.name) has hybrid models: \(error.what)")
        }
        guard !version.hasWholePattern else { return pattern }
        func refuse(_ what: String) -> ExportError {
            .refusedPlan(target: target, reason: "its hybrid models have no \(what); export for a newer version")
        }
        if pattern.layers.contains(.mixture) { throw refuse("mixtures of experts") }
        if pattern.layers.contains(.gatedDelta) { throw refuse("gated delta nets") }
        if pattern.layers.contains(where: { $0 == .latent || $0 == .sparse }) { throw refuse("latent attention") }
        if pattern.predictionBlocks > 0 { throw refuse("predicted tokens") }
        if plan.strategy.virtualStages > 1 || !plan.hasEvenLayers { throw refuse("virtual or uneven pipeline stages") }
        return pattern
    }

    func files() throws(ExportError) -> LaunchFiles {
        let attention = plan.model.attention ?? Attention()
        let heads = attention.keyValueHeads
        let isSplit = attention.latent == nil && heads < attention.heads
        guard arguments.version.repeatsKeyValueHeads || !isSplit || heads % plan.strategy.tensor == 0 else {
            throw .refusedPlan(
                target: target,
                reason:
                    "it takes key/value heads in multiples of the tensor size; \(plan.model.name) has \(heads), and the size is \(plan.strategy.tensor); "
                    + "plan with --tp of at most that, or export for a newer version")
        }
        let legality = Legality(model: plan.model, job: plan.job)
        if let broken = legality.violation(of: plan.strategy, under: .megatronCore, .transformerEngine) {
            throw .refusedPlan(target: target, reason: broken.description)
        }
        return LaunchFiles(
            files: [
                LaunchFile(name: "\(target.rawValue).sh", text: script, isExecutable: true),
                LaunchFile(name: "\(target.rawValue).args", text: argumentFile),
            ],
            warnings: arguments.list.warnings)
    }

    /// One argument a line, for `mapfile` and for launchers of the user's own.
    private var argumentFile: String {
        let header = plan.header(
            target, "Arguments of \(arguments.program) for \(arguments.version.name), one a line:", warnings: arguments.list.warnings)
        let lines = ["mapfile -t ARGUMENTS < <(grep -v '^#' \(target.rawValue).args)"]
        return CommentText.lines(header + lines) + arguments.list.flags.flatMap(\.arguments).map { $0 + "\n" }.joined()
    }

    private var script: String {
        let header = plan.header(
            target, "Trains with \(arguments.version.name); every rank runs this script.", warnings: arguments.list.warnings)
        let usage = [
            "",
            "MEGATRON_LM names a checkout. The launcher sets RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR and MASTER_PORT, as torchrun does:",
            "  torchrun --nproc-per-node \(plan.cluster.first.gpusPerNode) … --no-python bash \(target.rawValue).sh --data-path … "
                + "--tokenizer-type \(arguments.readsConversations ? "SFTTokenizer --tokenizer-model …" : "…") --train-iters …",
            arguments.readsConversations
                ? "Arguments are added to those below; --sft has no mock data, so that they must name a file of conversations (JSON lines)."
                : "Arguments are added to those below; without any, the script trains on mock data for a trial.",
        ]
        let flags = arguments.list.flags.map { "    " + ShellText.line($0.arguments) + "\n" }.joined()
        return """
            #!/usr/bin/env bash
            \(CommentText.lines(header + usage))set -euo pipefail
            : "${MEGATRON_LM:?names a checkout of Megatron-LM}"

            \(environment)
            ARGUMENTS=(
            \(flags))

            \(length)\(unasked)
            exec "${PYTHON:-python3}" "$MEGATRON_LM/\(arguments.program)" "${ARGUMENTS[@]}" \(plan.trainingSteps == nil ? "" : "\"${LENGTH[@]}\" ")"$@"

            """
    }

    /// What is done without arguments: a trial on mock data, unless the data must be conversations.
    private var unasked: String {
        guard !arguments.readsConversations else {
            return """
                if [ "$#" -eq 0 ]; then
                    echo "--sft needs --data-path FILE.jsonl --tokenizer-type SFTTokenizer --tokenizer-model NAME --train-iters N" >&2
                    exit 64
                fi
                """
        }
        return """
            if [ "$#" -eq 0 ]; then
                set -- \\
                    --mock-data --tokenizer-type NullTokenizer --vocab-size \(plan.model.vocabulary - 1) \\
                    --train-iters "${TRIAL_STEPS:-20}" --lr 1e-4 --eval-iters 0 --log-interval 1 --log-throughput
            fi
            """
    }

    /// How long the plan's training is, unless the arguments or a trial say how long to train; Megatron takes one of both, and
    /// learning rates in the same unit.
    private var length: String {
        guard let steps = plan.trainingSteps, let tokens = plan.job.tokens else { return "" }
        return """
            # The whole training: \(String(format: "%.4g", tokens)) tokens.
            LENGTH=(--train-samples \(steps * plan.job.globalBatch))
            [ "$#" -gt 0 ] || LENGTH=()
            for argument; do
                case "$argument" in
                    --train-iters* | --train-samples*) LENGTH=() && break ;;
                    --lr-*-iters*) LENGTH=(--train-iters \(steps)) ;;
                esac
            done

            """
    }

    private var environment: String {
        connections + arguments.variables.map { "# Since \($0.reason).\nexport \($0.name)=\($0.value)\n" }.joined()
    }

    private var connections: String {
        guard let connections = arguments.deviceConnections else {
            let reason = arguments.usesFSDP ? "Megatron-FSDP refuses a single queue." : "No feature of this plan needs a single queue."
            return "# \(reason)\nunset CUDA_DEVICE_MAX_CONNECTIONS\n"
        }
        return "# Since \(connections.reason).\nexport CUDA_DEVICE_MAX_CONNECTIONS=\(connections.value)\n"
    }
}
