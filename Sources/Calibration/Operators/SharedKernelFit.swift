import CostModels
import Documents
import Hardware
import Quantities

/// Which rows of a table of timings on several GPUs are fitted.
public struct TimingRows: Sendable {
    /// Text that a row's `source` must contain, whatever its case; nil for every row.
    public var source: String?
    /// Names of kernels that are fitted; all of them where empty.
    public var kernels: [String]
    /// Names of GPUs whose rows are left out.
    public var except: [String]

    /// Every row unless narrowed.
    public init(source: String? = nil, kernels: [String] = [], except: [String] = []) {
        self.source = source
        self.kernels = kernels
        self.except = except
    }
}

/// Fits constants of kernels that hold for every GPU to timings on several of them; half of the points only check the fit.
struct SharedKernelFit {
    private static let loss = SoftLoss(knee: 0.1)

    /// A constant that is fitted.
    struct Constant {
        let key: String
        let path: WritableKeyPath<RecurrenceConstants, Double>
        let range: ClosedRange<Double>
        var unit = ""
    }

    /// A family of kernels whose constants are fitted together.
    struct Family {
        /// What people call it.
        let name: String
        /// Which points a fit must be good for, in words.
        let large: String
        let constants: [Constant]
    }

    /// What times a point, on one GPU with some constants.
    struct Cores {
        let recurrent: RecurrentCore
        let sparse: SparseCore

        init(_ gpu: GPU, _ constants: RecurrenceConstants) {
            recurrent = RecurrentCore(gpu: gpu, constants: constants)
            sparse = SparseCore(gpu: gpu, constants: constants)
        }
    }

    /// A timing.
    struct Point {
        let family: Int
        let gpu: Int
        let seconds: Double
        let isHeldOut: Bool
        /// Whether it is one that a fit must be good for.
        let isLarge: Bool
        let predicted: (Cores) -> Double
    }

    let families: [Family]
    private(set) var gpus: [GPU] = []
    private(set) var points: [Point] = []
    private var skipped: [String: Int]
    private let file: String

    /// The points of a table, which `read` makes of a row: its family, whether it is large, and how it is timed; or why it is left out.
    init(
        _ table: CSVTable, _ families: [Family], gpu: (String) -> GPU?, rows chosen: TimingRows, seed: UInt64,
        read: (_ rows: MeasuredTable, _ row: Int) throws(DocumentError) -> Reading
    ) throws {
        let rows = MeasuredTable(table)
        let microseconds = try rows.positive("time_us")
        _ = try table.column("gpu")
        let held = HeldOutPoints.choose(rows.rows.count, share: 0.5, seed: seed)
        self.families = families
        file = table.file
        skipped = rows.ragged
        var known: [String: Int?] = [:]
        for (i, row) in rows.rows.enumerated() {
            func skip(_ reason: String) { skipped[reason, default: 0] += 1 }
            let name = rows.text("gpu", row)
            if let text = chosen.source, !rows.text("source", row).lowercased().contains(text.lowercased()) {
                skip("another source"); continue
            }
            if chosen.except.contains(where: { $0.lowercased() == name.lowercased() }) { skip("a GPU left out"); continue }
            if known[name] == nil {
                let found = gpu(name)
                known[name] = found.map { _ in gpus.count }
                if let found { gpus.append(found) }
            }
            guard let place = known[name] ?? nil else { skip("no GPU type is called \(name)"); continue }
            switch try read(rows, row) {
            case .skip(let reason): skip(reason)
            case .point(let family, let isLarge, let predicted):
                guard chosen.kernels.isEmpty || chosen.kernels.contains(families[family].name) else { skip("another kernel"); continue }
                points.append(
                    Point(
                        family: family, gpu: place, seconds: microseconds[i] * 1e-6, isHeldOut: held[i], isLarge: isLarge,
                        predicted: predicted))
            }
        }
    }

    /// What a row is.
    enum Reading {
        case point(family: Int, isLarge: Bool, predicted: (Cores) -> Double)
        case skip(String)
    }

    /// The fitted constants and how far they are off on held-out points.
    func run(from shipped: RecurrenceConstants) throws -> (constants: RecurrenceConstants, fit: OperatorFit) {
        var result = shipped
        var changes: [OperatorFit.Change] = []
        var fitted = 0
        for (index, family) in families.enumerated() {
            let own = points.filter { $0.family == index && !$0.isHeldOut }
            guard own.count >= 12 else { continue }
            fitted += own.count
            let search = SimplexSearch(
                constants: family.constants.map { .init(start: shipped[keyPath: $0.path], range: $0.range) }, evaluations: 1200)
            func set(_ x: [Double]) -> RecurrenceConstants {
                var constants = shipped
                for (constant, value) in zip(family.constants, x) { constants[keyPath: constant.path] = Rounding.significant(value, 4) }
                return constants
            }
            let best = set(
                search.minimum { x in
                    let cores = cores(set(x))
                    return own.reduce(0) { $0 + Self.loss($1.predicted(cores[$1.gpu]), $1.seconds) }
                })
            for constant in family.constants {
                let value = best[keyPath: constant.path]
                changes.append(.init(key: constant.key, before: shipped[keyPath: constant.path], after: value, unit: constant.unit))
                result[keyPath: constant.path] = value
            }
        }
        guard fitted > 0 else {
            throw CalibrationError.tooFewPoints(what: "timings of a kernel", found: points.count, needed: 24, file: file)
        }
        let skips = skipped.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return (result, OperatorFit(changes: changes, classes: classes(shipped, result), fitted: fitted, skipped: skips))
    }

    /// Errors on held-out points, a class a family and then one for each GPU of it.
    private func classes(_ before: RecurrenceConstants, _ after: RecurrenceConstants) -> [OperatorFit.Class] {
        families.indices.flatMap { family in
            ([nil] + gpus.indices.map { Int?.some($0) }).compactMap { gpu in
                guard let first = errors(family: family, gpu: gpu, before, heldOutOnly: true),
                    let last = errors(family: family, gpu: gpu, after, heldOutOnly: true)
                else { return nil }
                let place = gpu.map { "on \(gpus[$0].name)" } ?? families[family].large
                return OperatorFit.Class(name: "\(families[family].name), \(place)", before: first, after: last)
            }
        }
    }

    /// Errors of a family's large points with some constants, on one GPU or on all; nil where there are none.
    func errors(family: Int, gpu: Int? = nil, _ constants: RecurrenceConstants, heldOutOnly: Bool) -> ErrorStatistics? {
        let cores = cores(constants)
        return ErrorStatistics(
            points.filter { $0.family == family && $0.isLarge && ($0.isHeldOut || !heldOutOnly) && (gpu == nil || $0.gpu == gpu) }
                .map { $0.predicted(cores[$0.gpu]) / $0.seconds - 1 })
    }

    private func cores(_ constants: RecurrenceConstants) -> [Cores] { gpus.map { Cores($0, constants) } }
}
