import CostModels
import Documents
import Foundation
import Hardware
import Parallelism
import Testing

@testable import Calibration

/// docs/accuracy.md lists every constant with the value that the files hold.
@Suite struct AccuracyDocumentTests {
    private let lines: [Substring]

    init() throws {
        let path = CalibrationFixtures.root.appendingPathComponent("docs/accuracy.md").path
        lines = try TextFile.read(path: path).split(separator: "\n")
    }

    /// The cells of the row whose first cell is `name`.
    private func cells(_ name: String) -> [String] {
        let row = lines.first { $0.hasPrefix("| `\(name)` |") } ?? ""
        return row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    private func text(_ content: YAMLContent) -> String {
        switch content {
        case .number(let number) where number == number.rounded(): "\(Int(number))"
        case .number(let number): "\(number)"
        case .text(let text): text
        default: "?"
        }
    }

    /// The table of the repository's own runs, which `Scripts/accuracy-document` writes.
    @Test func `own runs`() throws {
        func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
        func signed(_ share: Double) -> String { (share < 0 ? "−" : "+") + percent(abs(share)) }
        let summary = ValidationSummary(try CalibrationFixtures.predictions(RunsTable.read(path: CalibrationFixtures.published)))
        let start = try #require(lines.firstIndex { $0.hasPrefix("<!-- own-runs: Scripts/accuracy-document -->") })
        let block = lines[start...].prefix { !$0.hasPrefix("<!-- end -->") }
        for group in summary.bySource {
            guard let time = group.time else { continue }
            let row = "| \(group.name) | \(time.count) | \(percent(time.meanAbsolute)) | \(signed(time.bias)) |"
            #expect(block.contains { $0.hasPrefix(row) }, "no row \(row): run Scripts/accuracy-document")
        }
        let macro = try #require(summary.macroTimeError)
        #expect(block.contains { $0.contains("**\(percent(macro))**") }, "the mean is \(percent(macro)): run Scripts/accuracy-document")
    }

    @Test func `kernel constants`() throws {
        for name in CalibrationFixtures.library.names(of: .gpu) {
            let row = cells(name)
            guard !row.isEmpty else { continue }
            let kernels = try CalibrationFixtures.library.gpu(name).kernels
            let fields = KernelConstants.table.fields(of: kernels)
            #expect(fields.count == 12)
            let keys = [
                "gemm_latency", "gemm_efficiency", "gemm_ramp_depth", "low_precision_ramp_depth", "gemm_memory_efficiency",
                "low_precision_efficiency", "attention_efficiency", "attention_ramp_length", "narrow_head_efficiency",
                "attention_backward_ratio", "sustained_derate", "four_bit_gain",
            ]
            let values = keys.compactMap { key in fields.first { $0.key == key }.map { text($0.value) } }
            #expect(Array(row.dropFirst()) == values, "\(name)")
        }
        #expect(cells("h100-80gb-sxm").count == 13)
    }

    @Test func `stack constants`() throws {
        let keys = [
            "visible_tensor_share", "host_layer_time", "norm_passes", "loss_passes", "attention_factor", "data_parallel_overlap",
            "data_parallel_efficiency", "blocking_transfer_share", "shard_slowdown",
        ]
        for name in CalibrationFixtures.library.names(of: .stack) {
            let stack = try SoftwareStack.read(path: CalibrationFixtures.library.path(of: .stack, named: name))
            let costs = StackConstants.table.fields(of: stack.costs)
            let memory = StackMemory.table.fields(of: stack.memory)
            var values = keys.compactMap { key in costs.first { $0.key == key }.map { text($0.value) } }
            values.append(text(.number(stack.memory.allocatorFactors.expected)))
            values += memory.filter { $0.key == "context" }.map { text($0.value) }
            let errors = stack.accuracy.sorted { $0.key < $1.key }.map { "\($0.key): \(text(.number($0.value)))" }
            values.append(errors.isEmpty ? "–" : errors.joined(separator: ", "))
            #expect(Array(cells(name).dropFirst()) == values, "\(name)")
        }
    }

    @Test func `shared constants`() {
        let shared = Mirror(reflecting: SharedConstants.fitted).children.filter { $0.value is Double }
        let recurrent = Mirror(reflecting: SharedConstants.fitted.recurrence).children.flatMap { child in
            guard child.value is RecurrenceConstants.Kernel else { return [child] }
            return Mirror(reflecting: child.value).children.map { ("\(child.label ?? "?").\($0.label ?? "?")", $0.value) }
        }
        for constant in shared + recurrent {
            let row = cells(constant.label ?? "?")
            #expect(row.count == 3, "\(constant.label ?? "?")")
            let value = constant.value as? Double
            #expect(row.dropFirst().first.flatMap { Double($0) } == value, "\(constant.label ?? "?")")
        }
    }
}
