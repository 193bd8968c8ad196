import Workload

/// What the answers of a study say together.
public struct SweepAnswers: Sendable {
    /// The rows in the study's order, their scaling filled in.
    public let rows: [SweepRow]
    /// A verdict on each job: what is trained is not compared across models, methods and lengths of sequences.
    public let jobs: [Job]
    /// How throughput and layout change with the number of GPUs, all else equal.
    public let series: [Series]
    /// Matrices over two pinned sizes, where the study pins two to several values.
    public let matrices: [SweepMatrix]

    /// A job and the best ways to do it; rows by their index.
    public struct Job: Sendable {
        /// The model as the study names it, what is trained, and the tokens of a sequence.
        public var model, method: String
        /// See `model`.
        public var sequenceLength: Int
        /// Whether all its rows with a plan have prices, so that expense is money rather than GPU-hours.
        public var isInMoney: Bool
        /// Rows that no other beats in both days and expense, the fastest first.
        public var front: [Int] = []
        /// The one of least expense among those within the deadline, and the fastest within the budget.
        public var cheapest: Int?
        /// See `cheapest`.
        public var fastest: Int?
        /// The one of least expense within both the deadline and the budget.
        public var both: Int?
    }

    /// Rows that differ in the number of GPUs alone, the smallest first.
    public struct Series: Sendable {
        /// The rows of the grid.
        public var rows: [Int]
        /// Runs of neighbouring sizes with the same layout.
        public var layouts: [(layout: String?, gpus: ClosedRange<Int>)]
    }

    /// The answers of a study's rows.
    public init(_ study: Study, _ rows: [SweepRow]) {
        var rows = rows
        let groups = Self.grouped(rows.indices.filter { rows[$0].result != nil }) { Self.question(rows[$0]) }
        for group in groups {
            guard let base = group.compactMap({ Self.rate(rows[$0]) }).first else { continue }
            for index in group { rows[index].scaling = Self.rate(rows[index]).map { $0 / base } }
        }
        self.rows = rows
        matrices = SweepMatrix.all(study, rows)
        series = groups.map { Self.series($0.filter { rows[$0].cell.isInGrid }, rows) }.filter { $0.rows.count > 1 }
        let planned = rows.indices.filter { rows[$0].days != nil }
        jobs = Self.grouped(planned) { index in
            [rows[index].cell.model, rows[index].result?.job.method ?? "", "\(rows[index].result?.job.sequenceLength ?? 0)"]
        }.map { Self.job($0, rows, study) }
    }

    private static func job(_ group: [Int], _ rows: [SweepRow], _ study: Study) -> Job {
        let first = rows[group[0]]
        let inMoney = group.allSatisfy { rows[$0].cost != nil }
        var job = Job(
            model: first.cell.model, method: first.result?.job.method ?? "", sequenceLength: first.result?.job.sequenceLength ?? 0,
            isInMoney: inMoney)
        func days(_ index: Int) -> Double { rows[index].days ?? .infinity }
        func expense(_ index: Int) -> Double { rows[index].expense(inMoney: inMoney) ?? .infinity }
        // Of equally fast ones the cheaper, of equals the earlier cell.
        let bySpeed = group.sorted { (days($0), expense($0), $0) < (days($1), expense($1), $1) }
        var least = Double.infinity
        for index in bySpeed where expense(index) < least {
            job.front.append(index)
            least = expense(index)
        }
        let inTime = study.deadline.map { deadline in bySpeed.filter { days($0) <= deadline.value } }
        let affordable = study.budget.map { budget in bySpeed.filter { (rows[$0].cost ?? .infinity) <= budget.value } }
        func cheapest(_ some: [Int]) -> Int? { some.min { (expense($0), days($0), $0) < (expense($1), days($1), $1) } }
        job.cheapest = inTime.flatMap(cheapest)
        job.fastest = affordable?.first
        if let inTime, let affordable { job.both = cheapest(inTime.filter(Set(affordable).contains)) }
        return job
    }

    private static func series(_ group: [Int], _ rows: [SweepRow]) -> Series {
        var layouts: [(layout: String?, gpus: ClosedRange<Int>)] = []
        for index in group {
            guard let result = rows[index].result else { continue }
            let layout = result.plan?.layout
            if let last = layouts.last, last.layout == layout {
                layouts[layouts.count - 1].gpus = last.gpus.lowerBound...max(last.gpus.upperBound, result.gpus)
            } else {
                layouts.append((layout, result.gpus...result.gpus))
            }
        }
        return Series(rows: group, layouts: layouts)
    }

    /// Indices with the same key together, in the order in which the keys first occur.
    private static func grouped(_ indices: [Int], by key: (Int) -> [String]) -> [[Int]] {
        var places: [[String]: Int] = [:]
        var groups: [[Int]] = []
        for index in indices {
            let key = key(index)
            if let place = places[key] {
                groups[place].append(index)
            } else {
                places[key] = groups.count
                groups.append([index])
            }
        }
        return groups
    }

    /// Everything about a cell but its number of GPUs.
    private static func question(_ row: SweepRow) -> [String] {
        let cell = row.cell
        return [
            cell.model, cell.cluster.name, cell.cluster.isGPU ? "gpu" : "cluster", cell.globalBatch.map { "\($0)" } ?? "",
            cell.sequenceLength.map { "\($0)" } ?? "", cell.precision?.rawValue ?? "", cell.method?.rawValue ?? "", cell.stack ?? "",
            cell.pins.text,
        ] + cell.choices.map(\.text)
    }

    /// Tokens per second and GPU.
    private static func rate(_ row: SweepRow) -> Double? {
        row.result.flatMap { result in result.tokensPerSecond.map { $0 / Double(result.gpus) } }
    }
}
