import ArgumentParser
import Schedules

/// What makes simulated steps differ from the plan.
struct SimulatePerturbOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A slow rank, slow=RANK:PERCENT; jitter of every operation, jitter=PERCENT; nodes that are slow by chance, "
                + "slow-nodes=SHARE:PERCENT; flows that a hash puts on shared paths, ecmp=FLOWS:PATHS. May be given several times, of each kind but slow once.",
            valueName: "what"),
        transform: PerturbationTerm.parse)
    var perturb: [PerturbationTerm] = []

    @Option(help: ArgumentHelp("Steps to draw, where something is left to chance.", valueName: "n"))
    var runs: Int = 100

    @Option(help: ArgumentHelp("Where random numbers start; equal seeds give equal results.", valueName: "seed"))
    var seed: UInt64 = 0

    func validate() throws {
        guard (1...1_000_000).contains(runs) else { throw ValidationError("--runs \(runs): between 1 and 1000000") }
        for kind in ["jitter", "slow-nodes", "ecmp"] where perturb.count(where: { $0.kind == kind }) > 1 {
            throw ValidationError("--perturb \(kind)=… is given twice; leave one (slow=RANK:PERCENT may be given for many ranks)")
        }
    }

    /// The slow ranks without jitter; nil where there are none.
    func stragglers(ranks: Int) throws -> Perturbation? {
        var slowdown = [Double](repeating: 1, count: ranks)
        var isAny = false
        for case .slow(let rank, let percent) in perturb {
            guard rank < ranks else { throw CommandFailure(.usage, "--perturb slow=\(rank):…: ranks are 0 to \(ranks - 1)") }
            slowdown[rank] *= 1 + percent / 100
            isAny = true
        }
        return isAny ? Perturbation(slowdown: slowdown) : nil
    }

    /// What is left to chance beside jitter, of pipeline ranks that so many nodes hold.
    func disturbances(nodesPerRank: Double) -> Disturbances {
        var drawn = Disturbances()
        drawn.nodesPerRank = nodesPerRank
        for term in perturb {
            switch term {
            case .slowNodes(let share, let percent): (drawn.slowShare, drawn.slowdown) = (share / 100, percent / 100)
            case .hashed(let flows, let paths): drawn.paths = HashedPaths(flows: flows, paths: paths)
            case .slow, .jitter: break
            }
        }
        return drawn
    }

    /// Standard deviation of operations, relative to their times.
    var jitter: Double {
        perturb.reduce(0) { jitter, term in
            if case .jitter(let percent) = term { percent / 100 } else { jitter }
        }
    }
}

/// One thing that disturbs a step.
enum PerturbationTerm: Equatable {
    /// A rank is slower by a percentage.
    case slow(rank: Int, percent: Double)
    /// Every operation's time varies with this standard deviation, in percent.
    case jitter(percent: Double)
    /// A share of the nodes, in percent, is slower by a percentage, others in every step.
    case slowNodes(share: Double, percent: Double)
    /// Flows between nodes take paths by a hash.
    case hashed(flows: Int, paths: Int)

    /// What stands before the equals sign.
    var kind: String {
        switch self {
        case .slow: "slow"
        case .jitter: "jitter"
        case .slowNodes: "slow-nodes"
        case .hashed: "ecmp"
        }
    }

    /// The term that a text states.
    static func parse(_ text: String) throws -> PerturbationTerm {
        guard let term = PerturbationTerm(argument: text) else {
            throw ValidationError(
                "write slow=RANK:PERCENT, jitter=PERCENT, slow-nodes=SHARE:PERCENT (a share of at most 100) or ecmp=FLOWS:PATHS (1 to 1048576), "
                    + "percentages of at least 0, such as slow=1:20, jitter=5, slow-nodes=2:15 or ecmp=8:16")
        }
        return term
    }

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        func percent(_ text: Substring) -> Double? {
            Double(text.hasSuffix("%") ? text.dropLast() : text).flatMap { $0 >= 0 && $0.isFinite ? $0 : nil }
        }
        switch parts[0] {
        case "jitter":
            guard let percent = percent(parts[1]) else { return nil }
            self = .jitter(percent: percent)
        case "slow-nodes":
            let values = parts[1].split(separator: ":", omittingEmptySubsequences: false)
            guard values.count == 2, let share = percent(values[0]), share <= 100, let percent = percent(values[1]) else { return nil }
            self = .slowNodes(share: share, percent: percent)
        case "ecmp":
            let values = parts[1].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
            guard values.count == 2, values.allSatisfy((1...1_048_576).contains) else { return nil }
            self = .hashed(flows: values[0], paths: values[1])
        case "slow":
            let values = parts[1].split(separator: ":", omittingEmptySubsequences: false)
            guard values.count == 2, let rank = Int(values[0]), rank >= 0, let percent = percent(values[1]) else { return nil }
            self = .slow(rank: rank, percent: percent)
        default: return nil
        }
    }
}
