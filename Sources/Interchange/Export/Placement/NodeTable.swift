import Hardware
import Parallelism
import Search

/// The ranks of a plan by node: the common form of every launcher's hostfile.
struct NodeTable {
    /// A node of the job.
    struct Node {
        /// Its name; nil where the cluster states no names.
        var name: String?
        /// Its index in the cluster.
        var index: Int
        /// Its ranks in order.
        var ranks: [Int]
        /// The GPU of each of them.
        var gpus: [Int]

        /// Whether its ranks follow each other.
        var hasConsecutiveRanks: Bool { zip(ranks, ranks.dropFirst()).allSatisfy { $1 == $0 + 1 } }
        /// Whether the i-th rank has the i-th GPU.
        var hasGPUsInOrder: Bool { gpus == Array(0..<gpus.count) }
    }

    /// The nodes in the order of their first rank.
    let nodes: [Node]
    /// Position in `nodes` of each rank's node.
    let nodeOfRank: [Int]
    /// The GPU of each rank.
    let gpuOfRank: [Int]
    /// Whether the cluster names its nodes, so that files can.
    let hasNames: Bool
    /// GPUs of a node, which the launchers of whole nodes need to be the same everywhere.
    let gpusPerNode: Int

    /// The table of a plan; without a placement ranks fill nodes in order.
    init(_ plan: LaunchConfiguration) {
        let sizes = plan.cluster.groups.flatMap { [Int](repeating: $0.gpusPerNode, count: $0.nodes) }
        let places = plan.placement ?? Self.inOrder(sizes, count: plan.strategy.worldSize)
        let hasNames = plan.cluster.nodeNames.count >= plan.cluster.nodes
        var nodes: [Node] = []
        var position: [Int: Int] = [:]
        var nodeOfRank: [Int] = []
        for place in places {
            if position[place.node] == nil {
                position[place.node] = nodes.count
                let name = hasNames ? plan.cluster.nodeName(place.node) : nil
                nodes.append(Node(name: name, index: place.node, ranks: [], gpus: []))
            }
            let index = position[place.node] ?? 0
            nodes[index].ranks.append(place.rank)
            nodes[index].gpus.append(place.gpu)
            nodeOfRank.append(index)
        }
        self.nodes = nodes
        self.nodeOfRank = nodeOfRank
        gpuOfRank = places.map(\.gpu)
        self.hasNames = hasNames
        gpusPerNode = min(sizes.max() ?? 1, plan.strategy.worldSize)
    }

    /// Whether the i-th rank of every node has its i-th GPU.
    var hasGPUsInOrder: Bool { nodes.allSatisfy(\.hasGPUsInOrder) }

    /// Names of the nodes in order, all of them plain enough for `target`.
    func names(for target: ExportTarget) throws(ExportError) -> [String] {
        var names: [String] = []
        for case let name? in nodes.map(\.name) {
            let bad = name.unicodeScalars.first {
                !$0.isASCII || $0.value <= 0x20 || $0.value == 0x7F || "#,=[]\"'`\\".unicodeScalars.contains($0)
            }
            if let bad {
                let what = bad.value > 0x20 && bad.value < 0x7F ? "the character \(bad)" : "a space, a control or a non-ASCII character"
                throw .unusableName(
                    CommentText.oneLine(name), target: target, reason: "\(what) has a meaning of its own there or none at all")
            }
            names.append(name)
        }
        return names
    }

    /// Checks what launchers of one command a node need: the same number of consecutive ranks on every node.
    func checkWholeNodes(_ target: ExportTarget) throws(ExportError) {
        let count = nodes.first?.ranks.count ?? 0
        guard nodes.allSatisfy({ $0.ranks.count == count }) else {
            guard let last = nodes.last, nodes.dropLast().allSatisfy({ $0.ranks.count == count }), last.ranks.count < count else {
                throw .mixedNodes(target: target)
            }
            throw .partialNodes(gpus: nodeOfRank.count, perNode: count)
        }
        guard let broken = nodes.first(where: { !$0.hasConsecutiveRanks }) else { return }
        throw .inexpressiblePlacement(
            target: target,
            reason:
                "it gives the processes of a node consecutive ranks, and node \(broken.name.map(CommentText.oneLine) ?? String(broken.index)) "
                + "holds ranks \(broken.ranks.map(String.init).joined(separator: ", ")); use slurm or openmpi")
    }

    private static func inOrder(_ sizes: [Int], count: Int) -> [RankLocation] {
        var places: [RankLocation] = []
        for (node, size) in sizes.enumerated() {
            for gpu in 0..<size where places.count < count { places.append(RankLocation(rank: places.count, node: node, gpu: gpu)) }
        }
        return places
    }
}
