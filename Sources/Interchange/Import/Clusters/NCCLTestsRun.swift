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
    }

    /// The operation; nil until something names it.
    var operation: Operation?
    /// The ranks, as the header lists them.
    var ranks: [Rank] = []
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

        /// The operation that a file's name mentions.
        init?(file: String) {
            let name = (file.split(separator: "/").last ?? "").lowercased().filter { $0.isLetter }
            let known: [(String, Collective)] = [
                ("allreduce", .allReduce), ("allgather", .allGather), ("reducescatter", .reduceScatter), ("alltoall", .allToAll),
                ("sendrecv", .sendReceive),
            ]
            let found = known.filter { name.contains($0.0) }
            guard found.count == 1, let only = found.first else { return nil }
            self = .collective(only.1)
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

    /// Ranks that the ratio of bus to algorithm bandwidth stands for, from the large sizes, whose three digits tell; nil where it says nothing.
    func inferredRanks(_ collective: Collective) -> Int? {
        let ratios = rows.filter { $0.bytes >= 1_048_576 && $0.busRatio.isFinite }.map(\.busRatio).sorted()
        guard !ratios.isEmpty, collective != .sendReceive else { return nil }
        let share = ratios[ratios.count / 2] / (collective == .allReduce ? 2 : 1)
        guard share > 0.45, share < 0.985 else { return nil }
        let ranks = (1 / (1 - share)).rounded()
        return abs(share - (ranks - 1) / ranks) < 0.004 ? Int(ranks) : nil
    }
}
