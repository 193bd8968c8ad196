/// How a framework is told to run a few steps, and what its log says of them.
enum TrialStack {
    /// Megatron-LM of any version.
    case megatron
    /// TorchTitan v0.2.2.
    case torchTitan
    /// TorchTitan 0.3.
    case torchTitan03

    /// The stack that a target launches; nil where a script of ours cannot make it run a few steps.
    init?(_ target: ExportTarget) {
        switch target {
        case .megatronLM, .megatronCore019, .megatronCore015: self = .megatron
        case .torchTitan: self = .torchTitan
        case .torchTitan03: self = .torchTitan03
        default: return nil
        }
    }

    /// Why a target cannot be tried.
    static func refusal(_ target: ExportTarget) -> ExportError {
        let reason =
            switch target {
            case .slurm, .openMPI, .torchrun, .jobSet, .pyTorchJob:
                "it starts processes and trains nothing, and the trial is a Slurm script already; name the framework alone"
            case .megatronBridge: "the recipe that it changes decides data and number of steps"
            default: "its training script is your own, so that its steps and its log are unknown"
            }
        return .noTrial(target: target, reason: reason)
    }

    /// The framework's word before a log in `meshwright validate --log`.
    var logKind: String {
        switch self {
        case .megatron: "megatron"
        case .torchTitan, .torchTitan03: "torchtitan"
        }
    }

    /// Arguments behind the user's own that limit the steps and make each of them logged; `$TRIAL_STEPS` is the number of steps.
    ///
    /// Without arguments Megatron's scripts train on mock data for `$TRIAL_STEPS` steps, so nothing is added there.
    var shellArguments: String {
        switch self {
        case .megatron: #"${1+"$@" --train-iters "$TRIAL_STEPS" --log-interval 1 --log-throughput}"#
        case .torchTitan:
            #""$@" --training.steps "$TRIAL_STEPS" --metrics.log_freq 1 --metrics.disable_color_printing --job.print_config"#
        case .torchTitan03: #""$@" --training.steps "$TRIAL_STEPS" --metrics.log_freq 1 --metrics.disable_color_printing"#
        }
    }

    /// A shell command that prints the seconds of every logged step of the file `$1`, one a line.
    ///
    /// `tokens` are those of a step, and `gpus` the ranks that share them: TorchTitan logs tokens per second and GPU.
    func secondsCommand(tokens: Int, gpus: Int) -> String {
        switch self {
        case .megatron:
            #"sed -nE 's/.*elapsed time per iteration \(ms\): *([0-9.]+) .*/\1/p' "$1" | awk '{ print $1 / 1000 }'"#
        case .torchTitan, .torchTitan03:
            #"sed -nE 's/.*tps: *([0-9,]+) .*/\1/p' "$1" | awk '{ gsub(",", ""); if ($1 > 0) print "#
                + "\(tokens) / (\(gpus) * $1) }'"
        }
    }
}
