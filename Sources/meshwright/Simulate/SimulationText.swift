import Foundation
import Reports
import Schedules

/// A simulated step in words, for people.
struct SimulationText {
    var order: ScheduleOrder
    var step: StepSummary
    var perturbed: PerturbedSteps?
    /// What a GPU has, bytes; nil where it is not known.
    var memoryLimit: Double?

    /// What stands below the chart.
    var lines: String {
        let percent = { (share: Double) in String(format: "%.1f %%", 100 * share) }
        let peaks = step.ranks.map(\.peakInFlight)
        var lines = [
            "step    \(Self.milliseconds(step.result.makespan)); span, the longest rank from first start to last end, \(Self.milliseconds(step.result.span))",
            "idle    \(percent(step.bubbleOfTotal)) of the ranks' time (\(percent(step.bubbleOfIdeal)) of their work)",
            "peak    \(peaks.max() ?? 0) chunk activations in flight (rank \(peaks.firstIndex(of: peaks.max() ?? 0) ?? 0))",
        ]
        if let bytes = step.ranks.compactMap(\.peakBytes).max() {
            let has = memoryLimit.map { String(format: " of %.1f GiB", $0 / SimulateTimeOptions.gibibyte) } ?? ""
            let fits = memoryLimit.map { bytes > $0 ? ", which does not fit" : "" } ?? ""
            lines.append("memory  \(String(format: "%.1f GiB", bytes / SimulateTimeOptions.gibibyte))\(has) on the fullest rank\(fits)")
        }
        if let perturbed {
            lines.append(
                "drawn   mean \(Self.milliseconds(perturbed.mean)), half within \(Self.milliseconds(perturbed.median)), p95 \(Self.milliseconds(perturbed.p95)) over \(perturbed.makespans.count) steps"
            )
        }
        return lines.joined(separator: "\n")
    }

    /// A time in milliseconds, the unit in which the times were given.
    static func milliseconds(_ seconds: Double) -> String {
        var text = String(format: "%.3f", seconds * 1000)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return "\(text) ms"
    }
}
