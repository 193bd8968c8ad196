import Documents
import Foundation
import Quantities
import Testing
import Workload

@testable import Search

/// Placement by the steps of tokens between layers, against brute force, planted placements and published ones.
@Suite struct AffinityProblemTests {
    /// Pairs of which a share stays in hidden groups of `groups`, alike inside, and the rest goes anywhere alike.
    static func planted(layers: Int, experts: Int, groups: Int, share: Double, seed: UInt64) -> (ExpertAffinity, group: [Int32]) {
        var random = SeededRandom(seed: seed)
        let size = experts / groups
        var group: [Int32] = []
        for _ in 0..<layers {
            var row = (0..<experts).map { Int32($0 / size) }
            for place in stride(from: experts - 1, to: 0, by: -1) { row.swapAt(place, random.below(place + 1)) }
            group += row
        }
        var counts: [Double] = []
        for step in 0..<layers - 1 {
            for a in 0..<experts {
                for b in 0..<experts {
                    let isKept = group[step * experts + a] == group[(step + 1) * experts + b]
                    counts.append((1 - share) / Double(experts) + (isKept ? share / Double(size) : 0))
                }
            }
        }
        return (ExpertAffinity(experts: experts, counts: counts), group)
    }

    /// Pairs at random.
    static func random(layers: Int, experts: Int, seed: UInt64) -> ExpertAffinity {
        var random = SeededRandom(seed: seed)
        let counts = (0..<(layers - 1) * experts * experts).map { _ in Double(random.below(100)) }
        return ExpertAffinity(experts: experts, counts: counts)
    }

    private func cost(_ map: ExpertMap, _ affinity: ExpertAffinity, ranksPerNode: Int) -> Double {
        let hops = ExpertHops(map, affinity, ranksPerNode: ranksPerNode)
        return hops.inside + 2 * hops.outside
    }

    @Test(arguments: 0..<12) func `few experts are placed as well as every placement tried`(seed: UInt64) throws {
        let shapes: [(layers: Int, experts: Int, ranks: Int, ranksPerNode: Int)] = [(3, 4, 2, 2), (4, 4, 4, 2), (3, 6, 3, 3), (3, 4, 2, 1)]
        let shape = shapes[Int(seed) % shapes.count]
        let affinity = Self.random(layers: shape.layers, experts: shape.experts, seed: seed)
        let problem = try #require(AffinityProblem(affinity, ranks: shape.ranks, ranksPerNode: shape.ranksPerNode))
        let found = try #require(problem.solved(seed: seed))
        // Every placement of every layer.
        var rows: [[Int32]] = []
        func fill(_ row: [Int32]) {
            guard row.count < shape.experts else { return rows.append(row) }
            for rank in 0..<Int32(shape.ranks) where row.count(where: { $0 == rank }) < shape.experts / shape.ranks { fill(row + [rank]) }
        }
        fill([])
        var least = Double.infinity
        func walk(_ placement: [Int32]) {
            guard placement.count < shape.layers * shape.experts else {
                let hops = ExpertHops(rankOfExpert: placement, affinity, ranksPerNode: shape.ranksPerNode)
                least = min(least, hops.inside + 2 * hops.outside)
                return
            }
            for row in rows { walk(placement + row) }
        }
        walk([])
        #expect(found.isExact)
        #expect(abs(found.cost - least) < 1e-9)
        #expect(abs(cost(found.map, affinity, ranksPerNode: shape.ranksPerNode) - least) < 1e-9)
    }

    @Test(arguments: [0, 1, 2, 3]) func `a planted placement is found again`(seed: UInt64) throws {
        let (affinity, group) = Self.planted(layers: 8, experts: 16, groups: 4, share: 0.9, seed: seed)
        let found = try #require(AffinityProblem(affinity, ranks: 4, ranksPerNode: 4)?.solved(seed: 1))
        let best = ExpertHops(rankOfExpert: group, affinity, ranksPerNode: 4)
        let ours = ExpertHops(found.map, affinity, ranksPerNode: 4)
        #expect(ours.stay >= 0.99 * best.stay)
        #expect(found.bound <= found.cost + 1e-12 && found.cost <= found.inOrder)
    }

