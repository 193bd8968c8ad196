import Documents
import Hardware

/// Reads `nvidia-smi topo -m`: a header of GPUs and adapters, a row for each with the kind of path to every other.
///
/// Columns may be aligned with tabs or spaces, affinity columns differ between versions and are not read.
enum SMITopology {
    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        var columns: [Substring] = []
        var header = 0
        var rows: [(name: Substring, words: [Substring], line: Int)] = []
        for line in LogLines(text) {
            let words = line.words.map(plain).filter { !$0.isEmpty }
            guard let first = words.first else { continue }
            if columns.isEmpty, isGPU(first), words.count == 1 || isDevice(words[1]) {
                columns = Array(words.prefix(while: isDevice))
                header = line.number
            } else if !columns.isEmpty, isDevice(first), words.count > 1, GPUPaths.Path(words[1]) != nil {
                rows.append((first, Array(words.dropFirst()), line.number))
            }
        }
        let gpus = columns.filter(isGPU)
        guard !gpus.isEmpty else {
            throw .log(file, 1, "there is no table of GPUs", "save the output of 'nvidia-smi topo -m'")
        }
        guard gpus.count <= 256, columns.prefix(gpus.count).allSatisfy(isGPU) else {
            throw .log(file, header, "the header is not a list of GPUs followed by adapters", "save the output of 'nvidia-smi topo -m'")
        }
        var table = GPUPaths(
            location: SourceLocation(file: file, line: header), gpus: gpus.count,
            paths: [GPUPaths.Path](repeating: .unknown, count: gpus.count * gpus.count))
        for (index, gpu) in gpus.enumerated() {
            guard let row = rows.first(where: { $0.name == gpu }) else {
                throw .log(file, rows.last?.line ?? header, "the row of \(gpu) is missing", "the output was cut; save all of it")
            }
            guard row.words.count >= gpus.count else {
                throw .log(file, row.line, "\(gpu) has \(row.words.count) of \(gpus.count) paths", "the output was cut; save all of it")
            }
            for column in gpus.indices {
                guard let path = GPUPaths.Path(row.words[column]) else {
                    throw .log(
                        file, row.line, "column \(column + 1) of \(gpu) is no kind of path", "expected X, SYS, NODE, PHB, PXB, PIX or NV#")
                }
                table.paths[index * gpus.count + column] = path
            }
        }
        evidence.gpuPaths = table
        evidence.node.gpus = gpus.count
        evidence.node.fabric = fabric(table)
        let adapters = columns.count - gpus.count
        if adapters > 0 {
            evidence.node.adapters = adapters
            evidence.note(
                header, "\(adapters) adapters are listed, and all taken to carry training; use --adapters where some are for storage")
        }
        for fault in table.faults {
            evidence.note(
                header,
                "GPU\(fault.from) reaches GPU\(fault.to) over \(fault.path.word) where its peers have NVLink", isFault: true)
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

    private static func isDevice(_ word: Substring) -> Bool {
        if isGPU(word) || word.hasPrefix("NIC") && Int(word.dropFirst(3)) != nil { return true }
        return ["mlx", "bnxt", "irdma", "hns", "qedr", "efa", "rdma", "ionic"].contains { word.hasPrefix($0) } && word.contains("_")
    }

    /// Switched NVLink gives every pair the same number of links; wiring between GPUs gives some pairs more than others.
    private static func fabric(_ table: GPUPaths) -> Fabric.Kind? {
        guard table.gpus > 1 else { return nil }
        var counts: [Int: Int] = [:]
        for case .nvlink(let links) in table.paths { counts[links, default: 0] += 1 }
        guard !counts.isEmpty else { return .pcie }
        // The GPUs of a switched node have all their links to every peer: 6 on V100, 8 on A800, 12 on A100, 18 on H100 and B200.
        return counts.count == 1 && (counts.keys.first ?? 0) >= 6 && table.gpus > 2 ? .nvswitch : .nvlink
    }
}
