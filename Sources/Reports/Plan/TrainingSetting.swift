import CostModels
public import Hardware
public import Parallelism
import Quantities
public import Reliability
import Search
import Workload

/// A training on a cluster as the equations of failures see it.
public struct TrainingSetting: Sendable {
    /// The cluster.
    public let cluster: ClusterProfile
    /// Its figures, with public ones where they are missing, and which those are.
    public let figures: ClusterReliability
    /// See `figures`.
    public let assumed: [String]
    /// What was chosen.
    public let choices: RunChoices
    /// Bytes of a checkpoint.
    public let bytes: Double
    /// GPUs and nodes that write it.
    private let writingGPUs, writingNodes: Double
    private let copyRate: BytesPerSecond
    private let step: Double?

    /// A training in steps of `step` seconds whose states are `bytes`, held whole by each of `replicas`.
    public init(_ cluster: ClusterProfile, bytes: Double, replicas: Int, step: Double? = nil, choices: RunChoices) {
        self.step = step
        self.cluster = cluster
        self.choices = choices
        self.bytes = bytes
        let (figures, missing) = (cluster.reliability ?? ClusterReliability()).completed
        self.figures = figures
        var assumed = missing
        writingGPUs = max(1, Double(cluster.gpus) / Double(replicas))
        writingNodes = max(1, Double(cluster.nodes) / Double(replicas))
        let links = cluster.groups.compactMap { $0.host.link?.fromDevice }
        if let slowest = links.min(), links.count == cluster.groups.count {
            copyRate = slowest
        } else {
            // PCI Express 4.0 with 16 lanes carries 31.5 GB/s, of which copies of pinned memory reach about 25.
            copyRate = BytesPerSecond(25e9)
            assumed.append("host.link.from_device")
        }
        self.assumed = assumed
    }

    /// The setting that the equations take.
    public var run: RunSetting {
        var run = RunSetting(
            rates: FailureRates(gpu: figures.gpuMTBF, link: figures.linkMTBF, node: figures.nodeMTBF, software: figures.softwareMTBF),
            parts: FailureRates.Parts(
                gpus: Double(cluster.gpus),
                links: cluster.groups.reduce(0) { $0 + Double($1.nodes) * Double($1.network.adaptersPerNode) }, nodes: Double(cluster.nodes)
            ),
            checkpoint: checkpoint(1), detection: figures.detection?.value ?? 0, isolation: figures.isolation?.value ?? 0,
            restart: figures.restart?.value ?? 0, repair: figures.repair?.value ?? 0, spares: choices.spares ?? figures.spareNodes,
            interval: choices.interval?.value)
        run.step = step
        return run
    }

    /// What a checkpoint costs on so many times the GPUs.
    public func checkpoint(_ factor: Double) -> CheckpointCost {
        let store = figures.store ?? ClusterReliability.usualStore
        let exchange = cluster.groups.map {
            $0.network.adapterBandwidth.value * Double($0.network.adaptersPerNode) * $0.network.achievedFraction
        }
        return CheckpointCost(
            CheckpointTraffic(
                bytes: bytes, writingGPUs: writingGPUs * factor, writingNodes: writingNodes * factor,
                overhead: figures.checkpointOverhead?.value ?? 0, copyRate: copyRate,
                nodeWrite: store.nodeWrite, nodeRead: store.nodeRead, storeWrite: store.write, storeRead: store.read,
                nodeExchange: BytesPerSecond(exchange.min() ?? 1)), choices.checkpoint)
    }

    /// The forecast of so many useful seconds.
    public func failures(work: Double, draws: Int, seed: UInt64, gpuHourPrice: Double?) -> PlanReport.Failures {
        let run = run
        let forecast = RunForecast(run, work: work, draws: draws, seed: seed)
        let ends = forecast.goodput > RunForecast.leastGoodput
        func days(_ goodput: Double?) -> Double? { ends ? goodput.map { work / $0 / 86_400 } : nil }
        let paid = Double(cluster.gpus) * (1 + Double(forecast.spares) / Double(cluster.nodes))
        let hours = days(forecast.goodput).map { $0 * 24 * paid }
        let most = GrowthLimit.factor(run, checkpoint: checkpoint).map { $0 * Double(cluster.gpus) }
        return PlanReport.Failures(
            days: days(forecast.goodput), daysLow: days(forecast.goodputHigh), daysHigh: days(forecast.goodputLow), gpuHours: hours,
            cost: hours.flatMap { hours in gpuHourPrice.map { $0 * hours } }, goodput: forecast.goodput,
            failuresADay: forecast.failuresADay, mode: choices.checkpoint.rawValue, bytes: bytes, interval: forecast.interval,
            young: forecast.young, daly: forecast.daly, stall: run.checkpoint.stall, pending: run.checkpoint.pending,
            load: run.checkpoint.load, recovery: run.detection + run.isolation + run.restart,
            lost: [
                PlanReport.Term(key: "saving", value: forecast.saving), PlanReport.Term(key: "again", value: forecast.again),
                PlanReport.Term(key: "recovery", value: forecast.recovering), PlanReport.Term(key: "waiting", value: forecast.waiting),
            ], spares: forecast.spares, cheapestSpares: forecast.cheapestSpares,
            mostGPUs: most.flatMap { $0 < 1e9 ? Int($0.rounded()) : nil }, assumed: assumed)
    }
}

extension PlanReportBuilder {
    /// The training of a plan with failures.
    func failures(_ strategy: ParallelStrategy, stepTime: Double, work: Double) -> PlanReport.Failures {
        setting(strategy, stepTime: stepTime).failures(work: work, draws: 20_000, seed: request.seed, gpuHourPrice: gpuHourPrice)
    }

    /// What failures make of a long training with a plan, in the mean.
    public func forecast(_ strategy: ParallelStrategy, stepTime: Double) -> RunForecast {
        RunForecast(setting(strategy, stepTime: stepTime).run, work: stepTime)
    }

    private func setting(_ strategy: ParallelStrategy, stepTime: Double) -> TrainingSetting {
        let inputs = request.inputs
        let job = inputs.job
        let trained = Double(inputs.model.trainedParameters(job.method))
        // Each state once: weights as the forward pass reads them, masters and moments; gradients are not saved.
        let weights = job.precision == .fp32 ? 4.0 : 2
        let states =
            job.method.hasGradients ? (job.precision == .fp32 ? job.optimizer.momentBytes : job.optimizer.stateBytesPerParameter) : 0
        let replicas = strategy.sharding == .none ? strategy.data : 1
        return TrainingSetting(
            inputs.cluster, bytes: trained * (weights + states), replicas: replicas, step: stepTime, choices: runChoices)
    }
}