    /// A chain of single experts: 90 % of an expert's tokens go to one of the next layer.
    @Test func `a planted permutation is found again and proved the best`() throws {
        let (affinity, _) = Self.planted(layers: 8, experts: 16, groups: 16, share: 0.9, seed: 5)
        let found = try #require(AffinityProblem(affinity, ranks: 4, ranksPerNode: 2)?.solved(seed: 1))
        let hops = ExpertHops(found.map, affinity, ranksPerNode: 2)
        // On the rank 0.9 and of the rest a quarter, 4 of 16.
        #expect(abs(hops.stay - 0.925) < 1e-9)
        #expect(abs(found.cost - found.bound) < 1e-9 && found.isExact)
    }

    /// What ExFlow's authors report of MoE-64 (arXiv:2401.08383, §6): 40 % fewer steps to other GPUs on 4 of them, 25 % on 32. A skew that allows
    /// both sends 23 % of an expert's tokens to one expert of the next layer and 17 % to a group of 16; the search finds what it allows.
    @Test(arguments: [(4, 0.40), (32, 0.25)]) func `64 experts gain on few and on many ranks what was reported`(ranks: Int, gain: Double)
        throws
    {
        let (single, one) = Self.planted(layers: 5, experts: 64, groups: 64, share: 1, seed: 2)
        // Groups of 16 of the same chains.
        let group = one.map { $0 / 16 }
        var counts: [Double] = []
        for step in 0..<4 {
            for a in 0..<64 {
                for b in 0..<64 {
                    let isGroup = group[step * 64 + a] == group[(step + 1) * 64 + b]
                    counts.append(0.23 * single.counts[(step * 64 + a) * 64 + b] + (isGroup ? 0.17 / 16 : 0) + 0.6 / 64)
                }
            }
        }
        let affinity = ExpertAffinity(experts: 64, counts: counts)
        let found = try #require(AffinityProblem(affinity, ranks: ranks, ranksPerNode: ranks)?.solved(seed: 0))
        let stay = ExpertHops(found.map, affinity, ranksPerNode: ranks).stay
        let order = 1 - 1 / Double(ranks)
        #expect(abs((1 - (1 - stay) / order) - gain) < 0.03, "\(1 - (1 - stay) / order)")
    }

    /// Eight experts on four GPUs have 2,520 placements a layer, and Mixtral 32 layers: all are tried, of a node and of two.
    @Test(arguments: [2, 4]) func `pairs without a pattern are placed exactly too`(ranksPerNode: Int) throws {
        let affinity = Self.random(layers: 32, experts: 8, seed: 3)
        let found = try #require(AffinityProblem(affinity, ranks: 4, ranksPerNode: ranksPerNode)?.solved(seed: 0))
        #expect(found.isExact && found.bound == found.cost && found.cost < found.inOrder)
        #expect(abs(cost(found.map, affinity, ranksPerNode: ranksPerNode) - found.cost) < 1e-9)
    }

    @Test func `uniform routing gains nothing`() throws {
        let affinity = ExpertAffinity(experts: 8, counts: [Double](repeating: 3, count: 5 * 64))
        let found = try #require(AffinityProblem(affinity, ranks: 4, ranksPerNode: 2)?.solved())
        #expect(abs(found.cost - found.inOrder) < 1e-12 && found.isExact)
    }

