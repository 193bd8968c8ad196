import Workload

/// Assigns the experts of one layer after the other anew, its neighbours standing still, until no layer gains.
///
/// Experts of one layer do not meet, so a layer alone is a transportation problem: what each expert is worth on each rank, E/G experts a rank.
/// It is solved by exchanging two, then by moving experts around cycles of ranks while a cycle gains, after which no assignment of the layer
/// is better (a flow without gaining cycles is optimal; Klein 1967). It keeps its buffers.
struct AffinityDescent {
    private let problem: AffinityProblem
    /// What each expert of the layer is worth on each rank.
    private var worth: [Double]
    /// The most that moving some expert of a rank to another one gains, and which one.
    private var gain: [Double]
    private var mover: [Int32]
    /// The same of the layer before alone, a row a rank.
    private var coming: [Double]
    private var nodeWorth: [Double]
    private var members: [Int32]

    init(_ problem: AffinityProblem) {
        self.problem = problem
        let (e, g) = (problem.experts, problem.ranks)
        worth = [Double](repeating: 0, count: e * g)
        coming = [Double](repeating: 0, count: e * g)
        gain = [Double](repeating: 0, count: g * g)
        mover = [Int32](repeating: 0, count: g * g)
        nodeWorth = [Double](repeating: 0, count: problem.nodes)
        members = [Int32](repeating: 0, count: e)
    }

    /// Improves a placement, the rank of every expert of every layer; returns what it keeps.
    mutating func improve(_ rank: inout [Int32], sweeps limit: Int = 12) -> Double {
        var total = problem.value(rank)
        let least = 1e-10 * max(problem.weight, .leastNormalMagnitude)
        // A layer whose neighbours stand where they stood when it was assigned has nothing to gain.
        var isStale = [Bool](repeating: true, count: problem.layers)
        for sweep in 0..<limit {
            var gained = 0.0
            for index in 0..<problem.layers {
                let layer = sweep % 2 == 0 ? index : problem.layers - 1 - index
                guard isStale[layer] else { continue }
                isStale[layer] = false
                let gain = improve(layer: layer, &rank, least)
                gained += gain
                guard gain > least else { continue }
                if layer > 0 { isStale[layer - 1] = true }
                if layer + 1 < problem.layers { isStale[layer + 1] = true }
            }
            total += gained
            if gained <= least { break }
        }
        return total
    }

    /// Assigns a layer anew; returns what that gains.
    private mutating func improve(layer: Int, _ rank: inout [Int32], _ least: Double) -> Double {
        let (e, g, perRank) = (problem.experts, problem.ranks, problem.perRank)
        weigh(layer: layer, rank)
        var filled = [Int](repeating: 0, count: g)
        for expert in 0..<e {
            let place = Int(rank[layer * e + expert])
            members[place * perRank + filled[place]] = Int32(expert)
            filled[place] += 1
        }
        for place in 0..<g { update(place) }
        var gained = 0.0
        while true {
            // The best exchange of two experts.
            var (best, from, to) = (least, -1, -1)
            for r in 0..<g {
                for s in r + 1..<max(g, r + 1) {
                    let both = gain[r * g + s] + gain[s * g + r]
                    if both > best { (best, from, to) = (both, r, s) }
                }
            }
            if from >= 0 {
                gained += best
                turn([from, to], layer, &rank)
            } else if let cycle = gainingCycle(least) {
                for (place, r) in cycle.enumerated() { gained += gain[r * g + cycle[(place + 1) % cycle.count]] }
                turn(cycle, layer, &rank)
            } else {
                return gained
            }
        }
    }

