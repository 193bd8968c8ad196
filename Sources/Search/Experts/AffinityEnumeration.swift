import Workload

/// The exact placement of few experts: dynamic programming over every placement of a layer, those left out that cannot reach what is known.
///
/// Ranks of a node and nodes are alike, so that what a placement of a layer and all before it keep at most is the same under every renaming of both: only placements
/// that name them in the order of their first experts are gone on from, to every placement, which then stands for its renaming.
struct AffinityEnumeration {
    private let problem: AffinityProblem
    /// Every placement of a layer: the rank of each expert, a row of E each.
    private let states: [Int8]
    private let count: Int
    /// The state that each is with ranks and nodes named in the order of their first experts.
    private let renamed: [Int32]

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
        var places: [ArraySlice<Int8>: Int32] = [:]
        for state in 0..<states.count / e { places[states[state * e..<(state + 1) * e]] = Int32(state) }
        renamed = (0..<states.count / e).map { state in
            let row = states[state * e..<(state + 1) * e]
            let names = Self.names(row, perNode: problem.ranksPerNode, ranks: g)
            return places[row.map { names[Int($0)] }[...]] ?? Int32(state)
        }
    }

    /// The name of each rank where new nodes, and new ranks of a node, come in the order of their first experts.
    private static func names(_ row: ArraySlice<Int8>, perNode: Int, ranks: Int) -> [Int8] {
        var names = [Int8](repeating: -1, count: ranks)
        var node = [Int](repeating: -1, count: ranks / perNode)
        var used = [Int](repeating: 0, count: ranks / perNode)
        var nodes = 0
        for rank in row where names[Int(rank)] < 0 {
            let old = Int(rank) / perNode
            if node[old] < 0 {
                node[old] = nodes
                nodes += 1
            }
            names[Int(rank)] = Int8(node[old] * perNode + used[old])
            used[old] += 1
        }
        return names
    }

    /// The best placement that keeps more than `known`, with what it keeps, or none where nothing does; nil where that takes too long.
    func solved(atLeast known: Double) -> (placement: [Int32]?, value: Double)? {
        let (e, g, layers) = (problem.experts, problem.ranks, problem.layers)
        var least = known * (1 + 1e-12)
        if known <= 0 { least = 0 }
        let rest = restBounds
        var value = renamed.indices.map { renamed[$0] == Int32($0) ? 0 : -Double.infinity }
        // Of each step, the state that one that is gone on from came from best, and as which renaming.
        var before: [[(from: Int32, as: Int32)]] = []
        var worth = [Double](repeating: 0, count: e * g)
        var nodeWorth = [Double](repeating: 0, count: problem.nodes)
        var work = 0
        for step in 0..<layers - 1 {
            var next = [Double](repeating: -.infinity, count: count)
            var from = [(from: Int32, as: Int32)](repeating: (-1, -1), count: count)
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
                    let place = Int(renamed[to])
                    if sum > next[place] { (next[place], from[place]) = (sum, (Int32(state), Int32(to))) }
                }
            }
            value = next
            before.append(from)
        }
        guard let last = value.indices.max(by: { value[$0] < value[$1] }), value[last] > least else { return (nil, known) }
        // Back along the states that were gone on from, then forth with the names that each step was taken in.
        var taken: [Int] = []
        var state = last
        for step in (0..<layers - 1).reversed() {
            taken.append(Int(before[step][state].as))
            state = Int(before[step][state].from)
        }
        taken.append(state)
        var placement: [Int32] = []
        var name = (0..<g).map(Int32.init)
        for state in taken.reversed() {
            let row = states[state * e..<(state + 1) * e]
            placement += row.map { name[Int($0)] }
            // What comes next was taken from the renaming of this one.
            var next = name
            for (old, new) in Self.names(row, perNode: problem.ranksPerNode, ranks: g).enumerated() { next[Int(new)] = name[old] }
            name = next
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
