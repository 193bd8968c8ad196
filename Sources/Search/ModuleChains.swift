import CostModels
import Parallelism
import Workload

/// The sets of modules that may move from the layers of a shape, in chains: along a chain every layer moves more, so that a step takes longer.
///
/// Of a chain only the first set that fits can be an answer. Sets that move as much of every layer are one, that with the fewest modules. A stack of
/// dense layers makes one chain, layers with experts a few, since attention and experts can make up for each other.
struct ModuleChains: Sendable {
    private(set) var chains: [[OffloadModules]] = []

    /// The chains of the sets that are left where some modules are computed again, for a layer of each class.
    init(_ sets: [OffloadModules], recomputing modules: RecomputeModules, _ layers: UnsafeBufferPointer<LayerMemory>) {
        var moved: [(set: OffloadModules, bytes: [Double], total: Double)] = []
        for set in sets where set.left(recomputing: modules) == set {
            let bytes = layers.map { $0.moved(with: set) }
            let total = bytes.reduce(0, +)
            if total > 0 { moved.append((set, bytes, total)) }
        }
        moved.sort {
            let (one, other) = ($0.set.rawValue, $1.set.rawValue)
            if $0.total != $1.total { return $0.total < $1.total }
            return one.nonzeroBitCount != other.nonzeroBitCount ? one.nonzeroBitCount < other.nonzeroBitCount : one < other
        }
        var (ends, seen): ([[Double]], Set<[Double]>) = ([], [])
        for one in moved where seen.insert(one.bytes).inserted {
            let place = ends.firstIndex { zip($0, one.bytes).allSatisfy { $0 <= $1 } }
            if let place {
                chains[place].append(one.set)
                ends[place] = one.bytes
            } else {
                chains.append([one.set])
                ends.append(one.bytes)
            }
        }
    }
}
