import Foundation
import Studies

/// The points of a job and the logarithmic axes that hold them: days to the right, expense upwards.
struct ParetoAxes {
    /// A row with its place on both axes, each from 0 to 1.
    struct Point {
        var row: Int
        var x, y: Double
        var isBest: Bool
    }

    /// The points in the order of the rows.
    let points: [Point]
    /// The ends of the axes.
    let days, expense: ClosedRange<Double>
    /// Round values to label, with their places.
    let dayTicks, expenseTicks: [(value: Double, place: Double)]

    init(_ report: SweepReport, _ job: SweepAnswers.Job) {
        let rows = report.answers.rows
        let best = Set(job.front)
        let mine = rows.indices.filter { index in
            let row = rows[index]
            return row.days != nil && row.cell.model == job.model && row.result?.job.method == job.method
                && row.result?.job.sequenceLength == job.sequenceLength
        }
        func expense(_ index: Int) -> Double { (job.isInMoney ? rows[index].cost : rows[index].gpuHours) ?? 0 }
        let days = Self.range(mine.compactMap { rows[$0].days } + [report.study.deadline?.value].compactMap { $0 })
        let expenses = Self.range(mine.map(expense) + (job.isInMoney ? [report.study.budget?.value].compactMap { $0 } : []))
        (self.days, self.expense) = (days, expenses)
        points = mine.map { index in
            Point(
                row: index, x: Self.place(rows[index].days ?? 0, days), y: Self.place(expense(index), expenses),
                isBest: best.contains(index))
        }
        dayTicks = Self.ticks(days)
        expenseTicks = Self.ticks(expenses)
    }

    /// A round amount without zeros behind its point.
    static func label(_ value: Double) -> String { CountText.counted(value).replacing(".00", with: "") }

    /// Where a value stands on an axis, from 0 to 1.
    static func place(_ value: Double, _ range: ClosedRange<Double>) -> Double {
        let span = log(range.upperBound / range.lowerBound)
        return value > 0 && span > 0 ? min(max(log(value / range.lowerBound) / span, 0), 1) : 0
    }

    /// A range around values, with a margin; free training lies on the lower edge.
    private static func range(_ values: [Double]) -> ClosedRange<Double> {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        guard let low = positive.min(), let high = positive.max() else { return 1...10 }
        return low / 1.1...high * 1.1
    }

    /// Values of 1, 2 and 5 times powers of ten; every multiple within less than a decade.
    private static func ticks(_ range: ClosedRange<Double>) -> [(value: Double, place: Double)] {
        let decades = log10(range.upperBound / range.lowerBound)
        let steps: [Double] = decades < 0.7 ? [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9] : decades < 2.5 ? [1, 2, 5] : [1]
        let first = Int(log10(range.lowerBound).rounded(.down))
        let last = Int(log10(range.upperBound).rounded(.up))
        return (first...last).flatMap { power in steps.map { $0 * pow(10, Double(power)) } }.filter(range.contains)
            .map { ($0, place($0, range)) }
    }
}
