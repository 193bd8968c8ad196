import Documents
import Hardware

/// Reads `rocm-smi --showtopo` and `amd-smi topology`: tables of the links between GPUs by kind, hops and weight.
///
/// GPUs are named `GPU0` by the one and by their PCI address by the other. A pair is joined by the fabric where its link is XGMI.
enum ROCmTopology {
    private enum Kind { case links, hops, weights, access }

    /// Whether a text is of these tools.
    static func isOne(_ text: String) -> Bool {
        text.contains("Link Type between two GPUs") || text.contains("Weight between two GPUs") || text.contains("Hops between two GPUs")
            || text.contains("LINK TYPE TABLE") || text.contains("HOPS TABLE") || text.contains("WEIGHT TABLE")
    }

    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        var kind: Kind?
        var columns: [Substring] = []
        var rows: [[Substring]] = []
        var hops: [[Substring]] = []
        var weights: [[Substring]] = []
        var closed = 0
        var start = 0
        for line in LogLines(text) {
            let upper = line.text.uppercased()
            if upper.contains("BETWEEN TWO GPUS") || upper.contains("TABLE") {
                kind =
                    upper.contains("LINK TYPE")
                    ? .links
                    : upper.contains("HOPS") ? .hops : upper.contains("WEIGHT") ? .weights : upper.contains("ACCESS") ? .access : nil
                if kind == .links {
                    if start > 0 {
                        evidence.note(line.number, "the tables of the first node are read; those from here on are passed over")
                        break
                    }
                    start = line.number
                }
                columns = []
                continue
            }
            guard let current = kind else { continue }
            let words = line.words
            guard let first = words.first, isGPU(first) else { continue }
            if columns.isEmpty || words.count == 1 || isGPU(words[1]) {
                columns = words
            } else {
                guard words.count > columns.count else {
                    throw .log(
                        file, line.number, "the row has \(words.count - 1) of \(columns.count) links", "the output was cut; save all of it")
                }
                let values = Array(words.dropFirst().prefix(columns.count))
                switch current {
                case .links: rows.append(values)
                case .hops: hops.append(values)
                case .weights: weights.append(values)
                case .access: closed += values.filter { $0.uppercased() == "DISABLED" }.count
                }
            }
        }
        let count = rows.count
        guard count > 0 else {
            throw .log(
                file, max(start, 1), "there is no table of link types", "save the output of 'rocm-smi --showtopo' or 'amd-smi topology'")
        }
        guard count <= 256, rows.allSatisfy({ $0.count == count }) else {
            throw .log(file, start, "the table of link types is not square", "the output was cut; save all of it")
        }
        for from in 0..<count {
            for to in 0..<from where rows[from][to] != rows[to][from] {
                throw .log(
                    file, start,
                    "GPU\(from) reaches GPU\(to) over \(isFabric(rows[from][to]) ? "XGMI" : "another link") and not the same way back",
                    "a link is the same both ways; save the output again")
            }
        }
        evidence.node.gpus = count
        guard count > 1 else { return }
        if closed > 0 { evidence.note(start, "\(closed) accesses from GPU to GPU are disabled", isFault: true) }
        let degrees = rows.indices.map { from in rows.indices.filter { $0 != from && isFabric(rows[from][$0]) }.count }
        let most = degrees.max() ?? 0
        evidence.node.fabric = most == 0 ? .pcie : .xgmi
        var group = Array(0..<count)
        for from in 0..<count {
            for to in 0..<count where from != to && isFabric(rows[from][to]) && group[from] != group[to] {
                let lost = group[to]
                for place in group.indices where group[place] == lost { group[place] = group[from] }
            }
        }
        let sizes = Set(Dictionary(grouping: group) { $0 }.values.map(\.count))
        if most > 0, sizes.count == 1 { evidence.node.fabricDomain = sizes.first }
        let isLayout = degrees.filter { $0 < most }.count * 2 >= count
        for (gpu, degree) in degrees.enumerated() where degree < most && !isLayout {
            evidence.note(start, "GPU\(gpu) has XGMI to \(degree) peers where others have it to \(most)", isFault: true)
        }
        let far = hops.indices.reduce(0) { sum, from in
            sum + hops[from].indices.filter { $0 != from && (Int(hops[from][$0]) ?? 0) > 1 }.count
        }
        if far > 0, most > 0 { evidence.note(start, "\(far / 2) pairs of GPUs are more than one hop apart, and share links with others") }
        let costs = Set(
            weights.indices.flatMap { from in weights[from].indices.filter { $0 != from }.compactMap { Int(weights[from][$0]) } })
        if costs.count > 1, let least = costs.min(), let highest = costs.max() {
            evidence.note(start, "the weights of the links are \(least) to \(highest): pairs are not equally near")
        }
    }

    private static func isFabric(_ word: Substring) -> Bool { word.uppercased() == "XGMI" }

    /// `GPU0`, or a PCI address such as `0000:0c:00.0`.
    private static func isGPU(_ word: Substring) -> Bool {
        if word.hasPrefix("GPU") { return Int(word.dropFirst(3)) != nil }
        let parts = word.split(separator: ":")
        return parts.count == 3 && parts.allSatisfy { $0.allSatisfy { $0.isHexDigit || $0 == "." } }
    }
}
