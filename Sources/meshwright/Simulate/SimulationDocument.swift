import CostModels
import Quantities
import Reports
import Schedules

/// The JSON form of a simulated step, `meshwright.simulate/1`.
///
/// A deep pipeline has hundreds of thousands of operations, each a string here, or tens of millions, so the text
/// is put together byte by byte and goes out in pieces.
struct SimulationDocument {
    var order: ScheduleOrder
    var slices: Int
    var step: StepSummary
    var perturbed: PerturbedSteps?
    /// The price of the configuration that was simulated; nil for abstract times.
    var price: EstimateText?
    /// What overlap would gain that is left out; nil where nothing is.
    var advice: String?
    /// The configuration; nil for abstract times.
    var configuration: SimulatedConfiguration?

    /// What lengths of sequences make of a step, as JSON; nil where none were given.
    var lengths: String?
    /// What was read of the user's own file, as JSON; nil where there is none.
    var readFrom: String?

    private var estimate: StepEstimate? { price?.estimate }

    /// Where the time goes: by cost-model term for a configuration, by kind of operation otherwise.
    private var parts: [(name: String, seconds: Double)] {
        guard let estimate else { return step.parts.map { ($0.name, $0.seconds) } }
        return StepBreakdown.Term.allCases.map { ($0.rawValue, estimate.breakdown[$0]) }
    }

    /// Hands the document on as UTF-8 text, ended by a newline, in pieces of some megabytes.
    func write(_ piece: ([UInt8]) -> Void) {
        var json = JSONBytes()
        json.raw("{\n  \"schema\": \"meshwright.simulate/1\",\n  \"schedule\": ")
        json.string(order.name)
        if let readFrom { json.raw(",\n  \"read_from\": \(readFrom.replacing("\n", with: "\n  "))") }
        if let lengths {
            let text = lengths.last == "\n" ? String(lengths.dropLast()) : lengths
            json.raw(",\n  \"lengths\": \(text.replacing("\n", with: "\n  "))")
        }
        if let configuration {
            json.raw(",\n  \"configuration\": [")
            for (number, line) in configuration.lines.enumerated() {
                if number > 0 { json.raw(", ") }
                json.string(line)
            }
            json.raw("],\n  \"memory_limit_gib\": \(seconds(configuration.memoryLimit / SimulateTimeOptions.gibibyte))")
        }
        json.raw(",\n  \"pp\": \(order.rankCount),\n  \"vpp\": \(order.chainLength / order.rankCount)")
        json.raw(",\n  \"micro_batches\": \(order.microBatches / slices)")
        if slices > 1 { json.raw(",\n  \"slices\": \(slices)") }
        json.raw(",\n  \"makespan_s\": \(seconds(step.result.makespan)),\n  \"span_s\": \(seconds(step.result.span))")
        json.raw(",\n  \"bubble_of_total\": \(seconds(step.bubbleOfTotal)),\n  \"bubble_of_ideal\": \(seconds(step.bubbleOfIdeal))")
        if let perturbed {
            json.raw(
                ",\n  \"perturbed\": {\"runs\": \(perturbed.makespans.count), \"mean_s\": \(seconds(perturbed.mean)), \"p50_s\": \(seconds(perturbed.median)), \"p95_s\": \(seconds(perturbed.p95))}"
            )
        }
        json.raw(",\n  \"ranks\": [")
        for (rank, summary) in step.ranks.enumerated() {
            json.raw(rank == 0 ? "\n    {" : ",\n    {")
            json.raw("\"rank\": \(rank), \"busy_s\": \(seconds(summary.busy)), \"idle_s\": \(seconds(summary.idle))")
            json.raw(", \"peak_in_flight\": \(summary.peakInFlight), \"peak_memory_gib\": ")
            json.raw(summary.peakBytes.map { "\($0 / SimulateTimeOptions.gibibyte)" } ?? "null")
            json.raw(",\n     \"order\": [")
            var isFirst = true
            for operation in order.operations(ofRank: rank) {
                json.raw(isFirst ? "\"" : "\", \"")
                json.operation(operation)
                isFirst = false
            }
            json.raw(isFirst ? "]}" : "\"]}")
            if json.bytes.count > 1 << 22 { piece(json.take()) }
        }
        json.raw("\n  ],\n  \"breakdown_s\": {")
        for (index, part) in parts.enumerated() {
            json.raw(index == 0 ? "\n    " : ",\n    ")
            json.string(part.name)
            json.raw(": \(seconds(part.seconds))")
        }
        json.raw("\n  }")
        // The price adds stragglers and the fixed part of a step, which no operation shows.
        if let price {
            json.raw(",\n  \"step_time_s\": \(seconds(price.estimate.stepTime))")
            let memory = [price.estimate.memoryLow, price.estimate.memoryExpected, price.estimate.memoryHigh, price.memory.count]
            for (key, bytes) in zip(["low", "expected", "high", "gpu"], memory) {
                json.raw(key == "low" ? ",\n  \"memory_gib\": {" : ", ")
                json.raw("\"\(key)\": \(seconds(Bytes(bytes).inGibibytes))")
            }
            let perNode = Double(price.ranksPerNode)
            for (key, bytes) in [("host_node", price.estimate.hostMemory), ("storage_node", price.estimate.storage)] where bytes > 0 {
                json.raw(", \"\(key)\": \(seconds(Bytes(perNode * bytes).inGibibytes))")
            }
            json.raw("}")
        }
        if let advice {
            json.raw(",\n  \"advice\": ")
            json.string(advice)
        }
        json.raw("\n}\n")
        piece(json.take())
    }
}

/// A number without the noise that adding up binary fractions leaves: whole picoseconds.
private func seconds(_ value: Double) -> Double {
    abs(value) < 1e3 ? (value * 1e12).rounded() / 1e12 : value
}

/// JSON text that grows at its end.
private struct JSONBytes {
    private(set) var bytes: [UInt8] = []

    /// What is written so far, which is then forgotten.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case ..<0x20: raw("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))")
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// An operation's name, which needs no escaping.
    mutating func operation(_ operation: PipelineOperation) {
        if operation.isPair {
            raw(operation.description)
            return
        }
        number(operation.stage)
        bytes.append(operation.kind.letter.asciiValue ?? 0)
        number(operation.microBatch)
    }

    private mutating func number(_ value: Int) {
        if value >= 10 { number(value / 10) }
        bytes.append(UInt8(ascii: "0") + UInt8(value % 10))
    }
}
