import Documents
import Foundation
import Hardware
import Quantities

extension ClusterAssembly {
    /// What a curve was measured on.
    private struct Shape: Hashable {
        var collective: Collective
        var nodes: Int
        var gpus: Int
        var groups: Int
    }

    /// One curve for every collective and group; a size that was measured more than once has the median, which one slow node does not move.
    mutating func curves(_ gpusPerNode: Int) throws(ClusterImportError) -> [CollectiveCurve] {
        var points: [Shape: [Double: [Double]]] = [:]
        var sources: [Shape: [String]] = [:]
        for one in evidence {
            for curve in one.curves {
                let shape = try shape(of: curve, gpusPerNode)
                guard shape.gpus > 1 else {
                    note("\(curve.location.file):\(curve.location.line): a run on one GPU moves nothing and is left out")
                    continue
                }
                if !(sources[shape] ?? []).contains(one.origin.source) { sources[shape, default: []].append(one.origin.source) }
                for (bytes, seconds) in zip(curve.bytes, curve.seconds) {
                    let size = curve.isSizePerRank ? bytes * Double(shape.gpus) : bytes
                    points[shape, default: [:]][size, default: []].append(seconds)
                }
            }
        }
        let order = points.keys.sorted {
            ($0.collective.rawValue, $0.nodes, $0.gpus, $0.groups) < ($1.collective.rawValue, $1.nodes, $1.gpus, $1.groups)
        }
        return order.enumerated().map { index, shape in
            let sizes = (points[shape] ?? [:]).sorted { $0.key < $1.key }
            source("curves.\(index).source", Self.joined(sources[shape] ?? []))
            let spread = sizes.map { ($0.value.max() ?? 1) / ($0.value.min() ?? 1) }.max() ?? 1
            if spread > 1.5 {
                let times = String(format: "%.1f", spread)
                note("runs of \(shape.collective.rawValue) on \(shape.gpus) GPUs differ by a factor of up to \(times); the median is taken")
            }
            return CollectiveCurve(
                collective: shape.collective, nodes: shape.nodes, gpus: shape.gpus, groupsAtOnce: shape.groups, bytes: sizes.map(\.key),
                seconds: sizes.map { $0.value.median ?? 0 })
        }
    }

    private mutating func shape(of curve: MeasuredCurve, _ gpusPerNode: Int) throws(ClusterImportError) -> Shape {
        guard let gpus = curve.gpus ?? request.ranks else {
            throw .nothingSays(
                "how many ranks ran \(curve.collective.rawValue) at \(curve.location.file):\(curve.location.line)", remedy: "add --ranks")
        }
        if let nodes = curve.nodes { return Shape(collective: curve.collective, nodes: nodes, gpus: gpus, groups: curve.groupsAtOnce) }
        let nodes = (gpus + gpusPerNode - 1) / gpusPerNode
        note("\(curve.location.file):\(curve.location.line): the hosts are not listed; \(gpus) ranks are taken to fill \(nodes) nodes")
        return Shape(collective: curve.collective, nodes: nodes, gpus: gpus, groups: curve.groupsAtOnce)
    }

    private static func joined(_ sources: [String]) -> String {
        let shown = sources.prefix(3).joined(separator: "; ")
        return sources.count > 3 ? "\(shown); and \(sources.count - 3) more" : shown
    }
}
