import Documents

/// What to measure next: that which most raises the chance of choosing the fastest of the plans listed, and what does short of running a plan.
struct MeasurementAdvice {
    /// What would be measured.
    enum Measurement: Hashable {
        /// A trial of the plan of a rank.
        case trial(Int)
        /// Collectives between nodes.
        case links
        /// An operator of a plan's own shape.
        case timing(PlanReport.Timing)
    }

    /// A measurement and the chance of choosing the fastest once it was made.
    struct Option {
        let measurement: Measurement
        let after: Double
    }

    /// The best measurement.
    let best: Option
    /// The best of those that need no plan to run, where the best is a trial and another helps.
    let withoutTrial: Option?
    /// The chance that plan 1 is the fastest of those listed, as things are.
    let now: Double

    /// A gain below which nothing is worth its trouble.
    private static let least = 0.02

    /// The advice of a report; nil where the choice is sure or no measurement helps.
    init?(_ report: PlanReport) {
        guard let now = report.plans.min(by: { $0.stepTime < $1.stepTime })?.chanceFastest else { return nil }
        let trials = report.plans.compactMap { entry in
            entry.chanceAfterTrial.map { Option(measurement: .trial(entry.rank), after: $0) }
        }
        var others: [Option] = []
        if let links = report.chanceAfterLinks { others.append(Option(measurement: .links, after: links)) }
        if let timing = report.operatorToTime { others.append(Option(measurement: .timing(timing), after: timing.chanceAfter)) }
        func helps(_ option: Option) -> Bool { option.after >= now + Self.least }
        guard let best = (trials + others).max(by: { $0.after < $1.after }), helps(best) else { return nil }
        self.best = best
        if case .trial = best.measurement {
            withoutTrial = others.filter(helps).max { $0.after < $1.after }
        } else {
            withoutTrial = nil
        }
        self.now = now
    }

    /// The advice in words.
    var sentence: String {
        "to choose more surely, \(words(best)): chance of choosing the fastest \(PercentText.string(now)) → \(PercentText.string(best.after))"
            + (withoutTrial.map { "; short of a trial, \(words($0)): \(PercentText.string($0.after))" } ?? "")
    }

    private func words(_ option: Option) -> String {
        switch option.measurement {
        case .trial(let rank): "try plan \(rank) (export --trial)"
        case .links: "measure collectives between nodes (cluster profile-script)"
        case .timing(let timing): "time \(timing.words)"
        }
    }

    /// The advice for programs.
    var document: YAMLContent {
        var fields = fields(best) + [YAMLField("chance_right_now", .number(now)), YAMLField("chance_right_after", .number(best.after))]
        if let withoutTrial {
            fields.append(
                YAMLField(
                    "without_trial", .mapping(self.fields(withoutTrial) + [YAMLField("chance_right_after", .number(withoutTrial.after))])))
        }
        return .mapping(fields)
    }

    private func fields(_ option: Option) -> [YAMLField] {
        switch option.measurement {
        case .trial(let rank): [YAMLField("what", .text("trial")), YAMLField("rank", .integer(rank))]
        case .links: [YAMLField("what", .text("links"))]
        case .timing(let timing): timing.fields
        }
    }
}
