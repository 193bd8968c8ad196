import CostModels
import Parallelism
import Workload

/// Experts on ranks that have their places: what the loads of ranks cost over the links between them, and which expert goes where.
///
/// Replicas hold the same experts on ranks of the same number, so that a layer waits for the slowest of all groups that hold it.
struct ExpertsOnRanks {
    /// Which experts each rank holds, by layer.
    struct Choice {
        /// The expert of each slot, a row a layer; nil where experts are as the routing has them.
        var order: [Int32]?
        /// Load of each rank over the mean, by layer.
        var loads: [[Double]]

        /// Busiest over mean load, the mean over layers.
        var busiest: Double { loads.reduce(0) { $0 + ($1.max() ?? 0) } / Double(max(1, loads.count)) }

        /// Whether no layer's busiest rank has more than in another choice.
        func isNoBusier(than other: Choice) -> Bool {
            zip(loads, other.loads).allSatisfy { ($0.max() ?? 0) <= ($1.max() ?? 0) * (1 + 1e-9) }
        }
    }

    private let routing: ExpertRouting
    private let ranks: Int
    private let groups: [ExpertGroupLinks]
    /// The groups that hold each layer.
    private let groupsOfLayer: [[Int]]
    private let cells: PlacementCells
    private let problem: PlacementProblem
    private let position: [Int32]

    /// nil where links and nodes are alike to the ranks of every group, or the routing is of other layers. The traffic of `cells` is priced with the routing,
    /// every stage with what its own layers load ranks.
    ///
    /// - Parameters:
    ///   - sendsVisits: whether what a rank receives grows with its load, as in an all-to-all of a message a token and expert; copies a node and gathers do not.
    ///   - holders: the pipeline ranks that hold each mixture layer.
    init?(
        _ routing: ExpertRouting, _ strategy: ParallelStrategy, holders: [[Int]], sendsVisits: Bool,
        _ cells: PlacementCells, _ problem: PlacementProblem, at position: [Int32]
    ) {
        guard strategy.expert > 1, holders.count == routing.layers, routing.experts % strategy.expert == 0 else { return nil }
        (self.routing, ranks, self.cells, self.problem, self.position) = (routing, strategy.expert, cells, problem, position)
        let traffic = cells.traffic
        let order = routing.order(ranks: strategy.expert)
        let loads = holders.indices.map { Self.loads(routing, ranks: strategy.expert, layer: $0, order) }
        let loadsOfStage = (0..<strategy.pipeline).map { stage in holders.indices.filter { holders[$0].contains(stage) }.map { loads[$0] } }
        // What a collective of some blocks carries is that of every stage whose groups share them.
        var parts: [(stage: Int, members: [Int32], memberOfRank: [Int])] = []
        var seen: Set<[Int]> = []
        var shared: [[Int32]: Double] = [:]
        for group in cells.grid.groups(.expert) {
            let stage = cells.grid.coordinate(of: group[0]).pipeline
            var members: [Int32] = []
            let memberOfRank = group.map { rank -> Int in
                let block = Int32(rank / cells.size)
                if members.last != block { members.append(block) }
                return members.count - 1
            }
            guard !loadsOfStage[stage].isEmpty, seen.insert([stage] + members.map(Int.init)).inserted else { continue }
            parts.append((stage, members, memberOfRank))
            shared[members, default: 0] += traffic.expertBytes[stage]
        }
        groups = parts.map { part in
            let carried = !sendsVisits ? 0 : problem.collectives.first { $0.shape == .allToAll && $0.members == part.members }?.bytes ?? 0
            let share = (shared[part.members] ?? 0) > 0 ? traffic.expertBytes[part.stage] / (shared[part.members] ?? 1) : 0
            let seconds = part.stage < traffic.expertSeconds.count ? traffic.expertSeconds[part.stage] : 0
            return ExpertGroupLinks(
                stage: part.stage, members: part.members, memberOfRank: part.memberOfRank, priced: loadsOfStage[part.stage],
                bytes: carried * share, compute: seconds, problem, at: position)
        }
        let groups = groups
        groupsOfLayer = holders.map { stages in groups.indices.filter { stages.contains(groups[$0].stage) } }
        guard !groups.allSatisfy(\.isEven) else { return nil }
    }

