import Quantities
import Workload

/// Starts for the placement of experts: chains of one expert a layer that share most tokens, grouped into nodes and ranks.
///
/// Whole chains move together, which assigning one layer at a time cannot do. Chains are grown by matching each layer's experts with the next
/// layer's, heaviest pairs first, and grouped greedily, then by exchanges of two (Kernighan and Lin 1970).
struct AffinityChains {
    private let problem: AffinityProblem
    /// The expert of chain c in layer l, at l·E + c.
    private var member: [Int32]
    /// Steps between two chains, both ways.
    private var between: [Double]

    init(_ problem: AffinityProblem) {
        self.problem = problem
        let e = problem.experts
        var member = (0..<e).map(Int32.init)
        for (step, next) in Concurrent.map(problem.layers - 1, { Self.matched(problem, $0) }).enumerated() {
            for c in 0..<e { member.append(next[Int(member[step * e + c])]) }
        }
        self.member = member
        between = [Double](repeating: 0, count: e * e)
        var chain = [Int](repeating: 0, count: e)
        for step in 0..<problem.layers - 1 {
            for c in 0..<e { chain[Int(member[(step + 1) * e + c])] = c }
            for c in 0..<e {
                let row = (step * e + Int(member[step * e + c])) * e
                for b in 0..<e {
                    let count = problem.affinity.counts[row + b]
                    between[c * e + chain[b]] += count
                    between[chain[b] * e + c] += count
                }
            }
        }
    }

    /// The next layer's expert of every expert: heaviest pairs first, of the heaviest few of each, then what is left.
    private static func matched(_ problem: AffinityProblem, _ step: Int) -> [Int32] {
        let e = problem.experts
        let few = min(e, 16)
        let base = step * e * e
        var pairs: [(count: Double, from: Int32, to: Int32)] = []
        pairs.reserveCapacity(e * few)
        var top = [(count: Double, to: Int32)](repeating: (0, 0), count: few)
        for a in 0..<e {
            var held = 0
            for b in 0..<e {
                let count = problem.affinity.counts[base + a * e + b]
                if held == few, count <= top[few - 1].count { continue }
                var place = held < few ? held : few - 1
                if held < few { held += 1 }
                while place > 0, top[place - 1].count < count {
                    top[place] = top[place - 1]
                    place -= 1
                }
                top[place] = (count, Int32(b))
            }
            for place in 0..<held { pairs.append((top[place].count, Int32(a), top[place].to)) }
        }
        pairs.sort { ($1.count, $0.from, $0.to) < ($0.count, $1.from, $1.to) }
        var next = [Int32](repeating: -1, count: e)
        var isTaken = [Bool](repeating: false, count: e)
        for pair in pairs where next[Int(pair.from)] < 0 && !isTaken[Int(pair.to)] {
            next[Int(pair.from)] = pair.to
            isTaken[Int(pair.to)] = true
        }
        var free = (0..<e).filter { !isTaken[$0] }
        for a in 0..<e where next[a] < 0 {
            guard
                let best = free.indices.max(by: {
                    problem.affinity.counts[base + a * e + free[$0]] < problem.affinity.counts[base + a * e + free[$1]]
                })
            else { break }
            next[a] = Int32(free.remove(at: best))
        }
        return next
    }

    /// The rank of every expert of every layer, chains grouped into nodes and those of a node into ranks.
    func placement() -> [Int32] {
        grouped { chains, groups in self.grown(chains, groups) }
    }

    /// The same from groups that are drawn.
    func placement(from random: inout SeededRandom) -> [Int32] {
        var drawn = random
        defer { random = drawn }
        return grouped { chains, groups in
            var order = chains
            for place in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(place, drawn.below(place + 1)) }
            let size = order.count / groups
            return (0..<groups).map { Array(order[$0 * size..<($0 + 1) * size]) }
        }
    }

    private func grouped(_ start: ([Int], Int) -> [[Int]]) -> [Int32] {
        let e = problem.experts
        var rank = [Int32](repeating: 0, count: problem.layers * e)
        let all = Array(0..<e)
        let nodes = problem.nodes > 1 ? exchanged(start(all, problem.nodes)) : [all]
        for (node, chains) in nodes.enumerated() {
            let ranks = problem.ranksPerNode > 1 ? exchanged(start(chains, problem.ranksPerNode)) : [chains]
            for (local, group) in ranks.enumerated() {
                for chain in group {
                    for layer in 0..<problem.layers {
                        rank[layer * e + Int(member[layer * e + chain])] = Int32(node * problem.ranksPerNode + local)
                    }
                }
            }
        }
        return rank
    }

    /// Groups grown one after the other, each from the chain with most steps to those left, by the chain with most steps to the group.
    private func grown(_ chains: [Int], _ groups: Int) -> [[Int]] {
        let e = problem.experts
        let size = chains.count / groups
        var left = chains
        var result: [[Int]] = []
        for _ in 0..<groups {
            var pull = left.map { a in left.reduce(0.0) { $0 + between[a * e + $1] } }
            var group: [Int] = []
            while group.count < size {
                var best = 0
                for place in left.indices where pull[place] > pull[best] { best = place }
                let chain = left.remove(at: best)
                pull.remove(at: best)
                group.append(chain)
                for place in left.indices { pull[place] = (group.count == 1 ? 0 : pull[place]) + between[left[place] * e + chain] }
            }
            result.append(group)
        }
        return result
    }

    /// Groups between which no exchange of two chains keeps more steps inside.
    private func exchanged(_ start: [[Int]]) -> [[Int]] {
        let e = problem.experts
        var groups = start
        let chains = start.flatMap { $0 }
        var group = [Int](repeating: -1, count: e)
        for (number, members) in groups.enumerated() { for chain in members { group[chain] = number } }
        let count = groups.count
        // Steps from every chain to every group.
        var pull = [Double](repeating: 0, count: e * count)
        for a in chains { for b in chains { pull[a * count + group[b]] += between[a * e + b] } }
        let least = 1e-10 * max(problem.weight, .leastNormalMagnitude)
        for _ in 0..<8 {
            var changed = false
            for (place, a) in chains.enumerated() {
                for b in chains[(place + 1)...] where group[a] != group[b] {
                    let (ga, gb) = (group[a], group[b])
                    let gain =
                        pull[a * count + gb] + pull[b * count + ga] - pull[a * count + ga] - pull[b * count + gb] - 2 * between[a * e + b]
                    guard gain > least else { continue }
                    for c in chains {
                        let shift = between[c * e + a] - between[c * e + b]
                        pull[c * count + gb] += shift
                        pull[c * count + ga] -= shift
                    }
                    (group[a], group[b]) = (gb, ga)
                    changed = true
                }
            }
            if !changed { break }
        }
        for number in groups.indices { groups[number] = [] }
        for chain in chains { groups[group[chain]].append(chain) }
        return groups
    }
}
