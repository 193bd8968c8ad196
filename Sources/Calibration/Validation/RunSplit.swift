import Quantities
import Search

/// Divides runs into the half that constants may be fitted on and the half that stays unseen, by configuration: runs of one source, model
/// and number of GPUs are always together, and every source is in both halves where it can be.
///
/// The shipped constants were fitted on the fitted half of seed 3 (docs/accuracy.md).
public struct RunSplit: Sendable {
    /// The seed of the shipped constants.
    public static let shippedSeed: UInt64 = 3

    private let fitted: Set<String>

    /// The split of predictions; only runs with a predicted and a measured time count.
    public init(_ predictions: [RunPrediction], seed: UInt64 = shippedSeed) {
        self.init(runs: predictions.filter { $0.timeError != nil }.map(\.run), seed: seed)
    }

    /// The split of runs that can be predicted and compared.
    init(runs: [RunRecord], seed: UInt64) {
        var sizes: [String: [String: Int]] = [:]
        for run in runs { sizes[run.source, default: [:]][Self.key(run), default: 0] += 1 }
        var fitted: Set<String> = []
        for groups in sizes.values {
            let order = groups.map { (key: $0.key, rows: $0.value, rank: Self.rank($0.key, seed: seed)) }.sorted { $0.rank < $1.rank }
            var rows = (fitted: 0, unseen: 0)
            for group in order {
                if rows.fitted < rows.unseen {
                    rows.fitted += group.rows
                    fitted.insert(group.key)
                } else {
                    rows.unseen += group.rows
                }
            }
        }
        self.fitted = fitted
    }

    /// Whether a run is in the half that was fitted.
    public func isFitted(_ run: RunRecord) -> Bool { fitted.contains(Self.key(run)) }

    private static func key(_ run: RunRecord) -> String { "\(run.source)|\(run.model)|\(run.int("n_gpus") ?? 0)" }

    /// A position that depends on the key and the seed alone: FNV-1a of the key, mixed.
    private static func rank(_ key: String, seed: UInt64) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01B3 }
        var random = SeededRandom(seed: hash ^ seed)
        return random.next()
    }
}
