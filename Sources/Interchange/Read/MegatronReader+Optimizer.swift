import Documents
import Workload

extension MegatronReader {
    /// The optimizer and the formats of its states (`megatron/training/arguments.py`, `OptimizerConfig`).
    mutating func readOptimizer(_ result: inout UserConfiguration) throws(DocumentError) {
        let name = try text("optimizer")
        let adam = try readFormats(&result)
        guard !has("use-bnb-optimizer") else {
            result.optimizer = .adam8Bit
            return
        }
        func note(_ instead: String) {
            result.unmodelled.append(
                UserConfiguration.Unmodelled(name: "--optimizer \(name ?? "")", location: location("optimizer"), instead: instead))
        }
        switch name {
        case nil:
            result.optimizer = adam
            result.defaults["optimizer"] = "the framework's default"
        case "adam": result.optimizer = adam
        case "sgd": result.optimizer = .sgd
        case "lion": result.optimizer = .lion
        case "muon", "dist_muon": result.optimizer = .muon
        case "adaptive_muon":
            result.optimizer = .muon
            note("priced as Muon, without its second moments")
        case "soap":
            result.optimizer = .adam
            note("priced as Adam, without SOAP's factors of each matrix, their bases and the products that renew them")
        default:
            result.optimizer = .adam
            note("priced as Adam")
        }
    }

    /// Adam with the formats of its states, and that of the gradients where they are summed in 16 bits.
    ///
    /// Transformer Engine's `FusedAdam` keeps of fp32 master weights the 16 bits that bf16 weights lack (`store_param_remainders`, from 2.1 on);
    /// Megatron-Core keeps them whole where products run below 16 bits without delayed scaling. On the host all states are fp32.
    private mutating func readFormats(_ result: inout UserConfiguration) throws(DocumentError) -> Optimizer {
        let isAware = has("use-precision-aware-optimizer")
        func format(_ name: String) throws(DocumentError) -> String {
            let word = try text(name) ?? "fp32"
            let plain = word.hasPrefix("torch.") ? String(word.dropFirst("torch.".count)) : word
            return ["float32": "fp32", "float16": "fp16", "bfloat16": "bf16", "uint8": "fp8"][plain] ?? plain
        }
        let (master, gradients) = (try format("main-params-dtype"), try format("main-grads-dtype"))
        let (first, second) = (try format("exp-avg-dtype"), try format("exp-avg-sq-dtype"))
        let recipe = try text("fp8-recipe")
        if isAware, gradients == "bf16", result.precision != .fp32, result.stack == "megatron-core" { result.gradientFormat = .bf16 }
        guard !has("optimizer-cpu-offload") else { return .adam }
        guard isAware else { return first == "bf16" ? .adamBF16Moments : .adam }
        let isWhole = result.precision == .fp16 || result.precision != .bf16 && recipe != nil && recipe != "delayed"
        guard let held = StateFormats.Master(rawValue: master == "fp32" && !isWhole ? "remainder" : master),
            let firstMoments = StateFormats.Moment(rawValue: first), let secondMoments = StateFormats.Moment(rawValue: second)
        else {
            throw DocumentError(
                location("use-precision-aware-optimizer"),
                .invalid(
                    "states of master weights in \(master) and moments in \(first) and \(second) are no formats of the precision-aware optimizer",
                    remedy: "master weights are fp32 or fp16, moments fp32, fp16, bf16 or fp8"))
        }
        if (firstMoments, secondMoments) == (.bf16, .bf16), held != .fp16 {
            if held == .remainder {
                result.notes.append(
                    "Master weights are priced whole; beside bf16 weights Transformer Engine keeps 16 bits of them, 2 bytes a parameter fewer."
                )
            }
            return .adamBF16Moments
        }
        if firstMoments == .fp32, secondMoments == .fp32, held == .fp32 { return .adam }
        return .precisionAware(StateFormats(master: held, first: firstMoments, second: secondMoments))
    }
}
