import Hardware
import Parallelism

/// Which GPU of a node each rank of a block takes, where the links inside nodes differ.
///
/// Without NVLink switches some pairs of GPUs are joined by more links than others, often by a factor of two. The order that gives the
/// groups inside a node the fastest slowest links is found by trying all of them, up to eight GPUs.
enum GPUOrder {
    /// The best order of a block's GPUs, by local rank; nil where all are alike, nothing was measured, or a block is only part of a node.
    static func best(strategy: ParallelStrategy, cluster: ClusterProfile, traffic: PlacementTraffic, size: Int) -> [Int]? {
        guard let matrix = cluster.gpuBandwidth, matrix.count == size, size > 1, size <= 8,
            cluster.groups.allSatisfy({ $0.gpusPerNode == size })
        else { return nil }
        let grid = RankGrid(strategy)
        let usual = matrix.medianOffDiagonal ?? 0
        let groups = rings(grid, traffic, size, usual)
        guard !groups.isEmpty else { return nil }
        var inverse = matrix.values.map { $0 > 0 ? 1 / $0 : .infinity }
        for gpu in 0..<size { inverse[gpu * size + gpu] = 0 }
        var order = Array(0..<size)
        var best = order
        var least = seconds(order, groups, inverse, size)
        permute(&order, 0) { candidate in
            let time = seconds(candidate, groups, inverse, size)
            if time < least * (1 - 1e-9) {
                least = time
                best = candidate
            }
        }
        return best
    }

    /// How much longer tensor-parallel groups inside a node take than on links of the median: as much as the slowest pair of GPUs that any of
    /// them holds is slower. 1 where nothing was measured or links are even.
    static func tensorSlowdown(strategy: ParallelStrategy, cluster: ClusterProfile, order: [Int]?) -> Double {
        guard let matrix = cluster.gpuBandwidth, !matrix.isEven, let usual = matrix.medianOffDiagonal, usual > 0,
            cluster.groups.allSatisfy({ $0.gpusPerNode == matrix.count }), strategy.tensor > 1, matrix.count % strategy.tensor == 0
        else { return 1 }
        var slowest = usual
        for first in stride(from: 0, to: min(matrix.count, strategy.worldSize), by: strategy.tensor) {
            let members = (first..<first + strategy.tensor).map { order?[$0] ?? $0 }
            for a in members { for b in members where a != b { slowest = min(slowest, matrix.values[a * matrix.count + b]) } }
        }
        return slowest > 0 ? usual / slowest : 1
    }

    /// A group inside a block, with the bytes of its ring and the kind, whose groups run side by side.
    private struct Ring {
        var members: [Int]
        var bytes: Double
        var kind: Int
    }

    /// The groups inside the first block, which stands for all.
    private static func rings(_ grid: RankGrid, _ traffic: PlacementTraffic, _ size: Int, _ usual: Double) -> [Ring] {
        let inside = traffic.tensorSecondsInside
        let tensorBytes = traffic.tensorBytes.indices.map { traffic.tensorBytes[$0] + usual * ($0 < inside.count ? inside[$0] : 0) }
        let kinds: [(RankGrid.GroupKind, [Double], Double)] = [
            (.tensor, tensorBytes, traffic.steadyRounds + 1), (.context, traffic.contextBytes, traffic.steadyRounds + 1),
            (.expert, traffic.expertBytes, traffic.steadyRounds + 1), (.dataContext, traffic.dataBytes, 1),
        ]
        return kinds.enumerated().flatMap { index, kind in
            (0..<size).compactMap { rank -> Ring? in
                let members = grid.group(kind.0, of: rank).filter { $0 < size }
                let bytes = kind.1[grid.coordinate(of: rank).pipeline] * kind.2
                guard members.first == rank, members.count > 1, bytes > 0 else { return nil }
                return Ring(members: members, bytes: bytes, kind: index)
            }
        }
    }

    /// Sum over the kinds of their slowest ring.
    private static func seconds(_ order: [Int], _ rings: [Ring], _ inverse: [Double], _ size: Int) -> Double {
        var slowest = (0.0, 0.0, 0.0, 0.0)
        for ring in rings {
            var worst = 0.0
            for index in ring.members.indices {
                let next = index + 1 == ring.members.count ? 0 : index + 1
                worst = max(worst, inverse[order[ring.members[index]] * size + order[ring.members[next]]])
            }
            let time = ring.bytes * worst
            switch ring.kind {
            case 0: slowest.0 = max(slowest.0, time)
            case 1: slowest.1 = max(slowest.1, time)
            case 2: slowest.2 = max(slowest.2, time)
            default: slowest.3 = max(slowest.3, time)
            }
        }
        return slowest.0 + slowest.1 + slowest.2 + slowest.3
    }

    /// Visits every order of the elements from `start` on.
    private static func permute(_ order: inout [Int], _ start: Int, _ visit: ([Int]) -> Void) {
        if start == order.count { return visit(order) }
        for index in start..<order.count {
            order.swapAt(start, index)
            permute(&order, start + 1, visit)
            order.swapAt(start, index)
        }
    }
}
