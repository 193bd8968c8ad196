import Documents
import Hardware

/// Reads the OSU micro-benchmarks: bandwidth between two ranks (MB/s, 10⁶ B), or latency of a collective (µs).
enum OSULog {
    private enum Test {
        case bandwidth(directions: Double)
        case collective(Collective, isSizePerRank: Bool)
    }

    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        var test: Test?
        var points: [(bytes: Double, value: Double)] = []
        var start = 1
        func finish() {
            guard let done = test, let last = points.last else { return }
            switch done {
            case .bandwidth(let directions): evidence.node.achieved = last.value * 1e6 / directions
            case .collective(let collective, let isSizePerRank):
                evidence.curves.append(
                    MeasuredCurve(
                        collective: collective, nodes: nil, gpus: nil, bytes: points.map(\.bytes), seconds: points.map { $0.value * 1e-6 },
                        location: SourceLocation(file: file, line: start), isSizePerRank: isSizePerRank))
            }
            test = nil
            points = []
        }
        for line in LogLines(text) {
            let words = line.words
            if words.first == "#", line.text.contains("OSU") {
                finish()
                start = line.number
                test = Self.test(words)
                if test == nil { evidence.note(line.number, "this test is left out; bandwidth and collectives are used") }
                if case .bandwidth(2) = test { evidence.note(line.number, "both directions were measured at once; half is taken for one") }
            } else if test != nil, words.count >= 2, let bytes = words[0].positive, let value = words[1].positive,
                bytes == bytes.rounded(), bytes > points.last?.bytes ?? 0
            {
                points.append((bytes, value))
            }
        }
        finish()
        guard !evidence.curves.isEmpty || evidence.node.achieved != nil else {
            throw .log(
                file, start, "there is no table of an OSU benchmark that is used", "expected osu_bw, osu_bibw or osu_allreduce and its like"
            )
        }
    }

    private static func test(_ words: [Substring]) -> Test? {
        // `# OSU MPI-CUDA Bandwidth Test v7.1`, `# OSU MPI Bi-Directional Bandwidth Test`, `# OSU MPI-CUDA Allreduce Latency Test`
        if words.contains("Bi-Directional"), words.contains("Bandwidth") { return .bandwidth(directions: 2) }
        if words.contains("Bandwidth"), !words.contains("Multiple") { return .bandwidth(directions: 1) }
        if words.contains("Allreduce") { return .collective(.allReduce, isSizePerRank: false) }
        if words.contains("Allgather") { return .collective(.allGather, isSizePerRank: true) }
        if words.contains("All-to-All") || words.contains("Alltoall") { return .collective(.allToAll, isSizePerRank: true) }
        return nil
    }
}
