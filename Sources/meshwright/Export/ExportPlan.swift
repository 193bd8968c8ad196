import CostModels
import Documents
import Foundation
import Hardware
import Interchange
import Parallelism
import Reports
import Workload

/// A plan with the model, cluster and stack that it was made for, ready to be written.
struct ExportPlan {
    /// What to launch, by rank of the plan.
    private let document: PlanDocument
    private let model: TransformerModel
    private let cluster: ClusterProfile
    private let stack: SoftwareStack
    private let file: String

    /// Names or paths of what it was made from, as options take them.
    let files: (model: String?, cluster: String, stack: String)

    /// Finds what a plan was made from, and checks that it is still the same.
    ///
    /// - Parameters:
    ///   - document: the plan.
    ///   - file: its name in messages; files that were moved along with it are found beside it.
    ///   - model: the path or name to use instead of the model's own name; likewise `cluster` and `stack`.
    init(_ document: PlanDocument, file: String, model: String?, cluster: String?, stack: String?) throws {
        let library = ProfileLibrary.installed
        let modelFile = try PlanInput(.model, document.model, instead: model, beside: file, library)
        let clusterFile = try PlanInput(.cluster, document.cluster, instead: cluster, beside: file, library)
        let stackFile = try PlanInput(.stack, document.stack, instead: stack, beside: file, library)
        guard modelFile.isUnchanged else {
            throw CommandFailure(
                .badInput,
                "\(document.model.location): the plan was made from another content of the model file than \(modelFile.path) has now; "
                    + "run plan again, or name the file it was made from with --model")
        }
        self.model = try ModelDocument.parse(text: modelFile.text, file: modelFile.path)
        let profile = try ClusterProfile.parse(text: clusterFile.text, file: clusterFile.path, library: library)
        AssumedCluster.say(clusterFile.name, profile)
        self.cluster = try profile.scaled(gpus: document.gpus)
        self.stack = try SoftwareStack.parse(text: stackFile.text, file: stackFile.path)
        var document = document
        if let teacher = document.teacher {
            let teacherFile = try PlanInput(.model, teacher, instead: nil, beside: file, library)
            document.job.method.teacher = try ModelDocument.parse(text: teacherFile.text, file: teacherFile.path)
            teacherFile.warnOfChange(named: document.job.method.teacher?.name ?? "")
        }
        self.document = document
        self.file = file
        files = (modelFile.name, clusterFile.name, stackFile.name)
        clusterFile.warnOfChange(named: profile.name)
        stackFile.warnOfChange(named: self.stack.name)
    }

    /// Plans that the answer lists.
    var ranks: [Int] { document.plans.map(\.rank) }

    /// Plans in the order in which trials of them help to choose: those first after whose trial the fastest is most likely chosen, as `plan`
    /// counts it in what to measure next; without such chances the order of the answer.
    var ranksToTry: [Int] {
        document.plans.enumerated().sorted { a, b in
            (-(a.element.chanceAfterTrial ?? -1), a.offset) < (-(b.element.chanceAfterTrial ?? -1), b.offset)
        }.map(\.element.rank)
    }

    /// Expected seconds of a step of a rank's plan; nil where it does not say.
    func stepTime(rank: Int) -> Double? { document.plans.first { $0.rank == rank }?.stepTime }

    /// The plan with the shortest step; nil where none says how long it is.
    var fastestRank: Int? {
        document.plans.filter { $0.stepTime != nil }.min { ($0.stepTime ?? 0, $0.rank) < ($1.stepTime ?? 0, $1.rank) }?.rank
    }

    /// The plan of a rank as a launch, its ranks placed by the file at `placement` if there is one, else as the plan says.
    func configuration(rank: Int, placement: String?) throws -> LaunchConfiguration {
        guard let plan = document.plans.first(where: { $0.rank == rank }) else {
            let known = document.plans.isEmpty ? "it has none" : "it has 1 to \(document.plans.count)"
            throw CommandFailure(.badInput, "--rank \(rank): \(file) has no such plan; \(known)")
        }
        let legality = Legality(model: model, job: document.job, worldSize: document.gpus)
        let violations = legality.violations(of: plan.strategy)
        guard violations.isEmpty else {
            throw CommandFailure(.badInput, "\(plan.location): \(violations.map(\.description).joined(separator: "; also, "))")
        }
        if let problem = PrecisionRules.problem(document.job.precision, on: cluster, stack: nil) {
            throw CommandFailure(.badInput, "\(plan.location): \(problem)")
        }
        var choices = stack.defaults
        choices.overlapsDataParallel = plan.overlap.dataParallel
        choices.asyncTensorParallel = plan.overlap.tensorParallel
        choices.overlapsExperts = plan.overlap.expertParallel
        (choices.tensorOverlap, choices.expertOverlap) = (plan.overlap.tensorTechnique, plan.overlap.expertTechnique)
        let names = (0..<cluster.nodes).map(cluster.nodeName)
        let map = try placement.map { try PlacementDocument.read(path: $0, nodeNames: names) } ?? plan.placement(nodeNames: names)
        // A plan of before gradients had a format was priced in the stack's.
        var job = document.job
        job.gradientFormat = CostInputs(model: model, cluster: cluster, job: job, stack: stack).gradientFormat
        return try LaunchConfiguration(
            model: model, strategy: plan.strategy, job: job, choices: choices, cluster: cluster, placement: map,
            keepsDropout: stack.memory.keepsDropoutMasks, packing: document.lengths?.packing)
    }

    /// The plan of a rank as the cost models see it, its experts visited as `routing` says; `placesAnew` where the caller places its ranks.
    func priced(rank: Int, routing: RoutingOptions? = nil, placesAnew: Bool = false)
        throws -> (model: StepModel, strategy: ParallelStrategy)
    {
        let launch = try configuration(rank: rank, placement: nil)
        let routed = try routing?.routing(of: launch.model)
        if let planned = document.routing, routed == nil {
            ErrorReporting.warn("the plan was made with --routing \(planned); experts are balanced here unless that is given again")
        }
        var inputs = CostInputs(model: launch.model, cluster: launch.cluster, job: launch.job, stack: stack, choices: launch.choices)
        inputs.job.routing = routed
        let model = StepModel(inputs)
        if let plan = document.plans.first(where: { $0.rank == rank }), !placesAnew, plan.places != nil, let planned = plan.stepTime {
            ErrorReporting.warn(
                String(format: "the plan takes %.4g s with its links and places; links of mean speed are simulated", planned))
        }
        return (model, launch.strategy)
    }
}
