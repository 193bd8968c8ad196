import Hardware
import Parallelism
import Workload

/// What measured runs left open: how far the fitted constants may be off, together, and how far runs lie from predictions whatever the constants.
///
/// The constants' logarithms are normal around the shipped values; their covariance is the inverse of the Gauss–Newton matrix of the fit, its
/// priors included, shipped as a triangular factor L with Σ = L·Lᵀ.
public struct FittedUncertainty: Hashable, Sendable {
    /// What remains of log(measured/predicted) whatever the constants, as standard deviations.
    public struct Spread: Hashable, Sendable {
        /// What runs of one model, cluster and release share: the difference of two plans does not contain it.
        public var common: Double
        /// What each layout has for itself.
        public var own: Double

        /// A spread from its parts.
        public init(common: Double, own: Double) {
            self.common = common
            self.own = own
        }
    }

    /// Runs that are alike: those of a stack on an architecture, of dense models or mixtures.
    public struct Stratum: Hashable, Comparable, Sendable, CustomStringConvertible {
        /// The stack.
        public let stack: String
        /// The GPU architecture.
        public let architecture: String
        /// Whether the model has routed experts.
        public let isMixture: Bool

        /// The stratum of a question.
        public init(_ inputs: CostInputs) {
            self.init(
                stack: inputs.stack.lineage, architecture: inputs.gpu.architecture,
                isMixture: inputs.model.layerClasses.classes.contains { $0.mixture != nil })
        }

        /// A stratum from its parts.
        public init(stack: String, architecture: String, isMixture: Bool) {
            self.stack = stack
            self.architecture = architecture
            self.isMixture = isMixture
        }

        /// The stratum as it is written.
        public var description: String { "\(stack) \(architecture) \(isMixture ? "mixture" : "dense")" }

        /// The order of their names.
        public static func < (a: Stratum, b: Stratum) -> Bool { a.description < b.description }
    }

    /// What the rows of the factor are of: the constants in the order of `TrainingConstant.all`, and what own runs speak of besides.
    public let quantities: [UncertainQuantity]
    /// Rows of the lower triangular factor.
    public let factor: [[Double]]
    /// The spreads of strata with measured runs.
    public let spreads: [Stratum: Spread]

    /// What was left open, from its parts.
    public init(
        quantities: [UncertainQuantity] = UncertainQuantity.constants, factor: [[Double]], spreads: [Stratum: Spread]
    ) {
        self.quantities = Array(quantities.prefix(factor.count))
        self.factor = factor
        self.spreads = spreads
    }

    /// Standard deviation that is taken for runs of a kind that was never measured: sources of which nothing was seen are off by 18 % in four of
    /// five cases (docs/accuracy.md).
    public static let unmeasured = Spread(common: 0.13, own: 0.05)

    /// Share of the common variance that runs of an installation share whatever the model; the rest they share by model only.
    ///
    /// Among sources of several models on one GPU type, means of sources differ by 3 % and means of models of one source by 5 % (docs/accuracy.md).
    public static let installationShare = 0.25

    /// The deviation of what an installation has for itself on every model, in a stratum.
    public func installation(_ stratum: Stratum) -> Double { spread(stratum).common * Self.installationShare.squareRoot() }

    /// What is left open under inputs: after the runs that their stack has taken in, if any.
    ///
    /// What those runs told of the installation and of a model stands among the quantities, and no more in the spread. Own runs of another
    /// release, which fitted other constants, leave what is shipped.
    public func after(_ inputs: CostInputs) -> (open: FittedUncertainty, spread: Spread) {
        let stratum = Stratum(inputs)
        var spread = spread(stratum)
        guard let own = inputs.stack.ownRuns, let known = own.quantities else { return (self, spread) }
        let shared = own.installation
        // The factors stand for as much of the common variance as they had before the runs; on GPUs where more is unknown, the rest stays.
        var told = shared * shared
        if known.contains(.model(inputs.model.name)) {
            told = own.before(ofModel: inputs.model.name).map { told + $0 * $0 } ?? spread.common * spread.common
        }
        spread.common = max(0, spread.common * spread.common - told).squareRoot()
        return (FittedUncertainty(quantities: known, factor: own.entries.map(\.row), spreads: spreads), spread)
    }

    /// The spread of a stratum: its own, else the widest of its stack, else that of what was never measured.
    public func spread(_ stratum: Stratum) -> Spread {
        if let known = spreads[stratum] { return known }
        let alike = spreads.filter { $0.key.stack == stratum.stack && $0.key.architecture == stratum.architecture }.map(\.value)
        guard !alike.isEmpty else { return Self.unmeasured }
        // A kind of model that was never measured there: at least what was measured of the other kind, and what is unknown besides.
        return Spread(
            common: max(alike.map(\.common).max() ?? 0, Self.unmeasured.common), own: max(alike.map(\.own).max() ?? 0, Self.unmeasured.own))
    }
}
