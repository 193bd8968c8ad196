import CostModels
import Foundation
import Hardware
import Quantities
import Workload

/// What a row states to have been measured: in which units, and whether it can be.
enum RunFigures {
    /// GiB of a unit of `memory_unit`. Tools that print "GB" of a GPU count GiB (nvidia-smi, PyTorch's allocator); so does an empty field.
    private static let memoryUnits: [String: Double] = [
        "": 1, "gib": 1, "gb": 1, "g": 1, "mib": 1 / 1024, "mb": 1 / 1024, "m": 1 / 1024, "b": 1 / 1_073_741_824,
        "bytes": 1 / 1_073_741_824,
    ]
    /// Step times and rates of one row that lie further apart than rounding: 5 %, a share.
    private static let agreement = 0.05

    /// GiB of the heaviest GPU; nil where none is stated, or of an unknown unit.
    static func memory(_ run: RunRecord) -> Double? {
        guard let value = run["peak_mem_gb_per_gpu"], let unit = memoryUnits[run[detail: "memory_unit"].lowercased()] else { return nil }
        return value * unit
    }

    /// Refuses measured figures that no GPU reaches, and says which of two that disagree is taken.
    static func check(_ run: RunRecord, _ configuration: RunConfiguration, _ assumptions: inout [String]) throws {
        func refuse(_ words: String) throws -> Never { throw RunSkip(reason: "measured figures that cannot be", contradiction: words) }
        for column in ["mfu_pct", "hfu_pct"] {
            guard let share = run[column], share > 0 else { continue }
            if share > 100 { try refuse("\(column) is \(text(share)), more than the whole peak") }
            if share < 1 { try refuse("\(column) is \(text(share)), a share where percent are expected: \(text(share * 100))") }
        }
        let gpu = configuration.inputs.gpu
        let isLow = configuration.inputs.job.precision.isLow
        let peak = (isLow ? [gpu.peak.half, gpu.peak.eight, gpu.peak.four] : [gpu.peak.half]).compactMap { $0?.value }.max()
        for column in ["model_tflops_per_gpu", "hardware_tflops_per_gpu"] {
            guard let rate = run[column], let peak, rate * 1e12 > peak else { continue }
            try refuse("\(column) is \(text(rate)), and \(gpu.name) has at most \(text(peak / 1e12)) TFLOP/s in \(run.precision)")
        }
        if !run.memoryKind.isEmpty, MemoryKind(rawValue: run.memoryKind) == nil {
            throw RunSkip(
                reason: "unknown memory_kind '\(run.memoryKind)'; it is \(MemoryKind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        if run["peak_mem_gb_per_gpu"] != nil, memory(run) == nil {
            throw RunSkip(reason: "unknown memory_unit '\(run[detail: "memory_unit"])'; it is GiB, GB, MiB, MB or B")
        }
        if run.ranOutOfMemory {
            if run["step_time_s"] ?? 0 > 0 { assumptions.append("its step time not compared, since it ran out of memory") }
            return
        }
        guard let stated = run["step_time_s"], stated > 0 else { return }
        for column in RunRecord.tokenRates {
            guard let seconds = run.seconds(byTokens: column), abs(seconds / stated - 1) > agreement else { continue }
            assumptions.append("step_time_s taken, although \(column) makes \(text(seconds)) s")
        }
    }

    private static func text(_ value: Double) -> String { String(format: "%.4g", value) }
}