    // MARK: Which expert goes where

    /// Experts as the routing has them: in their order, in a map's, or as placed for so many ranks on links that are alike.
    var stated: Choice {
        let order = routing.order(ranks: ranks)
        return Choice(order: order, loads: (0..<routing.layers).map { Self.loads(routing, ranks: ranks, layer: $0, order) })
    }

    /// The best map of the experts that are free to move; `stated` where none is. `balances` keeps the busiest rank's load no higher than that.
    func placed(balances: Bool) -> Choice {
        guard let order = routing.order(ranks: ranks) else { return stated }
        return routing.placement == "load" ? byLoad(order, balances: balances) : permuted(order)
    }

    /// Layer by layer: as on links that are alike, the same with the heaviest on the ranks that are fastest, and packed by what load costs a rank.
    private func byLoad(_ order: [Int32], balances: Bool) -> Choice {
        var chosen = stated
        var result: [Int32] = []
        let experts = routing.experts
        for layer in 0..<routing.layers {
            let weights = weights(layer: layer)
            let row = Array(order[layer * experts..<(layer + 1) * experts])
            var best = (row, chosen.loads[layer], seconds(layer: layer, chosen.loads[layer]))
            func offer(_ row: [Int32]) {
                let loads = Self.loads(routing, ranks: ranks, layer: layer, row: 0, row)
                let seconds = seconds(layer: layer, loads)
                if seconds < best.2 * (1 - 1e-12) { best = (row, loads, seconds) }
            }
            offer(Self.moved(row, to: Self.places(best.1, weights)))
            if !balances {
                var packing = SlotPacking(routing.expertLoads(layer: layer), bins: ranks, factors: weights)
                packing.improve()
                offer(packing.bins.flatMap { $0.sorted().map(Int32.init) })
            }
            result += best.0
            chosen.loads[layer] = best.1
        }
        chosen.order = result
        return chosen
    }

    /// Whole ranks elsewhere, alike in all layers, so that tokens stay with a rank that they stay with: those with most load where it costs least.
    private func permuted(_ order: [Int32]) -> Choice {
        let before = stated
        var (sums, weights) = ([Double](repeating: 0, count: ranks), [Double](repeating: 0, count: ranks))
        for layer in 0..<routing.layers {
            let own = self.weights(layer: layer)
            for rank in 0..<ranks {
                sums[rank] += before.loads[layer][rank]
                weights[rank] += own[rank]
            }
        }
        let places = Self.places(sums, weights)
        let experts = routing.experts
        let moved = (0..<routing.layers).flatMap { Self.moved(Array(order[$0 * experts..<($0 + 1) * experts]), to: places) }
        let after = Choice(order: moved, loads: (0..<routing.layers).map { Self.loads(routing, ranks: ranks, layer: $0, moved) })
        return seconds(after) < seconds(before) * (1 - 1e-12) ? after : before
    }

    /// The rank to move each rank's experts to: the heaviest to where load costs least, which leaves the least greatest product.
    private static func places(_ loads: [Double], _ weights: [Double]) -> [Int] {
        let heaviest = loads.indices.sorted { loads[$0] != loads[$1] ? loads[$0] > loads[$1] : $0 < $1 }
        let cheapest = weights.indices.sorted { weights[$0] != weights[$1] ? weights[$0] < weights[$1] : $0 < $1 }
        var places = [Int](repeating: 0, count: loads.count)
        for (from, to) in zip(heaviest, cheapest) { places[from] = to }
        return places
    }

    /// A layer's row with the experts of each rank moved to another.
    private static func moved(_ row: [Int32], to places: [Int]) -> [Int32] {
        let local = row.count / places.count
        var moved = row
        for (from, to) in places.enumerated() {
            for slot in 0..<local { moved[to * local + slot] = row[from * local + slot] }
        }
        return moved
    }

    // MARK: What it costs

    /// Load of each rank over the mean, of a layer in the order of its row of `order`, or as the routing has it.
    private static func loads(_ routing: ExpertRouting, ranks: Int, layer: Int, row: Int? = nil, _ order: [Int32]?) -> [Double] {
        let loads = routing.expertLoads(layer: layer)
        let local = routing.experts / ranks
        let first = (row ?? layer) * routing.experts
        return (0..<ranks).map { rank in
            (rank * local..<(rank + 1) * local).reduce(0) { sum, place in
                sum + loads[order.map { Int($0[first + place]) } ?? place]
            } / Double(local)
        }
    }

