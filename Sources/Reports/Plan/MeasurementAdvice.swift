import Documents

/// What to measure next: that which most raises the chance of choosing the fastest of the plans listed.
struct MeasurementAdvice {
    /// What would be measured.
    enum Measurement: Hashable {
        /// A trial of the plan of a rank.
        case trial(Int)
        /// Collectives between nodes.
        case links
    }

    /// The best measurement.
    let measurement: Measurement
    /// The chance that plan 1 is the fastest of those listed, as things are.
    let now: Double
    /// The chance of choosing the fastest after the measurement.
    let after: Double

    /// A gain below which nothing is worth its trouble.
    private static let least = 0.02

    /// The advice of a report; nil where the choice is sure or no measurement helps.
    init?(_ report: PlanReport) {
        guard let now = report.plans.min(by: { $0.stepTime < $1.stepTime })?.chanceFastest else { return nil }
        var options = report.plans.compactMap { entry in entry.chanceAfterTrial.map { (Measurement.trial(entry.rank), $0) } }
        if let links = report.chanceAfterLinks { options.append((.links, links)) }
        guard let best = options.max(by: { $0.1 < $1.1 }), best.1 >= now + Self.least else { return nil }
        (measurement, after) = best
        self.now = now
    }

    /// The advice in words.
    var sentence: String {
        let gain = "\(PercentText.string(now)) → \(PercentText.string(after))"
        return switch measurement {
        case .trial(let rank): "to choose more surely, try plan \(rank) (export --trial): chance of choosing the fastest \(gain)"
        case .links:
            "to choose more surely, measure collectives between nodes (cluster profile-script): chance of choosing the fastest \(gain)"
        }
    }

    /// The advice for programs.
    var document: YAMLContent {
        var fields: [YAMLField] = []
        switch measurement {
        case .trial(let rank): fields = [YAMLField("what", .text("trial")), YAMLField("rank", .integer(rank))]
        case .links: fields = [YAMLField("what", .text("links"))]
        }
        return .mapping(fields + [YAMLField("chance_right_now", .number(now)), YAMLField("chance_right_after", .number(after))])
    }
}
