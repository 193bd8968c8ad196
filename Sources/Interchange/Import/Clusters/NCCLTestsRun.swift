import Documents
import Hardware

/// One run of one test: who took part and what was measured.
struct NCCLTestsRun {
    /// A rank of the run.
    struct Rank: Hashable {
        var rank: Int
        var group: Int
        var host: String
        var device: Int
        /// The GPU as the log names it; nil where it names none that is known.
        var gpu: GPUProduct?
        /// Where it is listed.
        var line = 0
    }

    /// The operation; nil until something names it.
    var operation: Operation?
    /// The ranks, as the header lists them.
    var ranks: [Rank] = []
    /// Nodes and GPUs of a group, where the file states them and lists no ranks.
    var stated: (nodes: Int?, gpus: Int)?
    /// The measurements.
    var rows: [NCCLTestsRow] = []
    /// Where the run begins.
    var line: Int

    init(operation: Operation? = nil, line: Int) {
        self.operation = operation
        self.line = line
    }

    /// What a run measures.
    enum Operation: Hashable {
        case collective(Collective)
        /// A test that no cost model asks for.
        case other(String)

        /// The operation of a program's name such as `all_reduce_perf`.
        init?(program: Substring) {
            guard let end = program.firstRange(of: "_perf"), let start = program[..<end.lowerBound].lastIndex(where: { !Self.isWord($0) })
            else {
                guard program.hasSuffix("_perf"), program.allSatisfy(Self.isWord) else { return nil }
                self.init(name: program.dropLast(5))
                return
            }
            self.init(name: program[program.index(after: start)..<end.lowerBound])
        }

        /// The operation of a name such as `all_reduce`; nil for names that are no test's.
        init?(name: Substring) {
            if let collective = Collective(rawValue: String(name)) {
                self = .collective(collective)
            } else if ["broadcast", "reduce", "gather", "scatter", "hypercube", "alltoallv", "alltoallv2", "bisection"].contains(name) {
                self = .other(String(name))
            } else {
                return nil
            }
        }

        /// The operation that a file's name mentions, if it mentions one.
        init?(file: String) {
            var name = (file.split(separator: "/").last ?? "").lowercased().filter { $0.isLetter || $0.isNumber }
            let known: [(String, Operation)] = [
                ("allreduce", .collective(.allReduce)), ("allgather", .collective(.allGather)),
                ("reducescatter", .collective(.reduceScatter)), ("alltoall", .collective(.allToAll)), ("all2all", .collective(.allToAll)),
                ("sendrecv", .collective(.sendReceive)), ("broadcast", .other("broadcast")), ("bcast", .other("broadcast")),
                ("reduce", .other("reduce")),
            ]
            var found: [Operation] = []
            for (word, operation) in known where name.contains(word) {
                found.append(operation)
                name = name.replacing(word, with: " ")
            }
            guard found.count == 1, let only = found.first else { return nil }
            self = only
        }

        /// Its name in nccl-tests.
        var name: String {
            switch self {
            case .collective(let collective): collective.rawValue
            case .other(let name): name
            }
        }

        private static func isWord(_ character: Character) -> Bool { character.isLetter || character == "_" || character.isNumber }
    }

    /// Distinct hosts in the order of the ranks.
    var hosts: [String] {
        var seen = Set<String>()
        return ranks.map(\.host).filter { seen.insert($0).inserted }
    }

    /// Ranks that take part in one group; runs that are split into groups measure all of them at once.
    var groups: [[Rank]] {
        Dictionary(grouping: ranks, by: \.group).sorted { $0.key < $1.key }.map { $0.value.sorted { $0.rank < $1.rank } }
    }

    /// Sizes and times of the usable rows: ascending, one a size, the mean where a size was repeated.
    var points: (bytes: [Double], seconds: [Double]) {
        var times: [Double: (sum: Double, count: Double)] = [:]
        for row in rows where row.bytes > 0 && row.seconds.isFinite && row.seconds > 0 && (row.wrong ?? 0) == 0 {
            let (sum, count) = times[row.bytes] ?? (0, 0)
            times[row.bytes] = (sum + row.seconds, count + 1)
        }
        let sizes = times.keys.sorted()
        return (sizes, sizes.map { size in times[size].map { $0.sum / $0.count } ?? 0 })
    }

    /// The host with the most ranks; nil where none is listed.
    var most: HostRanks? {
        let counts = Dictionary(grouping: ranks, by: \.host)
        guard let host = hosts.max(by: { (counts[$0]?.count ?? 0) < (counts[$1]?.count ?? 0) }), let own = counts[host] else { return nil }
        return HostRanks(host: host, count: own.count, line: own[0].line)
    }

    /// The collective that the ratio of the rates leaves, for logs that name none; nil where it may be one of several.
    var toldOperation: Collective? {
        guard let ratio = NCCLTestsRatio(rows).interval, ratio.lowerBound > 0 else { return nil }
        // Over more than two ranks only an all-reduce has a factor above 1.
        if ratio.lowerBound > 1.02 { return .allReduce }
        guard ratio.upperBound < 0.99, rows.allSatisfy({ $0.reduction == "sum" }) else { return nil }
        return .reduceScatter
    }
}

/// Ranks that ran on one host.
public struct HostRanks: Hashable, Sendable {
    /// The host.
    public var host: String
    /// How many.
    public var count: Int
    /// Where the first is listed.
    public var line: Int
}
