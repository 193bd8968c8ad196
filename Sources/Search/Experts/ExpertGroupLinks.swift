/// The links of an expert-parallel group whose ranks have their places, and what loads of its ranks cost on them.
///
/// A rank with L times the mean load receives L times the mean bytes and sends them back, and every rank sends its own tokens to all. With R and S the
/// seconds per byte that a rank takes to receive from and to send to all other nodes of its group, N(o) the mean load of node o's ranks, and σ the slowness of a
/// rank's node, a layer takes
///
///     ½·x·[ max(L·R, Σ N(o)·link to o) + max(L·S, Σ N(o)·link from o) ] + c·max L·σ
///
/// where x are the bytes between two nodes at the mean load and c the seconds of the experts. On links and nodes that are alike that is what the search
/// prices (`ExchangeRows`): the busiest rank's load, or what the node sends whose own ranks have least, times what the mean load takes.
struct ExpertGroupLinks {
    /// The pipeline rank.
    let stage: Int
    /// The blocks of ranks that it runs on.
    let members: [Int32]
    /// The member that each expert rank belongs to.
    let memberOfRank: [Int]
    /// Time of each member's compute over that of a node of speed 1.
    let slowness: [Double]
    /// Bytes between two members and seconds of experts, in a layer at the mean load.
    let bytes, compute: Double
    /// What the layers of the stage take on links and nodes that are alike, with the loads at which they are priced, over what one takes at the mean load.
    let exchangeLoad, computeLoad: Double
    /// Seconds per byte from each member to each other, row-major, and of all others together to send to and to receive from.
    private let links, send, receive: [Double]
    /// Ranks of each member.
    private let sizes: [Int]

    /// A group whose layers exchange so many bytes between two members, and whose experts take so many seconds, with the loads of ranks `priced`, by layer.
    init(
        stage: Int, members: [Int32], memberOfRank: [Int], priced: [[Double]], bytes: Double, compute: Double,
        _ problem: PlacementProblem, at position: [Int32]
    ) {
        (self.stage, self.members, self.memberOfRank) = (stage, members, memberOfRank)
        let count = members.count
        slowness = members.map { problem.slowness[Int(position[Int($0)])] }
        let links = (0..<count * count).map { pair -> Double in
            let (from, to) = (members[pair / count], members[pair % count])
            return from == to ? 0 : problem.ringInverse[problem.link(position[Int(from)], position[Int(to)])]
        }
        send = (0..<count).map { member in (0..<count).reduce(0) { $0 + links[member * count + $1] } }
        receive = (0..<count).map { member in (0..<count).reduce(0) { $0 + links[$1 * count + member] } }
        let sizes = (0..<count).map { member in memberOfRank.count { $0 == member } }
        self.sizes = sizes
        exchangeLoad = priced.reduce(0) { $0 + Self.alike($1, memberOfRank, sizes) }
        computeLoad = priced.reduce(0) { $0 + ($1.max() ?? 0) }
        self.bytes = exchangeLoad > 0 ? bytes / exchangeLoad : 0
        self.compute = computeLoad > 0 ? compute / computeLoad : 0
        self.links = links
    }

    /// Seconds per byte of the member that takes longest to send or to receive.
    var worst: Double { max(send.max() ?? 0, receive.max() ?? 0) }

    /// Whether it matters which rank has which load.
    var isEven: Bool {
        func isAlike(_ numbers: [Double]) -> Bool { (numbers.max() ?? 0) - (numbers.min() ?? 0) <= 1e-6 * (numbers.max() ?? 0) }
        return (bytes == 0 || isAlike(send + receive)) && isAlike(slowness)
    }

    /// Seconds that a layer takes at least for each unit of a rank's load.
    var weights: [Double] {
        memberOfRank.map { bytes * (send[$0] + receive[$0]) / 2 + compute * slowness[$0] }
    }

    /// The load with which a layer's exchange is priced on links that are alike: the busiest rank's, or the mean of all other members' where that is more.
    private static func alike(_ loads: [Double], _ memberOfRank: [Int], _ sizes: [Int]) -> Double {
        let busiest = loads.max() ?? 0
        guard sizes.count > 1 else { return busiest }
        var mean = [Double](repeating: 0, count: sizes.count)
        for (rank, member) in memberOfRank.enumerated() { mean[member] += loads[rank] / Double(sizes[member]) }
        let others = (mean.reduce(0, +) - (mean.min() ?? 0)) / Double(sizes.count - 1)
        return max(busiest, others)
    }

    /// Seconds per byte of a layer's exchange, the mean of both ways, and the load of its slowest rank as on a node of speed 1.
    func paces(_ loads: [Double]) -> (exchange: Double, compute: Double) {
        let count = members.count
        var mean = [Double](repeating: 0, count: count)
        var (there, back, slowest) = (0.0, 0.0, 0.0)
        for (rank, member) in memberOfRank.enumerated() {
            mean[member] += loads[rank] / Double(sizes[member])
            there = max(there, loads[rank] * receive[member])
            back = max(back, loads[rank] * send[member])
            slowest = max(slowest, loads[rank] * slowness[member])
        }
        for member in 0..<count {
            var (out, into) = (0.0, 0.0)
            for other in 0..<count {
                out += mean[other] * links[member * count + other]
                into += mean[other] * links[other * count + member]
            }
            there = max(there, out)
            back = max(back, into)
        }
        return ((there + back) / 2, slowest)
    }

    /// Seconds of a layer.
    func seconds(_ loads: [Double]) -> Double {
        let paces = paces(loads)
        return bytes * paces.exchange + compute * paces.compute
    }
}
