import Documents
import Hardware

/// Turns runs of nccl-tests, from text or JSON, into curves and links.
enum NCCLTests {
    static func read(
        _ text: String, _ file: String, _ collective: Collective?, into evidence: inout ClusterEvidence
    ) throws(DocumentError) {
        var runs: [NCCLTestsRun]
        switch text.unicodeScalars.first(where: { !$0.properties.isWhitespace && $0 != "\u{FEFF}" }) {
        case "[" where text.contains("\"algBw\""): runs = try RCCLTestsJSON(text, file).runs
        case "{":
            let document = try NCCLTestsJSON(text, file)
            runs = [document.run]
            evidence.origin.date = document.date
        default:
            let log = NCCLTestsLog(text, file)
            runs = log.runs
            for note in log.notes.prefix(20) { evidence.note(note.line, note.text) }
            if log.notes.count > 20 {
                evidence.note(log.notes[20].line, "\(log.notes.count - 20) more rows are left out for reasons such as these")
            }
        }
        runs.removeAll { $0.rows.isEmpty }
        guard !runs.isEmpty else {
            throw .log(file, 1, "there is no row of measurements of nccl-tests", "expected lines of size, count, type, and times")
        }
        try NCCLTestsContradictions.check(runs, file, collective)
        var nodes = LinkTableBuilder()
        var gpus = LinkTableBuilder()
        var sweep = NCCLTestsSweep()
        var pairs: Int?
        for run in runs {
            let points = run.points
            guard let last = points.bytes.last, let slowest = points.seconds.last else {
                evidence.note(run.line, "no row of this run has a usable time")
                continue
            }
            guard let operation = try operation(of: run, file, collective, &evidence) else { continue }
            let shape = try shape(of: run, operation, &evidence)
            if run.rows.allSatisfy(\.isInPlaceOnly) { evidence.note(run.line, "only in-place times were measured, and are used") }
            evidence.curves.append(
                MeasuredCurve(
                    collective: operation, nodes: shape.nodes, gpus: shape.gpus, bytes: points.bytes, seconds: points.seconds,
                    groupsAtOnce: max(1, run.groups.count), location: SourceLocation(file: file, line: run.line), hosts: run.hosts))
            for rank in run.ranks { if let gpu = rank.gpu { evidence.see(gpu, on: rank.host, line: rank.line) } }
            if let most = run.most, most.count > evidence.ranksOfHost?.count ?? 0 { evidence.ranksOfHost = most }
            if operation == .allReduce { sweep.add(run, last / slowest) }
            guard operation == .sendReceive, let link = Link(run) else { continue }
            var table = link.isInsideNode ? gpus : nodes
            // Both ranks send and receive at once, so that one time stands for both directions.
            let rate = last / slowest * Double(link.pairs)
            guard table.add(link.from, link.to, rate, line: run.line), table.add(link.to, link.from, rate, line: run.line) else {
                throw .log(file, run.line, "more than \(LinkTable.largest) endpoints", "import a part of the cluster")
            }
            if link.isInsideNode {
                gpus = table
            } else {
                if let pairs, pairs != link.pairs {
                    throw .log(
                        file, run.line, "\(link.pairs) pairs of GPUs share these nodes' link, and \(pairs) in the runs before",
                        "keep runs with as many GPUs a node in a file")
                }
                pairs = link.pairs
                nodes = table
            }
        }
        evidence.nodeLinks = nodes.table(file)
        evidence.nodeLinks?.scope = pairs.map { .gpus($0) }
        if evidence.nodeLinks == nil { sweep.finish(&evidence) }
        evidence.gpuLinks = gpus.table(file)
        guard !evidence.curves.isEmpty || evidence.nodeLinks != nil || evidence.gpuLinks != nil else {
            throw .log(
                file, runs[0].line, "no run of this file can be used", "import all_reduce, all_gather, reduce_scatter, alltoall or sendrecv"
            )
        }
    }

    /// The operation of a run: what it states, the option, the file's name, the ratio of its rates, in this order; nil for tests that are not
    /// used.
    private static func operation(
        of run: NCCLTestsRun, _ file: String, _ collective: Collective?, _ evidence: inout ClusterEvidence
    ) throws(DocumentError) -> Collective? {
        var operation = run.operation ?? collective.map({ .collective($0) })
        if operation == nil, let named = NCCLTestsRun.Operation(file: file) {
            evidence.note(run.line, "the log does not name the collective; \(named.name) is taken from the file's name")
            operation = named
        }
        if operation == nil, let told = run.toldOperation {
            evidence.note(
                run.line, "the log does not name the collective; the ratio of bus to algorithm bandwidth is that of \(told.rawValue)")
            operation = .collective(told)
        }
        switch operation {
        case .collective(let named): return named
        case .other(let name):
            evidence.note(run.line, "the run of \(name) is left out; no cost model uses it")
            return nil
        case nil:
            throw .log(file, run.line, "the log does not name the collective", "add --collective all_reduce, or another of nccl-tests")
        }
    }

    /// GPUs of a group of a run and its nodes, as far as the log says.
    private static func shape(
        of run: NCCLTestsRun, _ operation: Collective, _ evidence: inout ClusterEvidence
    ) throws(DocumentError) -> (nodes: Int?, gpus: Int?) {
        let group = run.groups.first ?? []
        let told = NCCLTestsRatio(run.rows).ranks(operation)
        guard !group.isEmpty else {
            if let stated = run.stated { return (stated.nodes, stated.gpus) }
            if let told { evidence.note(run.line, "the ranks are not listed; the ratio of bus to algorithm bandwidth means \(told)") }
            return (nil, told)
        }
        let hosts = Set(group.map(\.host)).count
        let whole = run.groups.count == 1 ? (group.map(\.rank).max() ?? 0) + 1 : group.count
        guard whole > group.count else { return (hosts, group.count) }
        // The log was cut: its first ranks are missing.
        let gpus = told ?? whole
        let perNode = max(run.most?.count ?? 1, (group.map(\.device).max() ?? 0) + 1)
        let nodes = max(hosts, (gpus + perNode - 1) / perNode)
        evidence.note(
            group.first?.line ?? run.line, "\(group.count) of \(gpus) ranks are listed, up to \(perNode) a node; \(nodes) nodes are taken")
        return (nodes, gpus)
    }

    /// The one link that a run of sendrecv measures, if every group of it is a pair on the same two ends.
    private struct Link {
        var from: String
        var to: String
        var isInsideNode: Bool
        /// Pairs that shared the link while it was measured, such as all GPUs of a node with `NCCL_TESTS_SPLIT`.
        var pairs: Int

        init?(_ run: NCCLTestsRun) {
            let groups = run.groups
            guard let first = groups.first, groups.allSatisfy({ $0.count == 2 }) else { return nil }
            isInsideNode = first[0].host == first[1].host
            if isInsideNode {
                guard groups.count == 1 else { return nil }
                (from, to) = ("gpu-\(first[0].device)", "gpu-\(first[1].device)")
            } else {
                let ends: Set = [first[0].host, first[1].host]
                guard groups.allSatisfy({ Set($0.map(\.host)) == ends }) else { return nil }
                (from, to) = (first[0].host, first[1].host)
            }
            pairs = groups.count
        }
    }
}
