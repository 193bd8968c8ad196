import Documents
import Hardware

/// All-reduces over one pair of nodes after another, as people look for the slow one: links between the nodes.
///
/// A ring over two nodes moves its bus bandwidth across the link in each direction, which is what counts as the link's.
struct NCCLTestsSweep {
    private var links: [(first: String, second: String, rate: Double, ranksOfNode: Int, line: Int)] = []

    /// Adds a run over two nodes; `rate` is its algorithm bandwidth in B/s at the largest size.
    mutating func add(_ run: NCCLTestsRun, _ rate: Double) {
        let hosts = run.hosts
        guard hosts.count == 2, run.groups.count == 1, run.ranks.count.isMultiple(of: 2),
            run.ranks.filter({ $0.host == hosts[0] }).count * 2 == run.ranks.count
        else { return }
        links.append((hosts[0], hosts[1], rate * Collective.allReduce.busFactor(run.ranks.count), run.ranks.count / 2, run.line))
    }

    /// States the links where several pairs were measured: as a matrix where every pair was, else those that are slow.
    func finish(_ evidence: inout ClusterEvidence) {
        guard Set(links.map { [$0.first, $0.second].sorted() }).count > 1, let first = links.first,
            links.allSatisfy({ $0.ranksOfNode == first.ranksOfNode })
        else { return }
        var builder = LinkTableBuilder()
        for link in links {
            guard builder.add(link.first, link.second, link.rate, line: link.line),
                builder.add(link.second, link.first, link.rate, line: link.line)
            else { return }
        }
        guard var table = builder.table(evidence.origin.file) else { return }
        if table.missing.isEmpty {
            table.scope = .gpus(first.ranksOfNode)
            table.isOfCollective = true
            evidence.nodeLinks = table
            evidence.note(
                first.line, "all-reduces over pairs of nodes are taken for their links, with the bus bandwidth of the largest size")
            return
        }
        evidence.note(
            first.line, "all-reduces over \(links.count) pairs of nodes are no matrix, since \(table.missing.count / 2) pairs are missing")
        let best = links.map(\.rate).max() ?? 0
        let slow = links.filter { $0.rate < 0.8 * best }
        let sound = Set(links.filter { $0.rate >= 0.8 * best }.flatMap { [$0.first, $0.second] })
        for link in slow {
            let share = Int((link.rate / best * 100).rounded())
            let suspects = [link.first, link.second].filter { !sound.contains($0) }
            let cause =
                switch suspects.count {
                case 1: "; \(suspects[0]) is in no faster pair"
                case 2: "; both are in no faster pair, so which of them is slow cannot be told: pair each with a third node"
                default: "; both are in faster pairs, so it is the path between them, or chance"
                }
            evidence.note(link.line, "\(link.first) and \(link.second) reach \(share) % of the best pair\(cause)", isFault: true)
        }
    }
}
