import Workload

extension Legality {
    /// The assertion of a framework's own code that a strategy breaks, whatever stack it was planned for; nil where the framework starts.
    public func violation(of s: ParallelStrategy, under arguments: ArgumentRules, _ context: ContextRules) -> Violation? {
        let attention =
            s.context > 1
            ? divisions.attentions.lazy.compactMap { context.violation(of: $0, in: s) }.first : nil
        let rule =
            attention ?? arguments.gridViolation(of: s, model: model, divisions: divisions, job: job, compiles: false)
            ?? arguments.choiceViolation(of: s, model: model, divisions: divisions, job: job)
        return rule.map { describe($0, in: s) }
    }

    /// A broken assertion of the stack's own code: the problem and the legal values.
    func argumentProblem(_ rule: LegalityRule, in s: ParallelStrategy) -> (String, String) {
        let experts = model.experts
        switch rule {
        case .sequenceByTensorAndContext:
            return (
                "\(stackName) needs the sequence length \(job.sequenceLength) to divide by 2 × tp × cp = \(2 * s.tensor * s.context)",
                job.sequenceLength % 2 == 0 ? "tp × cp must be one of \(divisors(job.sequenceLength / 2, upTo: 256))" : "use an even one"
            )
        case .expertBiasByExpertTensor:
            return ("\(stackName) does not split experts with biases, and etp is \(s.expertTensor)", "use etp 1")
        case .expertsInShardGroup:
            let group = s.shardGroup * s.context * s.tensor
            return (
                "the \(group) GPUs of a shard group (shard group \(s.shardGroup) × cp × tp) do not hold whole grids of ep \(s.expert) × "
                    + "etp \(s.expertTensor)", "ep × etp must divide \(group), or the shard group be dp \(s.data)"
            )
        case .eightBitSizes:
            return (
                "\(job.precision.rawValue) products need rows by 8 and columns by 16, which hidden width \(model.hidden), "
                    + divisions.attentions.prefix(1).map { "\($0.heads) heads of \($0.valueWidth), " }.joined()
                    + "feed-forward width \(model.feedForward.width)"
                    + (experts.map { ", expert width \($0.width) over etp \(s.expertTensor)" } ?? "")
                    + " and \(s.microBatch) × \(job.sequenceLength) tokens over cp \(s.context) do not give at tp \(s.tensor)",
                "use a smaller tp or bf16"
            )
        case .compiledPrecisionWithTensor:
            return ("\(stackName) compiles \(job.precision.rawValue) without tensor parallelism only, and tp is \(s.tensor)", "use tp 1")
        case .recomputeModules:
            let modules = stack?.launches.argumentRules.droppable(s.recomputeModules, of: divisions, precision: job.precision) ?? []
            return (
                "\(stackName) cannot recompute \(s.recomputeModules.subtracting(modules).names.joined(separator: ", ")) of \(model.name) "
                    + "in \(job.precision.rawValue)",
                modules.isEmpty ? "choose other modules" : "use \(modules.names.joined(separator: ", "))"
            )
        case .expertOverlapNeedsExpertParallel:
            return ("overlapping expert all-to-alls needs ep above 1, and ep is \(s.expert)", "use another schedule or ep 2")
        default:
            return (
                "\(stackName) overlaps expert all-to-alls with one predicted token more at most and in 16 bits, and \(model.name) predicts "
                    + "\(model.predictionBlocks) in \(job.precision.rawValue)", "use another schedule"
            )
        }
    }
}
