public import Search

/// A picture of which GPU holds which pipeline stage: nodes as boxes, GPUs as cells, stages as colours.
public struct PlacementMap: Sendable {
    /// A node with what its GPUs hold.
    struct Node {
        /// The node's name.
        var name: String
        /// What each GPU holds; nil for a GPU without a rank.
        var gpus: [(rank: Int, stage: Int)?]
    }

    /// The nodes that the cluster has, in its order.
    private(set) var nodes: [Node]
    /// Pipeline stages of the job.
    let stages: Int

    /// A picture of a map.
    ///
    /// - Parameters:
    ///   - map: a place for every rank; places outside the cluster are not drawn.
    ///   - stages: the pipeline stage of every rank, by rank.
    ///   - nodeNames: the cluster's nodes, by index.
    ///   - gpusPerNode: GPUs of every node, by index.
    public init(_ map: [RankLocation], stages: [Int], nodeNames: [String], gpusPerNode: [Int]) {
        var nodes = zip(nodeNames, gpusPerNode).map { Node(name: $0, gpus: Array(repeating: nil, count: max(0, $1))) }
        for place in map where nodes.indices.contains(place.node) && nodes[place.node].gpus.indices.contains(place.gpu) {
            nodes[place.node].gpus[place.gpu] = (place.rank, stages.indices.contains(place.rank) ? stages[place.rank] : 0)
        }
        self.nodes = nodes
        self.stages = (stages.max() ?? 0) + 1
    }

    /// The picture with all nodes that hold the same stages as one box, under the name of the first and with its ranks; nil where more than `most`
    /// boxes remain.
    func folded(most: Int) -> PlacementMap? {
        var places: [[Int?]: Int] = [:]
        var groups: [[Int]] = []
        for index in nodes.indices {
            let stages = nodes[index].gpus.map { $0?.stage }
            if let place = places[stages] {
                groups[place].append(index)
            } else {
                places[stages] = groups.count
                groups.append([index])
            }
            guard groups.count <= most else { return nil }
        }
        var map = self
        map.nodes = groups.map { group in
            var node = nodes[group[0]]
            let last = group[group.count - 1]
            let areNeighbours = last - group[0] == group.count - 1
            if areNeighbours, group.count > 1 { node.name += " to \(nodes[last].name)" }
            if !areNeighbours { node.name += " and \(CountText.grouped(group.count - 1)) more" }
            return node
        }
        return map
    }

    /// The colour of a stage: Okabe and Ito's eight, then paler ones.
    static func colour(stage: Int) -> Colour {
        let hues: [UInt32] = [0x2F74B5, 0xE69F00, 0x2BA884, 0xD9652B, 0xB565A7, 0x56B4E9, 0xF0E442, 0x8894A6]
        return Colour(hues[stage % hues.count]).mixed(with: Colour(0xFFFFFF), min(0.75, Double(stage / hues.count) * 0.25))
    }

    /// Letters that can be read on a stage's colour.
    static func ink(stage: Int) -> Colour { TimelinePalette.ink(on: colour(stage: stage)) }
}
