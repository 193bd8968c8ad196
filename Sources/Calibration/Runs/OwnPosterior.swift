import CostModels
import Foundation
import Hardware
import Parallelism
import Schedules
import Workload

/// The distribution of everything that step times depend on, and what a user's own runs make of it.
///
/// Before them it is what the shipped fit leaves open, or what earlier own runs left, with a factor for the installation and one for each model that
/// was run. What is said of links and of GPU types without runs belongs to the cluster: it takes its part of the blame, and is kept out of the stack.
struct OwnPosterior {
    /// A quantity, the cluster that it belongs to where it is a cluster's, and how far it is known before.
    struct Parameter {
        let quantity: UncertainQuantity
        var cluster: String?
    }

    /// The parameters; those of clusters last.
    let parameters: [Parameter]
    /// How many of them a stack's file carries.
    let kept: Int
    /// Deviation of the installation's factor before any own run.
    let installation: Double
    /// The lower triangular factor of the covariance of the logarithms before the runs.
    let prior: [[Double]]
    /// Mean of the logarithms' moves, and the factor of their covariance after the runs.
    private(set) var moves: [Double]
    private(set) var factor: [[Double]]
    /// Root mean square of what the runs lie off before they are taken in, in standard deviations of that.
    private(set) var surprise = 1.0

    /// Rounds of linearisation at most, and the move of a logarithm that ends them.
    private static let (rounds, settled) = (8, 1e-5)

    /// The distribution before the runs.
    init(_ observations: [OwnObservation], _ uncertainty: FittedUncertainty) {
        let inputs = observations.map(\.configuration.inputs)
        let strata = inputs.map { uncertainty.spread(.init($0)).common }
        let base = uncertainty.after(inputs[0]).open
        var parameters = base.quantities.map { Parameter(quantity: $0) }
        var rows = base.factor
        func add(_ parameter: Parameter, _ deviation: Double?) {
            guard let deviation, deviation > 0,
                !parameters.contains(where: { $0.quantity == parameter.quantity && $0.cluster == parameter.cluster })
            else { return }
            rows.append([Double](repeating: 0, count: rows.count) + [deviation])
            parameters.append(parameter)
        }
        let share = FittedUncertainty.installationShare
        installation = inputs[0].stack.ownRuns?.installation ?? (strata.min() ?? 0) * share.squareRoot()
        add(Parameter(quantity: .time), installation)
        add(Parameter(quantity: .stack), UncertainQuantity.stack.openSpread(inputs[0]))
        for (inputs, common) in zip(inputs, strata).sorted(by: { $0.0.model.name < $1.0.model.name }) {
            add(Parameter(quantity: .model(inputs.model.name)), max(0, common * common - installation * installation).squareRoot())
        }
        kept = parameters.count
        for inputs in inputs.sorted(by: { $0.cluster.name < $1.cluster.name }) {
            for question in [UncertainQuantity.network, .kernels] {
                add(Parameter(quantity: question, cluster: inputs.cluster.name), question.openSpread(inputs))
            }
        }
        self.parameters = parameters
        prior = rows
        factor = rows
        moves = [Double](repeating: 0, count: rows.count)
    }

    /// Takes in measured configurations: Bayes' rule on logarithms, linearised anew where it leads until nothing moves any more.
    mutating func take(_ observations: [OwnObservation]) {
        var simulator = PipelineSimulator()
        let noise = observations.indices.map { i in observations.indices.map { i == $0 ? observations[i].noise : 0 } }
        for round in 0..<Self.rounds {
            var (slopes, values): ([[Double]], [Double]) = ([], [])
            for observation in observations {
                let inputs = moved(observation.configuration.inputs)
                let slope = slope(inputs, observation)
                let off = observation.measured - (observation.expected(inputs, &simulator) ?? observation.measured)
                slopes.append(slope)
                values.append(off + zip(slope, moves).reduce(0) { $0 + $1.0 * $1.1 })
            }
            let update = GaussianUpdate(factor: prior, slopes: slopes, noise: noise, values: values)
            let next = zip(update.mean, parameters).map { Self.within($0, $1.quantity, observations[0].configuration.inputs) }
            let step = zip(next, moves).map { abs($0 - $1) }.max() ?? 0
            (moves, factor) = (next, update.factor)
            if round == 0 { surprise = update.surprise }
            if step < Self.settled { break }
        }
    }

    /// How the logarithm of a configuration's time moves with that of each parameter.
    private func slope(_ inputs: CostInputs, _ observation: OwnObservation) -> [Double] {
        let strategy = observation.configuration.strategy
        let all = TimeSensitivity.slopes(parameters.map(\.quantity), inputs, [strategy])
        return zip(parameters, all).map { $0.cluster == nil || $0.cluster == inputs.cluster.name ? $1[0] : 0 }
    }

    /// Inputs with the parameters where the runs moved them; `keptOnly` leaves out what a stack's file does not carry.
    func moved(_ inputs: CostInputs, keptOnly: Bool = false) -> CostInputs {
        var moved = inputs
        for (parameter, move) in zip(parameters.prefix(keptOnly ? kept : parameters.count), moves) where move != 0 {
            guard parameter.cluster == nil || parameter.cluster == inputs.cluster.name else { continue }
            moved = parameter.quantity.scaled(moved, by: exp(move)) ?? moved
        }
        return moved
    }

    /// A move that keeps a constant within what it may become.
    private static func within(_ move: Double, _ quantity: UncertainQuantity, _ inputs: CostInputs) -> Double {
        guard case .constant(let place) = quantity else { return move }
        let constant = TrainingConstant.all[place]
        guard let value = constant.value(in: inputs), constant.range.contains(value) else { return move }
        return min(max(move, log(constant.range.lowerBound / value)), log(constant.range.upperBound / value))
    }

    /// Standard deviation of a parameter's logarithm before and after.
    func deviation(_ place: Int) -> (before: Double, after: Double) {
        func size(_ row: [Double]) -> Double { row.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        return (size(prior[place]), size(factor[place]))
    }
}