    @Test(arguments: 0..<6) func `no placement is worse than experts in their order, nor below its bound`(seed: UInt64) throws {
        let affinity = Self.random(layers: 5, experts: 24, seed: seed)
        for (ranks, ranksPerNode) in [(4, 2), (8, 8), (12, 4), (24, 8), (1, 8)] {
            let found = try #require(AffinityProblem(affinity, ranks: ranks, ranksPerNode: ranksPerNode)?.solved(seed: seed))
            #expect(found.cost <= found.inOrder + 1e-12 && found.bound <= found.cost + 1e-12)
            #expect(abs(cost(found.map, affinity, ranksPerNode: ranksPerNode) - found.cost) < 1e-9)
            #expect(found.map.experts == 24 && found.map.ranks == ranks && !found.map.hasCopies)
        }
    }

    @Test func `what cannot be dealt evenly is no problem`() {
        let affinity = Self.random(layers: 2, experts: 8, seed: 0)
        for (ranks, ranksPerNode) in [(3, 8), (0, 8), (16, 8), (8, 3), (8, 0), (-1, 1)] {
            #expect(AffinityProblem(affinity, ranks: ranks, ranksPerNode: ranksPerNode) == nil)
        }
    }

    /// The placements of Mixtral 8x7B that ExFlow's authors publish, without the trace that they were made from. Its skew follows from their cost:
    /// of 31 steps 17.4953 change the GPU of 4, and 22.1660 of 8 (the names of the files). On pairs of that skew the placement costs what
    /// the file's name says, and ours no more.
    @Test(
        .enabled(if: placements != nil, "needs ../shared/data/papers/exflow_mixtral_placement.csv"),
        arguments: [(4, 17.4953), (8, 22.1660)])
    func `the published placements of Mixtral are no better`(gpus: Int, changes: Double) throws {
        let rank = try #require(Self.placements?[gpus])
        let stay = 1 - changes / 31
        var counts: [Double] = []
        for step in 0..<31 {
            for a in 0..<8 {
                for b in 0..<8 {
                    let isKept = rank[step * 8 + a] == rank[(step + 1) * 8 + b]
                    counts.append(isKept ? stay * Double(gpus) / 8 : (1 - stay) / Double(8 - 8 / gpus))
                }
            }
        }
        let affinity = ExpertAffinity(experts: 8, counts: counts)
        let published = ExpertHops(rankOfExpert: rank, affinity, ranksPerNode: 8)
        #expect(abs(31 * (1 - published.stay) - changes) < 1e-9)
        let problem = try #require(AffinityProblem(affinity, ranks: gpus, ranksPerNode: 1))
        let found = try #require(problem.solved(seed: 0))
        let ours = ExpertHops(found.map, affinity, ranksPerNode: 1)
        #expect(1 - ours.stay <= 1 - published.stay + 1e-9)
        let order = found.inOrder / 2
        let gain = 1 - (1 - ours.stay) / order
        // On 8 GPUs a quarter is out of reach: what no placement is below is 18 % under what experts placed anyhow change (27.125 of 31).
        if gpus == 8 {
            #expect(found.isExact && abs(found.bound / 2 - changes / 31) < 1e-9 && abs(1 - found.bound / 2 / (7.0 / 8) - 0.183) < 0.001)
        }
        #expect(gpus == 4 ? gain >= 0.25 : gain >= 0.15, "\(gain)")
    }

    /// The GPU of every expert of every layer, by the number of GPUs.
    private static let placements: [Int: [Int32]]? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        let path = root.appending(path: "../shared/data/papers/exflow_mixtral_placement.csv").standardized.path
        guard FileManager.default.fileExists(atPath: path), let table = try? CSVTable.read(path: path),
            let columns = try? ["gpus", "layer", "expert", "gpu"].map({ try table.column($0) })
        else { return nil }
        var placements: [Int: [Int32]] = [:]
        for row in 0..<table.rows {
            let numbers = columns.compactMap { Int(table.text($0, row: row)) }
            guard numbers.count == 4 else { return nil }
            placements[numbers[0], default: [Int32](repeating: 0, count: 256)][numbers[1] * 8 + numbers[2]] = Int32(numbers[3])
        }
        return placements
    }()
}
