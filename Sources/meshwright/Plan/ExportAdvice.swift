import CostModels
import Hardware
import Interchange
import Parallelism
import Reports
import Search
import Workload

/// Which frameworks can be told a plan, asked before its reader finds out from `export`.
struct ExportAdvice {
    let request: SearchRequest

    /// The frameworks whose plans a stack's are; empty for stacks that none of ours starts.
    private static func frameworks(of stack: String) -> [ExportTarget] {
        ExportTarget.allCases.filter { !$0.isLauncher && $0.usualStack ?? StackOption.usual == stack }
    }

    /// Marks the plans that no framework of the stack can be given, and says which stacks have one that can be given the model.
    func complete(_ report: inout PlanReport, _ plans: [Plan]) {
        guard !request.ignoresStack else { return }
        let targets = Self.frameworks(of: request.inputs.stack.name)
        guard !targets.isEmpty else { return }
        var others: [String]?
        for index in report.plans.indices where index < plans.count {
            guard let refusals = refusals(plans[index].strategy, by: targets) else {
                if let some = able(plans[index].strategy, of: targets) { report.plans[index].notes.append(some) }
                continue
            }
            let stacks = others ?? stacksWithFrameworks
            others = stacks
            report.plans[index].export = PlanReport.Export(
                refusals: refusals.map { PlanReport.Export.Refusal(target: $0.target.rawValue, reason: $0.reason) }, stacks: stacks)
            let remedy =
                stacks.isEmpty
                ? "no stack has one that can be given the model" : "--stack \(stacks.joined(separator: " or ")) has one that can"
            report.plans[index].notes.append(
                "no framework of \(request.inputs.stack.name) can be given it (\(refusals[0].target.rawValue): \(refusals[0].reason)); \(remedy)"
            )
        }
    }

    /// Which of some frameworks can be given a plan that trains a part of the model, where others cannot; nil where all can.
    private func able(_ strategy: ParallelStrategy, of targets: [ExportTarget]) -> String? {
        guard !request.inputs.job.method.trainsEverything else { return nil }
        let able = targets.filter { refusals(strategy, by: [$0]) == nil }
        guard !able.isEmpty, able.count < targets.count else { return nil }
        return "of the frameworks of \(request.inputs.stack.name) only \(able.map(\.rawValue).joined(separator: ", ")) can be given it"
    }

    /// Why each of some frameworks refuses a plan; nil where one takes it.
    private func refusals(_ strategy: ParallelStrategy, by targets: [ExportTarget]) -> [(target: ExportTarget, reason: String)]? {
        let inputs = request.inputs
        guard
            let launch = try? LaunchConfiguration(
                model: inputs.model, strategy: strategy, job: inputs.job, choices: inputs.choices, cluster: inputs.cluster)
        else { return nil }
        var refusals: [(ExportTarget, String)] = []
        for target in targets {
            do throws(ExportError) {
                _ = try launch.files(for: target)
                return nil
            } catch {
                // What is wrong with the cluster or the names is said where files are written.
                guard case .refusedPlan(_, let reason) = error else { return nil }
                refusals.append((target, reason))
            }
        }
        return refusals
    }

    /// The shipped stacks with a framework that can be given the model, asked with a replica on every GPU.
    private var stacksWithFrameworks: [String] {
        var plain = ParallelStrategy()
        plain.data = request.inputs.cluster.gpus
        var stacks: [String] = []
        for target in ExportTarget.allCases where !target.isLauncher {
            let stack = target.usualStack ?? StackOption.usual
            guard stack != request.inputs.stack.name, !stacks.contains(stack) else { continue }
            if refusals(plain, by: [target]) == nil { stacks.append(stack) }
        }
        return stacks
    }
}
