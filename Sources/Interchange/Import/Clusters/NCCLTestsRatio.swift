import Hardware

/// What the ratio of bus to algorithm bandwidth tells: nccl-tests computes the one from the other by the collective and the ranks.
///
/// The factor is 2(n−1)/n for all-reduce, (n−1)/n for all-gather, reduce-scatter and all-to-all, 1 for the others (nccl-tests,
/// PERFORMANCE.md). Rates are printed with two digits, so that a ratio is known as an interval.
struct NCCLTestsRatio {
    /// The interval that all rows together leave; nil where they contradict each other or say nothing.
    let interval: ClosedRange<Double>?
    /// The row that leaves least.
    let line: Int

    init(_ rows: [NCCLTestsRow]) {
        var low = 0.0
        var high = Double.infinity
        var line = rows.first?.line ?? 1
        var narrowest = Double.infinity
        for row in rows {
            guard let own = row.busRatio else { continue }
            low = max(low, own.lowerBound)
            high = min(high, own.upperBound)
            if own.upperBound - own.lowerBound < narrowest {
                narrowest = own.upperBound - own.lowerBound
                line = row.line
            }
        }
        self.line = line
        interval = low <= high && high.isFinite ? low...high : nil
    }

    /// Whether the rows can be those of a collective over so many ranks; true where they say nothing.
    func allows(_ collective: Collective, _ ranks: Int) -> Bool {
        guard let interval else { return true }
        return interval.contains(collective.busFactor(ranks))
    }

    /// The one number of ranks that the rows leave to a collective; nil where there are several or none.
    func ranks(_ collective: Collective) -> Int? {
        guard let interval, collective != .sendReceive else { return nil }
        let scale = collective == .allReduce ? 2.0 : 1.0
        let (low, high) = (interval.lowerBound / scale, interval.upperBound / scale)
        guard low > 0.4, high < 1 else { return nil }
        let first = (1 / (1 - low)).rounded(.up)
        let last = (1 / (1 - high)).rounded(.down)
        return first == last && first >= 2 ? Int(first) : nil
    }

    /// The middle of the interval, for messages.
    var value: Double? { interval.map { ($0.lowerBound + $0.upperBound) / 2 } }
}
