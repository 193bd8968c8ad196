import CostModels
import Hardware
import Parallelism
import Quantities
import Reliability
import Reports
import Search
import Workload

/// A configuration priced on two profiles of a cluster, and on the way from one to the other.
struct ClusterDiffPrice {
    /// The question on the first profile, at the configuration's size.
    let request: SearchRequest
    /// The configuration.
    let strategy: ParallelStrategy
    /// The profiles at their own sizes.
    let before, after: ClusterProfile

    /// The price on both.
    func report() async throws -> ClusterDiffReport.PlanPrice {
        let old = try await priced(strategy, on: request.inputs.cluster)
        let tokens = request.inputs.job.tokensPerStep
        var price = ClusterDiffReport.PlanPrice(
            old, model: request.inputs.model.name, gpus: request.inputs.cluster.gpus,
            memoryLimit: request.memoryLimit.inGibibytes, price: before.gpuHourPrice, tokens: tokens)
        price.assumed.append("ranks are placed anew on either profile")
        switch fitted() {
        case .failure(let problem):
            price.problem = problem.description
            if let best = await best(on: after) { price.add(best: best) }
        case .success(let (plan, cluster)):
            let new = try await priced(plan, on: cluster, spares: old.training?.failures?.spares)
            price.add(
                new, beside: old, gpus: cluster.gpus, memoryLimit: CostInputs.memory(of: cluster).inGibibytes,
                price: after.gpuHourPrice, tokens: tokens)
            price.contributions = try await contributions(plan, cluster, from: old.stepTime, to: new.stepTime)
            if plan.data != strategy.data {
                price.assumed.append(
                    "the second profile has too few GPUs for dp \(strategy.data); dp \(plan.data) trains the same batch there")
            }
            if let best = await best(on: cluster) { price.add(best: best) }
        }
        return price
    }

    /// The configuration on the second profile, with less data parallelism where that has too few GPUs; or why there is none.
    private func fitted() -> Result<(ParallelStrategy, ClusterProfile), CommandFailure> {
        if let problem = PrecisionRules.problem(request.inputs.job.precision, on: after, stack: nil) {
            return .failure(CommandFailure(.badInput, problem))
        }
        let batch = request.inputs.job.globalBatch
        let perReplica = strategy.tensor * strategy.context * strategy.pipeline
        var reason = "it needs \(request.inputs.cluster.gpus) GPUs, and there are \(after.gpus)"
        var data = min(strategy.data, after.gpus / max(1, perReplica))
        while data >= 1 {
            defer { data -= 1 }
            var plan = strategy
            plan.data = data
            if data != strategy.data {
                plan.microBatches = max(1, batch / (plan.microBatch * data))
                // Shards over all replicas stay so; a part of them must still divide them.
                if strategy.shardGroup == strategy.data { plan.shardGroup = data }
            }
            let cluster: ClusterProfile
            do throws(HardwareError) { cluster = try after.scaled(gpus: perReplica * data) } catch {
                if data == strategy.data { reason = error.description }
                continue
            }
            let legality = Legality(model: request.inputs.model, job: request.inputs.job, worldSize: cluster.gpus)
            guard legality.violations(of: plan).isEmpty else { continue }
            return .success((plan, cluster))
        }
        return .failure(CommandFailure(.badInput, reason))
    }

    /// What each area adds: the first step that changes the plan itself is that of the nodes.
    private func contributions(
        _ plan: ParallelStrategy, _ cluster: ClusterProfile, from old: Double, to new: Double
    ) async throws -> [ClusterDiffReport.PlanPrice.Contribution] {
        var start = request.inputs.cluster
        var last = old
        var found: [ClusterDiffReport.PlanPrice.Contribution] = []
        if plan.data != strategy.data {
            guard let fewer = try? before.scaled(gpus: cluster.gpus), let shrunk = try? await priced(plan, on: fewer) else {
                return [.init(area: ClusterChange.Area.nodes.rawValue, seconds: new - old)]
            }
            (start, last) = (fewer, shrunk.stepTime)
            found.append(.init(area: ClusterChange.Area.nodes.rawValue, seconds: last - old))
        }
        for step in ClusterDiff.steps(from: start, to: cluster) {
            // What cannot be priced half-way is counted with the next step.
            guard let time = try? await priced(plan, on: step.profile).stepTime else { continue }
            if time != last { found.append(.init(area: step.area.rawValue, seconds: time - last)) }
            last = time
        }
        if last != new { found.append(.init(area: ClusterChange.Area.words.rawValue, seconds: new - last)) }
        return found
    }

    private func question(on cluster: ClusterProfile) -> SearchRequest {
        var asked = request
        asked.inputs.cluster = cluster
        asked.memoryLimit = asked.inputs.memory
        asked.wholeCluster = nil
        return asked
    }

    private func builder(_ asked: SearchRequest, spares: Int? = nil) -> PlanReportBuilder {
        let nowhere = PlanReport.Source(name: "", sha256: "")
        var builder = PlanReportBuilder(
            asked, model: nowhere, cluster: nowhere, stack: nowhere, gpuHourPrice: asked.inputs.cluster.gpuHourPrice)
        builder.runChoices.spares = asked.inputs.cluster.reliability?.spareNodes ?? spares
        return builder
    }

    /// A plan on a cluster; where that states no spare nodes, `spares` of them are counted with in place of those that are worth their price.
    private func priced(_ plan: ParallelStrategy, on cluster: ClusterProfile, spares: Int? = nil) async throws -> PlanReport.Entry {
        let asked = question(on: cluster)
        return builder(asked, spares: spares).entry(try await Planner(asked).plan(for: plan), rank: 1)
    }

    /// The best plan on a cluster; nil where none fits.
    private func best(on cluster: ClusterProfile) async -> PlanReport.Entry? {
        var asked = question(on: cluster)
        asked.top = 1
        guard let plan = await Planner(asked).search().plans.first else { return nil }
        return builder(asked).entry(plan, rank: 1)
    }
}