    /// What a unit of load costs each rank of a layer, on the group where it costs most.
    private func weights(layer: Int) -> [Double] {
        var weights = [Double](repeating: 0, count: ranks)
        for group in groupsOfLayer[layer] {
            for (rank, weight) in groups[group].weights.enumerated() { weights[rank] = max(weights[rank], weight) }
        }
        return weights
    }

    private func seconds(layer: Int, _ loads: [Double]) -> Double {
        groupsOfLayer[layer].reduce(0) { max($0, groups[$1].seconds(loads)) }
    }

    private func seconds(_ choice: Choice) -> Double {
        choice.loads.enumerated().reduce(0) { $0 + seconds(layer: $1.offset, $1.element) }
    }

    /// The step time with experts so.
    func stepTime(_ choice: Choice) -> Double {
        var sums = [(exchange: Double, compute: Double)](repeating: (0, 0), count: groups.count)
        for (layer, loads) in choice.loads.enumerated() {
            for group in groupsOfLayer[layer] {
                let paces = groups[group].paces(loads)
                sums[group].exchange += paces.exchange
                sums[group].compute += paces.compute
            }
        }
        return stepTime(
            exchange: { sums[$0].exchange / (groups[$0].worst * groups[$0].exchangeLoad) },
            compute: { sums[$0].compute / groups[$0].computeLoad })
    }

    /// What no map of experts on these ranks is below: loads that are as even as their costs allow.
    var lowerBound: Double {
        var sums = [Double](repeating: 0, count: groups.count)
        for layer in 0..<routing.layers {
            let loads = routing.expertLoads(layer: layer)
            let local = Double(routing.experts / ranks)
            let (all, heaviest) = (loads.reduce(0, +) / local, (loads.max() ?? 0) / local)
            for group in groupsOfLayer[layer] {
                let weights = groups[group].weights
                sums[group] += max(all / weights.reduce(0) { $0 + 1 / $1 }, heaviest * (weights.min() ?? 0))
            }
        }
        // All of a group's time stands where its exchange is, or its experts' where it has none between nodes.
        return stepTime(
            exchange: { sums[$0] / (groups[$0].bytes * groups[$0].worst * groups[$0].exchangeLoad) },
            compute: {
                groups[$0].bytes > 0 || groups[$0].compute == 0 ? 0 : sums[$0] / (groups[$0].compute * groups[$0].computeLoad)
            })
    }

    /// The step time where a group's exchange takes a share of its price, and its experts so many times their price on a node of speed 1.
    private func stepTime(exchange: (Int) -> Double, compute: (Int) -> Double) -> Double {
        var problem = problem
        let traffic = cells.traffic
        for (place, collective) in problem.collectives.enumerated() where collective.shape == .allToAll {
            let own = groups.indices.filter { groups[$0].members == collective.members && groups[$0].bytes > 0 }
            let bytes = own.map { traffic.expertBytes[groups[$0].stage] }
            let whole = bytes.reduce(0, +)
            guard whole > 0 else { continue }
            problem.collectives[place].bytes *= zip(own, bytes).reduce(0) { $0 + exchange($1.0) * $1.1 } / whole
        }
        var slowest = [[Int]: Double]()
        for (index, group) in groups.enumerated() {
            let share = compute(index)
            for member in group.members {
                slowest[[Int(member), group.stage], default: 0] = max(slowest[[Int(member), group.stage]] ?? 0, share)
            }
        }
        for block in 0..<cells.count {
            let stages = Set((0..<cells.size).map { cells.grid.coordinate(of: block * cells.size + $0).pipeline }).sorted()
            let seconds = stages.map { stage -> Double in
                let plain = traffic.stageSeconds[stage]
                guard let share = slowest[[block, stage]], stage < traffic.expertSeconds.count else { return plain }
                return plain + traffic.expertSeconds[stage] * (share / problem.slowness[Int(position[block])] - 1)
            }
            problem.setCompute(block, seconds: seconds.reduce(0, +), period: seconds.max())
        }
        return problem.cost(position).total
    }
}
