import Documents
import Hardware

/// mpiGraph with several ranks a node: its links between ranks as links between nodes.
struct MPIGraphNodes {
    private let names: [String]
    /// The ranks of each node.
    private let ranks: [[Int]]
    private let location: SourceLocation

    /// Nil where every rank has a host of its own.
    init?(hosts: [String], file: String, line: Int) {
        var place: [String: Int] = [:]
        var names: [String] = []
        var ranks: [[Int]] = []
        for (rank, host) in hosts.enumerated() {
            if let known = place[host] {
                ranks[known].append(rank)
            } else {
                place[host] = names.count
                names.append(host)
                ranks.append([rank])
            }
        }
        guard names.count < hosts.count else { return nil }
        self.names = names
        self.ranks = ranks
        location = SourceLocation(file: file, line: line)
    }

    /// The links between nodes: the sum over the ranks of a node that send to another in the same step.
    func links(_ table: LinkTable, devices: NamedDevices, _ evidence: inout ClusterEvidence) throws(DocumentError) -> LinkTable {
        let (file, line) = (location.file, location.line)
        guard names.count > 1 else {
            throw .log(file, line, "all ranks ran on \(names[0])", "links between nodes need a run over several nodes")
        }
        let size = ranks[0].count
        guard let other = ranks.firstIndex(where: { $0.count != size }) else { return try sums(table, size, devices, &evidence) }
        throw .log(
            file, line, "\(names[0]) has \(size) ranks and \(names[other]) has \(ranks[other].count)",
            "run mpiGraph with as many ranks on every node")
    }

    private func sums(
        _ table: LinkTable, _ size: Int, _ devices: NamedDevices, _ evidence: inout ClusterEvidence
    ) throws(DocumentError) -> LinkTable {
        let (file, line) = (location.file, location.line)
        let count = table.names.count
        var nodes = LinkTable(names: names, location: location)
        for from in names.indices {
            for to in names.indices where to != from {
                // The ranks of a node reach those of the other in one step where all are as far apart.
                let steps = Set(zip(ranks[from], ranks[to]).map { ($1 - $0 + count) % count })
                guard steps.count == 1 else {
                    throw .log(
                        file, line,
                        "ranks of \(names[from]) and \(names[to]) are neither in a row nor dealt in turn,"
                            + " and send at other times",
                        "place ranks by node or round robin, or run mpiGraph with one rank a node")
                }
                let rates = zip(ranks[from], ranks[to]).map { table[$0, $1] }
                if rates.allSatisfy({ $0 > 0 }) { nodes[from, to] = rates.reduce(0, +) }
            }
        }
        nodes.scope = devices.scope
        if nodes.scope == nil { nodes.usualScope = .gpus(size) }
        evidence.note(line, "\(size) ranks of a node send to those of another at once; a link is the sum of their rates")
        return nodes
    }
}