    /// What each expert of a layer is worth on each rank, given the layers beside it.
    private mutating func weigh(layer: Int, _ rank: [Int32]) {
        let (e, g, perNode) = (problem.experts, problem.ranks, problem.ranksPerNode)
        for place in worth.indices { (worth[place], coming[place]) = (0, 0) }
        problem.affinity.counts.withUnsafeBufferPointer { counts in
            worth.withUnsafeMutableBufferPointer { worth in
                rank.withUnsafeBufferPointer { rank in
                    if layer + 1 < problem.layers {
                        for a in 0..<e {
                            let row = (layer * e + a) * e
                            for b in 0..<e { worth[a * g + Int(rank[(layer + 1) * e + b])] += counts[row + b] }
                        }
                    }
                    if layer > 0 {
                        // Whole rows are added, which vectors do, and turned once.
                        coming.withUnsafeMutableBufferPointer { coming in
                            for b in 0..<e {
                                let (row, place) = (((layer - 1) * e + b) * e, Int(rank[(layer - 1) * e + b]) * e)
                                for a in 0..<e { coming[place + a] += counts[row + a] }
                            }
                            for a in 0..<e { for r in 0..<g { worth[a * g + r] += coming[r * e + a] } }
                        }
                    }
                }
            }
        }
        for a in 0..<e {
            for node in 0..<problem.nodes {
                var sum = 0.0
                for r in node * perNode..<(node + 1) * perNode { sum += worth[a * g + r] }
                nodeWorth[node] = problem.nodeValue * sum
            }
            for r in 0..<g { worth[a * g + r] = problem.rankValue * worth[a * g + r] + nodeWorth[r / perNode] }
        }
    }

    /// The best mover of a rank to every other one.
    private mutating func update(_ r: Int) {
        let (g, perRank) = (problem.ranks, problem.perRank)
        for s in 0..<g { gain[r * g + s] = s == r ? 0 : -.infinity }
        for place in 0..<perRank {
            let expert = members[r * perRank + place]
            let row = Int(expert) * g
            let here = worth[row + r]
            for s in 0..<g where s != r && worth[row + s] - here > gain[r * g + s] {
                gain[r * g + s] = worth[row + s] - here
                mover[r * g + s] = expert
            }
        }
    }

    /// Moves the best mover of each rank of a cycle to the next one.
    private mutating func turn(_ cycle: [Int], _ layer: Int, _ rank: inout [Int32]) {
        let (e, g, perRank) = (problem.experts, problem.ranks, problem.perRank)
        let moved = cycle.indices.map { mover[cycle[$0] * g + cycle[($0 + 1) % cycle.count]] }
        for (place, r) in cycle.enumerated() {
            let coming = moved[(place + cycle.count - 1) % cycle.count]
            for slot in r * perRank..<(r + 1) * perRank where members[slot] == moved[place] {
                members[slot] = coming
                break
            }
            rank[layer * e + Int(coming)] = Int32(r)
        }
        for r in cycle { update(r) }
    }

    /// A cycle of ranks whose moves gain together, found by longest walks of growing length (Bellman and Ford).
    private func gainingCycle(_ least: Double) -> [Int]? {
        let g = problem.ranks
        guard g > 2 else { return nil }
        var reach = [Double](repeating: 0, count: g)
        var before = [Int](repeating: -1, count: g)
        var last = -1
        for _ in 0..<g {
            last = -1
            for r in 0..<g {
                for s in 0..<g where s != r && reach[r] + gain[r * g + s] > reach[s] + least {
                    reach[s] = reach[r] + gain[r * g + s]
                    before[s] = r
                    last = s
                }
            }
            if last < 0 { return nil }
        }
        // So many steps back one stands on a cycle.
        var place = last
        for _ in 0..<g {
            guard before[place] >= 0 else { return nil }
            place = before[place]
        }
        var cycle = [place]
        var next = before[place]
        while next != place, next >= 0, cycle.count <= g {
            cycle.append(next)
            next = before[next]
        }
        guard next == place else { return nil }
        cycle.reverse()
        let sum = cycle.indices.reduce(0.0) { $0 + gain[cycle[$1] * g + cycle[($1 + 1) % cycle.count]] }
        return sum > least ? cycle : nil
    }
}
