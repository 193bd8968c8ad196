import Documents
import Hardware

/// Reads the OSU micro-benchmarks: bandwidth between ranks (MB/s, 10⁶ B), latency, or the latency of a collective (µs).
///
/// They do not say on which nodes they ran: a command in the file, or its name, tells whether two ranks shared a node, and then what they
/// measured is no network.
enum OSULog {
    private enum Test {
        case bandwidth(directions: Double)
        case pairs
        case latency
        case collective(Collective, isSizePerRank: Bool)
    }

    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        var test: Test?
        var points: [(bytes: Double, value: Double)] = []
        var start = 1
        var pairs: Int?
        var isUsed = false
        var isInside = isInsideNode(name: file)
        var isTable = false
        var isNoted = false
        var devices = NamedDevices()
        var ranksOfNode: Int?
        var isOfDevices = false
        func finish() throws(DocumentError) {
            defer { (test, points, pairs) = (nil, [], nil) }
            guard let done = test, let last = points.last else { return }
            isUsed = true
            switch done {
            case .bandwidth, .pairs, .latency:
                if isInside {
                    let rate = String(Int((last.value / 100).rounded()) * 100)
                    evidence.note(start, "the ranks shared a node, so that \(rate) MB/s are no network's; left out")
                    return
                }
                if !isNoted { evidence.note(start, "the file does not say where the ranks ran; they are taken to be on two nodes") }
                isNoted = true
            case .collective:
                if !isOfDevices {
                    evidence.note(
                        start,
                        "the title names no GPUs, as 'OSU MPI-CUDA' does: the buffers were the hosts', and collectives of GPUs take other times"
                    )
                }
            }
            switch done {
            case .bandwidth, .pairs:
                guard last.bytes > PerftestLog.largestPacket else {
                    throw .log(
                        file, start, "the largest message is of \(Int(last.bytes)) B, whose rate is that of packets",
                        "test with messages of 64 KiB or more, such as -m 65536:4194304")
                }
            case .latency, .collective: break
            }
            switch done {
            case .bandwidth(let directions):
                evidence.node.achievedByPairs = .init(rate: last.value * 1e6 / directions, pairs: 1, scope: devices.scope)
                if devices.scope == nil {
                    evidence.note(start, "one pair of ranks is taken to use one adapter of each node; --scope says it otherwise")
                }
            case .pairs:
                let count = pairs ?? ranksOfNode ?? 1
                if pairs == nil, ranksOfNode == nil { evidence.note(start, "the number of pairs is not stated; one is taken") }
                evidence.node.achievedByPairs = .init(
                    rate: last.value * 1e6, pairs: max(1, count), scope: count == 1 ? devices.scope : nil)
                evidence.note(
                    start,
                    "\(count) pairs of ranks at once are taken to use as many adapters, where the node has them; --scope says it otherwise")
            case .latency:
                let time = points[0].value
                evidence.note(start, "a message takes \(time) us; no cost model uses the latency between two ranks")
            case .collective(let collective, let isSizePerRank):
                evidence.curves.append(
                    MeasuredCurve(
                        collective: collective, nodes: isInside ? 1 : nil, gpus: nil, bytes: points.map(\.bytes),
                        seconds: points.map { $0.value * 1e-6 }, location: SourceLocation(file: file, line: start),
                        isSizePerRank: isSizePerRank))
            }
        }
        for line in LogLines(text) {
            let words = line.words
            devices.read(line.text)
            if words.first == "#", line.text.contains("OSU") {
                try finish()
                start = line.number
                isOfDevices = ["CUDA", "ROCM", "NCCL", "RCCL", "OPENACC", "DEVICE"].contains { line.text.uppercased().contains($0) }
                test = Self.test(line.text)
                isTable = true
                if test == nil { evidence.note(line.number, "this test is left out; bandwidth and collectives are used") }
                if case .bandwidth(2) = test { evidence.note(line.number, "both directions were measured at once; half is taken for one") }
            } else if words.first == "#", let place = words.firstIndex(of: "pairs:"), place + 1 < words.count {
                pairs = Int(words[place + 1]).flatMap { (1...4096).contains($0) ? $0 : nil }
            } else if !isTable || points.isEmpty, line.text.contains("osu_"), line.text.utf8.count < 4096 {
                isInside = isInside || isInsideNode(command: words)
                ranksOfNode = ranksOfNode ?? ranks(command: words)
            } else if words.first == "#", line.text.contains("on DEVICE") {
                // `# Send Buffer on DEVICE (D) and Receive Buffer on DEVICE (D)`
                isOfDevices = true
            } else if test != nil, words.contains("Fail"), let bytes = words[0].positive, bytes == bytes.rounded() {
                evidence.note(line.number, "results of size \(words[0]) are wrong; the row is left out")
            } else if test != nil, words.count >= 2, let bytes = words[0].positive, let value = words[1].positive,
                bytes == bytes.rounded(), bytes > points.last?.bytes ?? 0
            {
                points.append((bytes, value))
            }
        }
        try finish()
        guard isUsed else {
            throw .log(
                file, start, "there is no table of an OSU benchmark that is used",
                "expected osu_bw, osu_bibw, osu_mbw_mr, osu_latency or osu_allreduce and its like")
        }
    }

    private static func isInsideNode(name: String) -> Bool {
        let name = (name.split(separator: "/").last ?? "").lowercased().filter { $0.isLetter }
        return name.contains("intranode") || name.contains("intra") && name.contains("node") || name.contains("samenode")
            || name.contains("singlenode")
    }

    /// Whether a command starts all ranks on one node.
    private static func isInsideNode(command words: [Substring]) -> Bool {
        for (place, word) in words.enumerated() {
            if ["-N1", "--nodes=1", "-nnodes=1"].contains(word) { return true }
            let next = place + 1 < words.count ? words[place + 1] : ""
            if ["-N", "--nodes", "-nnodes"].contains(word), next == "1", words.contains(where: { $0.hasSuffix("srun") }) { return true }
            if ["-H", "-host", "--host", "-hosts"].contains(word) {
                let hosts = next.split(separator: ",").map { $0.prefix { $0 != ":" } }
                if !hosts.isEmpty, Set(hosts).count == 1 { return true }
            }
        }
        return false
    }

    /// Ranks that a command starts on each node, where it says so.
    private static func ranks(command words: [Substring]) -> Int? {
        for (place, word) in words.enumerated() {
            var value: Substring?
            for option in ["--ntasks-per-node", "-ppn", "--npernode", "-npernode"] {
                if word == option, place + 1 < words.count { value = words[place + 1] }
                if word.hasPrefix(option + "=") { value = word.dropFirst(option.utf8.count + 1) }
            }
            // Open MPI's `--map-by ppr:8:node`.
            if word.hasPrefix("ppr:"), word.hasSuffix(":node") { value = word.dropFirst(4).dropLast(5) }
            if let value, let count = Int(value), (1...1024).contains(count) { return count }
        }
        return nil
    }

    private static func test(_ title: Substring) -> Test? {
        // `# OSU MPI-CUDA Bandwidth Test v7.1`, `# OSU MPI Bi-Directional Bandwidth Test`, `# OSU MPI-CUDA Allreduce Latency Test`
        let name = title.lowercased()
        guard !["non-blocking", "nonblocking", "neighborhood", "neighbor"].contains(where: { name.contains($0) }) else { return nil }
        if name.contains("multiple bandwidth") { return .pairs }
        if name.contains("bi-directional"), name.contains("bandwidth") { return .bandwidth(directions: 2) }
        if name.contains("bandwidth") { return .bandwidth(directions: 1) }
        if name.contains("allreduce") { return .collective(.allReduce, isSizePerRank: false) }
        if name.contains("allgather") { return .collective(.allGather, isSizePerRank: true) }
        if name.contains("reduce_scatter") || name.contains("reduce-scatter") { return .collective(.reduceScatter, isSizePerRank: false) }
        if name.contains("all-to-all") || name.contains("alltoall") { return .collective(.allToAll, isSizePerRank: true) }
        let others = [
            "broadcast", "reduce", "gather", "scatter", "barrier", "multi", "fetch", "atomic", "compare", "swap", "init", "accumulate",
        ]
        if name.contains("latency"), !others.contains(where: { name.contains($0) }) { return .latency }
        return nil
    }
}
