import Documents
import Hardware

/// Reads `nvidia-smi topo -m`: a header of GPUs and adapters, a row for each with the kind of path to every other.
///
/// Columns may be aligned with tabs or spaces, affinity columns differ between versions and are not read. A file may hold the tables of
/// several nodes, one after another or mixed line by line where a launcher labels each.
enum SMITopology {
    private struct Table {
        var label: Substring
        var line: Int
        var columns: [Substring]
        var rows: [Substring: (words: [Substring], line: Int)] = [:]
        var lastLine: Int
    }

    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        if ROCmTopology.isOne(text) { return try ROCmTopology.read(text, file, into: &evidence) }
        var tables: [Table] = []
        for line in LogLines(text) {
            let words = line.words.map(plain).filter { !$0.isEmpty }
            guard let start = words.indices.first(where: { isGPU(words[$0]) || tables.last?.columns.contains(words[$0]) == true }) else {
                continue
            }
            // A label of one word is a node's name or a number that a launcher put there.
            guard start <= 1 else { continue }
            let label = start == 0 ? line.label : words[0]
            let row = words[start...]
            if row.count == 1 || isColumn(row[start + 1]) {
                let columns = Array(row.prefix { $0 != "CPU" && isColumn($0) })
                tables.append(Table(label: label, line: line.number, columns: columns, lastLine: line.number))
            } else if GPUPaths.Path(row[start + 1]) != nil, let own = tables.lastIndex(where: { $0.label == label }),
                tables[own].rows[row[start]] == nil
            {
                tables[own].rows[row[start]] = (Array(row.dropFirst()), line.number)
                tables[own].lastLine = line.number
            }
        }
        tables.removeAll { $0.columns.filter(isGPU).isEmpty }
        guard !tables.isEmpty else {
            throw .log(file, 1, "there is no table of GPUs", "save the output of 'nvidia-smi topo -m'")
        }
        var all: [GPUPaths] = []
        for table in tables { all.append(try paths(table, file)) }
        let first = all[0]
        if let other = all.first(where: { $0.gpus != first.gpus }) {
            throw .log(
                file, other.location.line, "this node has \(other.gpus) GPUs, and that of \(file):\(first.location.line) has \(first.gpus)",
                "import nodes of one kind")
        }
        // Where nodes differ, the one with the most links shows how the kind is wired.
        let sound = all.max { $0.links.reduce(0, +) < $1.links.reduce(0, +) } ?? first
        evidence.gpuPaths = sound
        evidence.node.gpus = sound.gpus
        evidence.node.fabric = sound.fabric
        if sound.links.contains(where: { $0 > 0 }) { evidence.node.fabricDomain = sound.domain }
        evidence.node.linksOfGPU = sound.linksOfGPU
        adapters(tables[0], legend(text), &evidence)
        for table in all { for fault in table.faults(against: sound) { evidence.note(table.location.line, fault, isFault: true) } }
        for table in tables { for fault in sharing(table) { evidence.note(table.line, fault, isFault: true) } }
        if all.count > 1 { evidence.note(first.location.line, "the file holds the tables of \(all.count) nodes") }
    }

    private static func paths(_ one: Table, _ file: String) throws(DocumentError) -> GPUPaths {
        let gpus = one.columns.filter(isGPU)
        guard gpus.count <= 256, one.columns.prefix(gpus.count).allSatisfy(isGPU) else {
            throw .log(file, one.line, "the header is not a list of GPUs followed by adapters", "save the output of 'nvidia-smi topo -m'")
        }
        var table = GPUPaths(
            location: SourceLocation(file: file, line: one.line), gpus: gpus.count,
            paths: [GPUPaths.Path](repeating: .unknown, count: gpus.count * gpus.count))
        for (index, gpu) in gpus.enumerated() {
            guard let row = one.rows[gpu] else {
                throw .log(file, one.lastLine, "the row of \(gpu) is missing", "the output was cut; save all of it")
            }
            guard row.words.count >= gpus.count else {
                throw .log(file, row.line, "\(gpu) has \(row.words.count) of \(gpus.count) paths", "the output was cut; save all of it")
            }
            for column in gpus.indices {
                if ["OK", "CNS", "GNS", "TNS", "NS", "DR"].contains(row.words[column]) {
                    throw .log(
                        file, row.line, "this is the table of 'topo -p2p', which shows no links", "save the output of 'nvidia-smi topo -m'")
                }
                guard let path = GPUPaths.Path(row.words[column]) else {
                    throw .log(
                        file, row.line, "column \(column + 1) of \(gpu) is no kind of path", "expected X, SYS, NODE, PHB, PXB, PIX or NV#")
                }
                table.paths[index * gpus.count + column] = path
            }
        }
        for row in gpus.indices {
            for column in 0..<row where table.paths[row * gpus.count + column] != table.paths[column * gpus.count + row] {
                throw .log(
                    file, one.rows[gpus[row]]?.line ?? one.line,
                    "\(gpus[row]) reaches \(gpus[column]) over \(table.paths[row * gpus.count + column].word), and"
                        + " \(gpus[column]) reaches \(gpus[row]) over \(table.paths[column * gpus.count + row].word)"
                        + " (\(file):\(one.rows[gpus[column]]?.line ?? one.line))",
                    "a path is the same both ways; save the output again")
            }
        }
        return table
    }

    /// The adapters that are the nearest of each GPU; empty for a GPU from which all are equally far away. Places among the names.
    private static func nearest(_ table: Table, _ gpus: [Substring], _ names: ArraySlice<Substring>) -> [[Int]] {
        gpus.map { gpu in
            guard let words = table.rows[gpu]?.words else { return [] }
            let own = names.indices.map { place in place < words.count ? GPUPaths.Path(words[place])?.distance ?? .max : .max }
            guard let best = own.min(), best < GPUPaths.Path.system.distance else { return [] }
            // Two steps through switches of one tree are as good as one: a node's adapters differ in this by their slots.
            return own.indices.filter { own[$0] == best }
        }
    }

    /// The names of adapters by what the table calls them, from lines such as `NIC0: mlx5_0`, which look like a launcher's label.
    private static func legend(_ text: String) -> [Substring: Substring] {
        var names: [Substring: Substring] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace).suffix(2)
            guard let name = words.last, let column = words.first, column.hasPrefix("NIC"), column.last == ":" else { continue }
            names[column.dropLast()] = name
        }
        return names
    }

    /// Adapters that are the nearest of some GPU carry training; where all are equally far from all, all of them.
    private static func adapters(_ table: Table, _ legend: [Substring: Substring], _ evidence: inout ClusterEvidence) {
        let gpus = table.columns.filter(isGPU)
        let names = table.columns.dropFirst(gpus.count)
        guard !names.isEmpty else { return }
        let near = Set(nearest(table, gpus, names).joined())
        let used = near.isEmpty ? names.count : near.count
        evidence.node.adapters = used
        let own = names.map { legend[$0] ?? $0 }
        evidence.node.network = AdapterNames.kind(near.isEmpty ? own : near.sorted().map { own[$0] })
        if used < names.count {
            evidence.note(
                table.line,
                "\(used) of \(names.count) adapters are the nearest of a GPU and are taken to carry training; --adapters says it otherwise")
        } else {
            evidence.note(table.line, "all \(used) adapters are taken to carry training; use --adapters where some are for storage")
        }
    }

    /// GPUs that have one adapter next to them together, where the others have more to themselves: the node sends at the rate of the shared
    /// one. Nodes in which all GPUs share alike are built so.
    private static func sharing(_ table: Table) -> [String] {
        let gpus = table.columns.filter(isGPU)
        let near = nearest(table, gpus, table.columns.dropFirst(gpus.count))
        let names = Array(table.columns.dropFirst(gpus.count))
        guard names.count > 1, near.allSatisfy({ !$0.isEmpty }) else { return [] }
        var load = [Double](repeating: 0, count: names.count)
        for own in near { for adapter in own { load[adapter] += 1 / Double(own.count) } }
        let carrying = load.filter { $0 > 0 }.sorted()
        guard let usual = carrying.isEmpty ? nil : carrying[carrying.count / 2] else { return [] }
        return names.indices.compactMap { adapter in
            guard load[adapter] >= 1.5 * usual, load[adapter] > 1 else { return nil }
            let sharing = gpus.indices.filter { near[$0].contains(adapter) }.map { String(gpus[$0]) }
            return "\(sharing.joined(separator: " and ")) share the adapter \(names[adapter]), where others have one to themselves: in"
                + " collectives over nodes this node moves what that adapter does"
        }
    }

    /// The word without the escape sequences that underline the header on a terminal.
    private static func plain(_ word: Substring) -> Substring {
        guard word.utf8.contains(0x1B) else { return word }
        var kept = ""
        var isEscape = false
        for scalar in word.unicodeScalars {
            if scalar == "\u{1B}" {
                isEscape = true
            } else if isEscape {
                if scalar.properties.isAlphabetic { isEscape = false }
            } else {
                kept.unicodeScalars.append(scalar)
            }
        }
        return Substring(kept)
    }

    private static func isGPU(_ word: Substring) -> Bool { word.hasPrefix("GPU") && Int(word.dropFirst(3)) != nil }

    /// Whether a header can have the word: a GPU, an adapter of any name, or the first of the affinity columns.
    private static func isColumn(_ word: Substring) -> Bool {
        GPUPaths.Path(word) == nil && word.isHostName && word.first?.isLetter == true
    }
}
