import Hardware
import Parallelism
import Workload

/// A Slurm batch script that tries several plans in turn, each for a few steps with files and a log of its own.
///
/// `plan-K` holds what plan K needs, `trial.plan.json` the plans themselves, and `plan-K.JOB.log` will hold what plan K said, which is where
/// `meshwright validate --log` looks for the plan of a log.
public struct TrialFiles {
    /// A plan of the trial.
    public struct Plan: Sendable {
        /// Its place in the answer of `plan`, from 1.
        public var rank: Int
        /// How it is launched.
        public var launch: LaunchConfiguration
        /// Expected seconds of a step; nil where nobody predicted them.
        public var stepTime: Double?

        /// A plan with its place and its expected step time in s.
        public init(rank: Int, launch: LaunchConfiguration, stepTime: Double?) {
            self.rank = rank
            self.launch = launch
            self.stepTime = stepTime
        }
    }

    /// The file that holds the plans beside the logs.
    public static let planFile = "trial.plan.json"
    /// Minutes that a start may take: imports, communicators, compilation.
    static let startMinutes = 10

    private let plans: [Plan]
    private let target: ExportTarget
    private let stack: TrialStack
    private let steps: Int
    private let minutes: Int?
    private let document: String

    /// A trial of `plans` on the same GPUs.
    ///
    /// - Parameters:
    ///   - steps: optimizer steps of each plan.
    ///   - minutes: time limit of each plan; nil allows 10 minutes for the start and three times the expected steps.
    ///   - document: the JSON of the plans, kept beside the logs.
    /// - Throws: `ExportError.noTrial` where the target's runs are not ours to start.
    public init(_ plans: [Plan], target: ExportTarget, steps: Int, minutes: Int? = nil, document: String) throws(ExportError) {
        precondition(!plans.isEmpty, "a trial needs a plan")
        guard let stack = TrialStack(target) else { throw TrialStack.refusal(target) }
        self.plans = plans
        self.target = target
        self.stack = stack
        self.steps = steps
        self.minutes = minutes
        self.document = document
    }

    /// The script, the plans, and a folder for each of them.
    public func files() throws(ExportError) -> LaunchFiles {
        var result = LaunchFiles(files: [])
        for plan in plans {
            let written = try plan.launch.files(for: target)
            let map = try SlurmFiles(plan.launch).mapFiles()
            result.files += (written.files + map).map { file in
                LaunchFile(name: "plan-\(plan.rank)/\(file.name)", text: file.text, isExecutable: file.isExecutable)
            }
            result.warnings += written.warnings.map { "plan \(plan.rank): \($0)" }
        }
        let script = LaunchFile(name: "trial.sbatch", text: script, isExecutable: true)
        result.files = [script, LaunchFile(name: Self.planFile, text: document)] + result.files
        return result
    }

    private var first: Plan { plans[0] }
    private var ranks: Int { first.launch.strategy.worldSize }

    /// Minutes that a plan may take.
    private func limit(_ plan: Plan) -> Int {
        minutes ?? Self.startMinutes + Int((3 * Double(steps) * (plan.stepTime ?? 30) / 60).rounded(.up))
    }

