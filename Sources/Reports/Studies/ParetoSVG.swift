import Foundation
import Studies

/// Cost against days as SVG: a mark a cell, by cluster, the front as a line, deadline and budget as dashes.
public enum ParetoSVG {
    private static let (left, top, width, height) = (80.0, 34.0, 600.0, 400.0)

    /// The picture: a plot for each job, one below the other.
    public static func text(_ report: SweepReport) -> String {
        let jobs = report.answers.jobs
        let names = report.study.clusters.map(\.value.name)
        let whole = Double(max(jobs.count, 1)) * 500 + 10
        var svg = String(
            format:
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 920 %.0f\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n",
            whole)
        svg += "\(PictureStyle.css)\n<rect class=\"paper\" width=\"920\" height=\"\(Int(whole))\"/>\n"
        if jobs.isEmpty { svg += text(left, top + 20, "no cell has both a plan and the tokens to train on", "start") }
        for (index, job) in jobs.enumerated() {
            svg += "<g transform=\"translate(0 \(500 * index))\">\n\(plot(report, job, clusters: names))</g>\n"
        }
        return svg + "</svg>\n"
    }

    private static func plot(_ report: SweepReport, _ job: SweepAnswers.Job, clusters: [String]) -> String {
        let axes = ParetoAxes(report, job)
        let rows = report.answers.rows
        func x(_ share: Double) -> Double { left + share * width }
        func y(_ share: Double) -> Double { top + height - share * height }
        var svg = text(left, top - 12, "\(job.model), \(job.method), \(CountText.grouped(job.sequenceLength)) tokens a sequence", "start")
        var free = 0.0
        for tick in axes.dayTicks {
            svg += String(format: "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/>\n", x(tick.place), top, top + height)
            // Labels of narrow decades would run into each other.
            guard x(tick.place) >= free else { continue }
            svg += text(x(tick.place), top + height + 18, "\(DurationText.digits(tick.value, 3)) d")
            free = x(tick.place) + 44
        }
        var lowest = Double.infinity
        for tick in axes.expenseTicks {
            svg += String(format: "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>\n", left, y(tick.place), left + width)
            guard y(tick.place) <= lowest else { continue }
            svg += text(left - 8, y(tick.place) + 4, ParetoAxes.label(tick.value), "end")
            lowest = y(tick.place) - 16
        }
        if let deadline = report.study.deadline {
            let place = x(ParetoAxes.place(deadline.value, axes.days))
            svg += String(format: "<path class=\"band\" d=\"M%.1f %.1fV%.1f\"/>\n", place, top, top + height)
            svg += text(place - 4, top + height - 6, "deadline", "end")
        }
        if let budget = report.study.budget, job.isInMoney {
            let place = y(ParetoAxes.place(budget.value, axes.expense))
            svg += String(format: "<path class=\"band\" d=\"M%.1f %.1fH%.1f\"/>\n", left, place, left + width)
            svg += text(left + 4, place - 5, "budget", "start")
        }
        let best = axes.points.filter(\.isBest).sorted { $0.x < $1.x }
        if best.count > 1 {
            let line = best.map { String(format: "%.1f %.1f", x($0.x), y($0.y)) }.joined(separator: "L")
            svg += "<path class=\"line\" fill=\"none\" d=\"M\(line)\"/>\n"
        }
        for (index, cluster) in clusters.enumerated() {
            let mark = PlotMark(index)
            let mine = axes.points.filter { rows[$0.row].cell.cluster.name == cluster }
            guard !mine.isEmpty else { continue }
            for point in mine {
                let row = rows[point.row]
                let expense = report.expense((job.isInMoney ? row.cost : row.gpuHours) ?? 0, inMoney: job.isInMoney)
                let title =
                    "\(report.name(row)): \(DurationText.long((row.days ?? 0) * 86_400)), \(expense), \(row.result?.plan?.layout ?? "")"
                svg +=
                    "<path fill=\"\(mark.colour)\" fill-opacity=\"\(point.isBest ? "1" : ".35")\" data-row=\"cell-\(row.id)\" data-tip=\""
                svg += "\(SVGText.escaped(title))\" d=\"\(mark.path(x(point.x), y(point.y), point.isBest ? 5 : 3.2))"
                svg += "\"><title>\(SVGText.escaped(title))</title></path>\n"
            }
            let line = top + 14 + 20 * Double(index)
            svg += "<path fill=\"\(mark.colour)\" d=\"\(mark.path(left + width + 22, line - 4, 5.2))\"/>\n"
            svg += text(left + width + 36, line, cluster, "start")
        }
        svg += text(left + width / 2, top + height + 40, "days of training; the line joins what no other beats in both")
        svg += String(
            format: "<text x=\"18\" y=\"%.1f\" text-anchor=\"middle\" transform=\"rotate(-90 18 %.1f)\">%@</text>\n", top + height / 2,
            top + height / 2, job.isInMoney ? "cost in \(SVGText.escaped(report.currency))" : "GPU-hours")
        return svg
    }

    private static func text(_ x: Double, _ y: Double, _ words: String, _ anchor: String = "middle") -> String {
        String(format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%@\">", x, y, anchor) + SVGText.escaped(words) + "</text>\n"
    }
}
