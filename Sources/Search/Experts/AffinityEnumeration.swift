import Workload

/// The exact placement of few experts: dynamic programming over every placement of a layer, those left out that cannot reach what is known.
struct AffinityEnumeration {
    private let problem: AffinityProblem
    /// Every placement of a layer: the rank of each expert, a row of E each.
    private let states: [Int8]
    private let count: Int
    /// Whether a state names ranks in the order of their first expert, as alike ranks may be renamed; only those need begin.
    private let isFirst: [Bool]

    /// Placements of a layer up to which all are tried, and operations up to which that goes on.
    private static let most = 5_040
    private static let work = 400_000_000

    /// nil where a layer has too many placements.
    init?(_ problem: AffinityProblem) {
        let (e, g, perRank) = (problem.experts, problem.ranks, problem.perRank)
        guard e <= 16, g <= 16, problem.layers > 1 else { return nil }
        var number = 1.0
        for place in 0..<e { number = number * Double(place + 1) / Double(place % perRank + 1) }
        guard number <= Double(Self.most) else { return nil }
        self.problem = problem
        var states: [Int8] = []
        var (row, room) = ([Int8](repeating: 0, count: e), [Int](repeating: perRank, count: g))
        func fill(_ expert: Int) {
            guard expert < e else { return states += row }
            for r in 0..<g where room[r] > 0 {
                room[r] -= 1
                row[expert] = Int8(r)
                fill(expert + 1)
                room[r] += 1
            }
        }
        fill(0)
        (self.states, count) = (states, states.count / e)
        isFirst = (0..<states.count / e).map { Self.isFirst(states[$0 * e..<($0 + 1) * e], perNode: problem.ranksPerNode) }
    }

    /// Whether new ranks of a node, and new nodes, come in their order.
    private static func isFirst(_ row: ArraySlice<Int8>, perNode: Int) -> Bool {
        var used = [Int](repeating: 0, count: 16)
        var nodes = 0
        for rank in row {
            let (node, local) = (Int(rank) / perNode, Int(rank) % perNode)
            guard node <= nodes else { return false }
            if node == nodes { nodes += 1 }
            guard local <= used[node] else { return false }
            if local == used[node] { used[node] += 1 }
        }
        return true
    }

    /// The best placement that keeps more than `known`, with what it keeps, or none where nothing does; nil where that takes too long.
    func solved(atLeast known: Double) -> (placement: [Int32]?, value: Double)? {
        let (e, g, layers) = (problem.experts, problem.ranks, problem.layers)
        var least = known * (1 + 1e-12)
        if known <= 0 { least = 0 }
        let rest = restBounds
        var value = isFirst.map { $0 ? 0 : -Double.infinity }
        var before: [[Int32]] = []
        var worth = [Double](repeating: 0, count: e * g)
        var nodeWorth = [Double](repeating: 0, count: problem.nodes)
        var work = 0
        for step in 0..<layers - 1 {
            var next = [Double](repeating: -.infinity, count: count)
            var from = [Int32](repeating: -1, count: count)
            for state in 0..<count where value[state] + rest[step] > least {
                work += count * e + e * e
                guard work <= Self.work else { return nil }
                for place in worth.indices { worth[place] = 0 }
                for a in 0..<e {
                    let (row, r) = ((step * e + a) * e, Int(states[state * e + a]))
                    for b in 0..<e { worth[b * g + r] += problem.affinity.counts[row + b] }
                }
                for b in 0..<e {
                    for node in nodeWorth.indices {
                        nodeWorth[node] = 0
                        for local in 0..<problem.ranksPerNode { nodeWorth[node] += worth[b * g + node * problem.ranksPerNode + local] }
                    }
                    for r in 0..<g {
                        worth[b * g + r] = problem.rankValue * worth[b * g + r] + problem.nodeValue * nodeWorth[r / problem.ranksPerNode]
                    }
                }
                for to in 0..<count {
                    var sum = value[state]
                    for b in 0..<e { sum += worth[b * g + Int(states[to * e + b])] }
                    if sum > next[to] { (next[to], from[to]) = (sum, Int32(state)) }
                }
            }
            value = next
            before.append(from)
        }
        guard let last = value.indices.max(by: { value[$0] < value[$1] }), value[last] > least else { return (nil, known) }
        var placement = [Int32](repeating: 0, count: layers * e)
        var state = last
        for layer in (0..<layers).reversed() {
            for expert in 0..<e { placement[layer * e + expert] = Int32(states[state * e + expert]) }
            if layer > 0 { state = Int(before[layer - 1][state]) }
        }
        return (placement, value[last])
    }

    /// What no placement keeps more than of the steps from each on.
    private var restBounds: [Double] {
        let (e, layers) = (problem.experts, problem.layers)
        var rest = [Double](repeating: 0, count: layers)
        for step in (0..<layers - 1).reversed() {
            let pairs = Array(problem.affinity.counts[step * e * e..<(step + 1) * e * e])
            let alone = AffinityProblem(
                ExpertAffinity(experts: e, counts: pairs), ranks: problem.ranks, ranksPerNode: problem.ranksPerNode,
                nodeCost: problem.nodeCost)
            rest[step] = rest[step + 1] + (alone?.bound ?? .infinity)
        }
        return rest
    }
}