    private var script: String {
        let slurm = SlurmFiles(first.launch)
        let directives = slurm.directives(
            job: "\(first.launch.jobName)-trial", minutes: plans.reduce(5) { $0 + limit($1) },
            nodeList: "./plan-\(first.rank)/slurm.nodes")
        let launch = first.launch
        let usage = [
            "Tries \(plans.count) plans in turn, \(steps) steps each. Written by meshwright export --trial \(plans.count) --target "
                + "\(target.rawValue).",
            "\(launch.model.name) on \(ranks) × \(launch.cluster.first.gpu.describes) (\(launch.cluster.name)).",
            "Submit from this folder: sbatch trial.sbatch [arguments added to those of every plan]",
            "Plan K logs to plan-K.JOB.log, which meshwright validate --log \(stack.logKind):plan-K.JOB.log sets beside its prediction.",
            "The exit status is the number of plans that failed.",
        ]
        let calls = plans.map { plan in
            "try \(plan.rank) \(limit(plan)) \(ShellText.quoted(plan.launch.strategyLine)) \"$@\"\n"
        }
        return """
            #!/usr/bin/env bash
            \(CommentText.lines(usage))\(directives)
            set -uo pipefail
            cd "${SLURM_SUBMIT_DIR:-.}" || exit 1
            export TRIAL_STEPS=\(steps) WORLD_SIZE=\(ranks)
            JOB="${SLURM_JOB_ID:-0}"
            FAILED=0
            SUMMARY=()
            \(nodes(slurm))
            # Prints the seconds of each step in a log.
            seconds() {
                \(stack.secondsCommand(tokens: first.launch.job.globalBatch * first.launch.job.sequenceLength, gpus: ranks))
            }

            # Prints the median of the steps in a log without the first quarter, which warms up.
            median() {
                seconds "$1" | awk '{ t[NR] = $1 } END { for (i = int(NR / 4) + 1; i <= NR; i++) print t[i] }' | sort -g \\
                    | awk '{ t[NR] = $1 } END { if (NR) printf "%.3f", (t[int((NR + 1) / 2)] + t[int(NR / 2) + 1]) / 2 }'
            }

            # try PLAN MINUTES WORDS [ARGUMENT…]: runs a plan and remembers how it went.
            try() {
                local plan="$1" minutes="$2" words="$3" folder="$PWD/plan-$1" log="plan-$1.$JOB.log" status=0 outcome steps
                shift 3
                export FOLDER="$folder" MASTER_PORT="$((29500 + plan))"
                \(hostfile(slurm))
                MASTER_ADDR="$(head -n 1 "$SLURM_HOSTFILE")"
                export MASTER_ADDR
                echo "plan $plan: $words"
                # shellcheck disable=SC2016
                timeout --kill-after=60 "${minutes}m" srun --ntasks=\(ranks) --distribution=arbitrary --kill-on-bad-exit=1 bash -c '
                    export RANK="$SLURM_PROCID"
                    export LOCAL_RANK="$SLURM_LOCALID"
                    if [ -e "$FOLDER/slurm.gpus" ]; then LOCAL_RANK="$(sed -n "$((SLURM_PROCID + 1))p" "$FOLDER/slurm.gpus")"; fi
                    exec "$@"
                ' rank bash "$folder/\(target.rawValue).sh" \(stack.shellArguments) > "$log" 2>&1 || status=$?
                steps="$(seconds "$log" | wc -l)"
                if [ "$status" -eq 0 ] && [ "$steps" -gt 0 ]; then
                    outcome="$(median "$log") s a step (median), $steps steps"
                else
                    FAILED=$((FAILED + 1))
                    if grep -qiE 'out of memory|OutOfMemoryError' "$log"; then
                        outcome="FAILED: out of memory after $steps steps"
                    elif [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
                        outcome="FAILED: not done after $minutes minutes, $steps steps"
                    elif [ "$status" -eq 0 ]; then
                        outcome="FAILED: no step in its log"
                    else
                        outcome="FAILED: status $status after $steps steps"
                    fi
                fi
                echo "plan $plan: $outcome"
                SUMMARY+=("plan $plan: $outcome: $words ($log)")
            }

            \(calls.joined())
            echo
            echo "$((\(plans.count) - FAILED)) of \(plans.count) plans ran:"
            printf '%s\\n' "${SUMMARY[@]}"
            exit "$FAILED"

            """
    }

    private func nodes(_ slurm: SlurmFiles) -> String {
        slurm.hasNames ? "" : "mapfile -t NODES < <(scontrol show hostnames \"$SLURM_JOB_NODELIST\")\n"
    }

    private func hostfile(_ slurm: SlurmFiles) -> String {
        guard !slurm.hasNames else { return "export SLURM_HOSTFILE=\"$folder/slurm.hosts\"" }
        return """
            export SLURM_HOSTFILE="$folder/slurm.hosts.$JOB"
                while read -r index; do echo "${NODES[index]}"; done < "$folder/slurm.order" > "$SLURM_HOSTFILE"
            """
    }
}
