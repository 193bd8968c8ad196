import Documents
import Hardware

/// What cannot be so in a log of nccl-tests: each is an error that names both places.
enum NCCLTestsContradictions {
    static func check(_ runs: [NCCLTestsRun], _ file: String, _ collective: Collective?) throws(DocumentError) {
        for run in runs {
            try checkRanks(run, file)
            try checkOperation(run, file, collective)
            try checkRatio(run, file, collective)
        }
        if let named = NCCLTestsRun.Operation(file: file), let first = runs.first, let stated = first.operation,
            runs.allSatisfy({ $0.operation != nil && $0.operation != named })
        {
            throw .log(
                file, first.line, "the log is of \(stated.name), and the file's name says \(named.name)",
                "rename the file, or import the one that was meant")
        }
    }

    /// Tests built without MPI begin at rank 0 in every process, and each measures its own node.
    private static func checkRanks(_ run: NCCLTestsRun, _ file: String) throws(DocumentError) {
        var seen: [Int: NCCLTestsRun.Rank] = [:]
        for rank in run.ranks {
            guard let first = seen.updateValue(rank, forKey: rank.rank) else { continue }
            throw .log(
                file, rank.line,
                "rank \(rank.rank) is listed twice, on \(first.host) (\(file):\(first.line)) and on \(rank.host): every process measured alone",
                "build the tests with MPI=1 and measure again")
        }
    }

    private static func checkOperation(_ run: NCCLTestsRun, _ file: String, _ collective: Collective?) throws(DocumentError) {
        guard let collective, let stated = run.operation, case .collective(let named) = stated, named != collective else { return }
        throw .log(file, run.line, "the log is of \(stated.name), and --collective says \(collective.rawValue)", "leave --collective out")
    }

    private static func checkRatio(_ run: NCCLTestsRun, _ file: String, _ collective: Collective?) throws(DocumentError) {
        let ratio = NCCLTestsRatio(run.rows)
        guard let interval = ratio.interval, let value = ratio.value else { return }
        let operation = run.operation ?? collective.map { .collective($0) } ?? NCCLTestsRun.Operation(file: file)
        guard case .collective(let named) = operation else { return }
        let shown = (value * 1000).rounded() / 1000
        if named == .allReduce, interval.upperBound < 1, run.ranks.count != 1 || run.groups.count > 1 {
            throw .log(
                file, ratio.line, "bus bandwidth is \(shown) times algorithm bandwidth, which no all-reduce has",
                "state the collective that was run")
        }
        let groups = run.groups
        guard let group = groups.first, group.count > 1, group.map(\.rank).max() == group.count - 1 || groups.count > 1 else { return }
        guard !ratio.allows(named, group.count) else { return }
        let expected = (named.busFactor(group.count) * 1000).rounded() / 1000
        let other = ratio.ranks(named).map { ", as over \($0) ranks" } ?? ""
        throw .log(
            file, ratio.line,
            "bus bandwidth is \(shown) times algorithm bandwidth\(other), where \(named.rawValue) over \(group.count) ranks (\(file):\(group[0].line)) has \(expected)",
            "check that the rows belong to these ranks and to this collective")
    }
}
