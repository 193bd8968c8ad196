import Documents
import Hardware

/// Reads nvbandwidth, the text it prints or its JSON: copies between the host and every GPU, and between the GPUs, in GB/s of 10⁹ B.
///
/// `GPU(row) -> GPU(column)` and `GPU(row) <- GPU(column)` say which way a matrix reads. Copies one way by the copy engines count, those by
/// kernels only where there are no others; tests of both directions at once are left out.
enum NVBandwidth {
    private struct Result {
        var name: String
        var description: String
        var table: GPUMatrixTable
        var line: Int
    }

    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        let isJSON = text.unicodeScalars.first { !$0.properties.isWhitespace && $0 != "\u{FEFF}" } == "{"
        var nodes = NVBandwidthNodes()
        let results = isJSON ? try json(text, file, &nodes, &evidence) : lines(text, &nodes, &evidence)
        let between = results.filter { $0.description.contains("GPU(row)") && $0.description.contains("GPU(column)") && !isBothWays($0) }
        let engines = between.filter { $0.name.contains("memcpy") && $0.name.hasSuffix("_ce") }
        let kernels = between.filter { $0.name.contains("memcpy") && $0.name.hasSuffix("_sm") }
        readHost(results, &evidence)
        // Ranks over nodes number all GPUs of the domain, of which those of a node are a part; tests of one node show it better.
        let all = engines.isEmpty ? kernels : engines
        let single = all.filter { !$0.name.hasPrefix("multinode") }
        let used = single.isEmpty ? all : single
        var sum: LinkTable?
        for one in used {
            guard var table = one.table.links(file, transposed: one.description.contains("<-")) else { continue }
            if one.name.hasPrefix("multinode") {
                guard let inside = nodes.inside(table, &evidence) else { continue }
                table = inside
            }
            guard let first = sum else {
                sum = table
                continue
            }
            guard first.names == table.names else { continue }
            for place in table.values.indices where table.values[place] > 0 {
                let old = first.values[place]
                sum?.values[place] = old > 0 ? (old + table.values[place]) / 2 : table.values[place]
            }
        }
        guard !results.isEmpty else {
            throw .log(file, 1, "there is no matrix of nvbandwidth", "save all that nvbandwidth prints, or the output of 'nvbandwidth -j'")
        }
        if let sum {
            evidence.gpuLinks = sum
            evidence.node.gpus = sum.names.count
            if used.count > 1 { evidence.note(used[0].line, "\(used.count) tests copy between GPUs one way; the mean is taken") }
        }
    }

    /// What the slowest GPU's copies to and from the host reach: while all GPUs copy where that was tested, else one at a time.
    private static func readHost(_ results: [Result], _ evidence: inout ClusterEvidence) {
        func slowest(_ names: [String]) -> Double? {
            for name in names {
                guard let result = results.first(where: { $0.name == name && $0.description.contains("CPU(row)") }) else { continue }
                if let rate = result.table.rows.flatMap(\.values).filter({ $0 > 0 && $0 < 1e6 }).min() { return rate * 1e9 }
            }
            return nil
        }
        let down = slowest(["all_to_host_memcpy_ce", "device_to_host_memcpy_ce"])
        let up = slowest(["host_to_all_memcpy_ce", "host_to_device_memcpy_ce"])
        guard down != nil || up != nil else { return }
        (evidence.node.fromDevice, evidence.node.toDevice) = (down, up)
        // Each of the two tests states its own direction while the other runs.
        let ways = [
            slowest(["all_to_host_bidirectional_memcpy_ce", "device_to_host_bidirectional_memcpy_ce"]),
            slowest(["host_to_all_bidirectional_memcpy_ce", "host_to_device_bidirectional_memcpy_ce"]),
        ].compactMap { $0 }
        if ways.count == 2 { evidence.node.bothWays = ways[0] + ways[1] }
        let wasTogether = results.contains { $0.name == "all_to_host_memcpy_ce" || $0.name == "host_to_all_memcpy_ce" }
        if !wasTogether, let line = results.first(where: { $0.description.contains("CPU(row)") })?.line {
            evidence.note(line, "one GPU copied from and to the host at a time; GPUs that share a switch are slower together (all_to_host)")
        }
    }

    private static func isBothWays(_ one: Result) -> Bool { one.name.contains("bidirectional") || one.description.contains("<->") }

    private static func lines(_ text: String, _ nodes: inout NVBandwidthNodes, _ evidence: inout ClusterEvidence) -> [Result] {
        var results: [Result] = []
        var name = ""
        var open: Result?
        for line in LogLines(text) {
            let words = line.words
            nodes.read(words)
            if words.count >= 2, words[0] == "Running" {
                name = String(words[1].prefix(80)).trimmingDots
            } else if line.text.contains("bandwidth (GB/s)"), line.text.contains("(row)") {
                if let open, !open.table.rows.isEmpty { results.append(open) }
                open = Result(name: name, description: String(line.text.prefix(120)), table: GPUMatrixTable(), line: line.number)
            } else if words.first == "Device" || words.first == "Process", let product = GPUProduct(String(line.text.prefix(160))) {
                evidence.see(product, on: nil, line: line.number)
            } else if var begun = open {
                let goesOn = begun.table.read(words, line: line.number)
                open = begun
                if !goesOn {
                    if !begun.table.rows.isEmpty { results.append(begun) }
                    open = nil
                }
            }
        }
        if let open, !open.table.rows.isEmpty { results.append(open) }
        return results
    }

    private static func json(
        _ text: String, _ file: String, _ nodes: inout NVBandwidthNodes, _ evidence: inout ClusterEvidence
    ) throws(DocumentError) -> [Result] {
        var root = try MappingReader(YAMLDocument.parse(text: text, file: file), as: "a report of nvbandwidth")
        if let inner = try root.optional("nvbandwidth", .node) { root = try MappingReader(inner, as: "a report of nvbandwidth") }
        for device in try root.optional("GPU Device list", .list(of: .text, count: 0...1024)) ?? [] {
            nodes.read(device: device)
            if let product = GPUProduct(String(device.prefix(160))) {
                evidence.see(product, on: nil, line: root.location(of: "GPU Device list").line)
            }
        }
        if let error = try root.optional("error", .text), !root.has("testcases") {
            throw .log(file, root.location(of: "error").line, "nvbandwidth failed: \(error.prefix(200))", "mend that and run it again")
        }
        var results: [Result] = []
        for node in try root.required("testcases", .list(of: .node, count: 0...10_000)) {
            let test = try MappingReader(node, as: "a test")
            guard test.has("bandwidth_matrix"), let matrix = try test.optional("bandwidth_matrix", .list(of: .node, count: 1...1024)) else {
                continue
            }
            var table = GPUMatrixTable()
            for (index, row) in matrix.enumerated() {
                let cells = try YAMLType.list(of: .measured, count: 1...1024).read(row)
                if index == 0, !table.read(cells.indices.map { Substring("\($0)") }, line: row.location.line) { break }
                if !table.read([Substring("\(index)")] + cells.map { Substring("\($0)") }, line: row.location.line) { break }
            }
            results.append(
                Result(
                    name: try test.required("name", .text), description: try test.optional("bandwidth_description", .text) ?? "",
                    table: table,
                    line: test.location.line))
        }
        return results
    }
}

extension String {
    /// The text without dots at its end.
    fileprivate var trimmingDots: String { String(self[..<(lastIndex { $0 != "." }.map { index(after: $0) } ?? startIndex)]) }
}
