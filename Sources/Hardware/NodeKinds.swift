import Foundation
import Quantities

/// The kinds that nodes fall into by their links: nodes whose links to all others are alike are of one kind.
///
/// Slow adapters, older nodes and rails make rows of a matrix alike that differ from other rows. A kind by design has several nodes; what
/// is left alone belongs to the kind whose row it follows, faster or slower by one factor, and is judged there.
struct NodeKinds {
    /// The kind of each node.
    let kinds: [Int]
    /// The number of kinds.
    let count: Int

    /// Share of the other nodes that a link may be unlike to without its node being of another kind: bad links are fewer, kinds more.
    private static let tolerated = 0.75
    /// Differences of logarithms up to which rows are alike: a node that is 15 % slower is no kind.
    private static let alike = 0.15
    /// Other nodes that rows are compared at, spread evenly.
    private static let columns = 128
    /// Kinds beyond which there are none.
    private static let most = 16

    init(_ matrix: BandwidthMatrix) {
        let n = matrix.count
        // The better direction, so that what is bad one way only stays what it is; its logarithm, or NaN.
        let step = max(1, n / Self.columns)
        let columns = Array(stride(from: 0, to: n, by: step))
        let rows = (0..<n).map { node in
            columns.map { other -> Double in
                guard other != node else { return .nan }
                let best = max(matrix.values[node * n + other], matrix.values[other * n + node])
                return best.isFinite && best > 0 ? log(best) : .nan
            }
        }
        var leaders: [Int] = []
        var members: [[Int]] = []
        for node in 0..<n {
            if let kind = leaders.firstIndex(where: { Self.areAlike(rows[$0], rows[node]) }) {
                members[kind].append(node)
            } else if leaders.count < 4 * Self.most {
                leaders.append(node)
                members.append([node])
            }
        }
        let least = max(3, (n + 7) / 8)
        let real = members.indices.filter { members[$0].count >= least }
        guard real.count > 1, real.count <= Self.most else {
            kinds = [Int](repeating: 0, count: n)
            count = 1
            return
        }
        var kinds = [Int](repeating: -1, count: n)
        for (index, kind) in real.enumerated() { for node in members[kind] { kinds[node] = index } }
        for node in 0..<n where kinds[node] < 0 {
            let spreads = real.map { Self.spread(rows[leaders[$0]], rows[node]) }
            kinds[node] = spreads.indices.min { spreads[$0] < spreads[$1] } ?? 0
        }
        self.kinds = kinds
        count = real.count
    }

    /// The kinds that are slower than the fastest, the slowest first: by the median of a kind's links to the fastest kind.
    func slow(_ matrix: BandwidthMatrix) -> [SlowKind] {
        let members = (0..<count).map { kind in kinds.indices.filter { kinds[$0] == kind } }
        func median(_ a: [Int], _ b: [Int]) -> Double {
            let values = a.flatMap { from in b.filter { $0 != from }.map { matrix[from, $0].value } }.filter { $0.isFinite && $0 > 0 }
                .sorted()
            return values.isEmpty ? 0 : values[values.count / 2]
        }
        let among = members.map { median($0, $0) }
        guard let fastest = among.indices.max(by: { among[$0] < among[$1] }), count > 1 else { return [] }
        return members.indices.filter { $0 != fastest }
            .map { kind in
                let names = members[kind].map { matrix.names[$0] }
                return SlowKind(nodes: names, rate: median(members[kind], members[fastest]), fastest: among[fastest])
            }
            .filter { $0.rate < 0.9 * $0.fastest }.sorted { $0.rate < $1.rate }
    }

    private static func differences(_ a: [Double], _ b: [Double]) -> [Double] {
        zip(a, b).map { $0 - $1 }.filter { !$0.isNaN }.sorted()
    }

    private static func areAlike(_ a: [Double], _ b: [Double]) -> Bool {
        let far = differences(a, b).map(abs).sorted()
        return far.isEmpty || far[Int(tolerated * Double(far.count - 1))] < alike
    }

    /// The middle half of what one row is above another.
    private static func spread(_ a: [Double], _ b: [Double]) -> Double {
        let sorted = differences(a, b)
        return sorted.isEmpty ? .infinity : sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]
    }
}
