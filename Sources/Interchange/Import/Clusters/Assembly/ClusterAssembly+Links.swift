import Documents
import Foundation
import Hardware
import Quantities

extension ClusterAssembly {
    /// Bandwidths from node to node of all files together; nil where none measures them.
    mutating func nodeMatrix() throws(ClusterImportError) -> LinkTable? {
        let tables = evidence.compactMap { one in
            one.nodeLinks.map { table in
                var renamed = table
                renamed.names = table.names.map { names($0) }
                return (table: renamed, source: one.origin.source)
            }
        }
        guard var merged = try merged(tables, "nodes") else { return nil }
        try complete(&merged, "nodes")
        source("node_bandwidth.source", tables.map(\.source).joined(separator: "; "))
        return merged
    }

    /// The links between nodes as whole nodes exchange them, by what the files or the option say was measured.
    mutating func measuredScope(_ table: LinkTable, _ group: NodeGroup) throws(ClusterImportError) -> MeasurementScope {
        if let stated = table.scope {
            if let asked = request.scope,
                asked.adapters(of: group.network, gpusPerNode: group.gpusPerNode)
                    != stated.adapters(of: group.network, gpusPerNode: group.gpusPerNode)
            {
                throw .contradiction(
                    "the file shows that links were measured over \(stated.text) a node, and --scope says \(asked.text)",
                    table.location, nil, remedy: "leave --scope out")
            }
            return stated
        }
        if let asked = request.scope { return asked }
        if let usual = table.usualScope {
            // More of them than a node has is all of it.
            let scope = usual.excess(over: [group]) == nil ? usual : .node
            if group.network.adaptersPerNode > 1 {
                note("links are taken to be those of \(scope.text) a node, by the ranks that a node had; --scope says it otherwise")
            }
            return scope
        }
        guard group.network.adaptersPerNode > 1 else { return .node }
        throw .nothingSays(
            "whether the links of \(table.location.file):\(table.location.line) were measured on one of a node's"
                + " \(group.network.adaptersPerNode) adapters or on all",
            remedy: "add --scope adapter, --scope '2 adapters' for two rails, --scope gpu, or --scope node")
    }

    /// A matrix of links between nodes as whole nodes exchange them; what it was multiplied by is said.
    mutating func wholeNodes(
        _ matrix: BandwidthMatrix, _ table: LinkTable, _ groups: [NodeGroup]
    ) throws(ClusterImportError) -> BandwidthMatrix {
        // The group with the most to move bounds what a link can be.
        let group = groups.max { $0.network.nodeBandwidth.value < $1.network.nodeBandwidth.value } ?? groups[0]
        let scope = try measuredScope(table, group)
        if let excess = scope.excess(over: [group]) {
            throw .contradiction(
                "links cannot have been measured over \(excess)", table.location, nil,
                remedy: "check --scope, --adapters and --gpus-per-node")
        }
        let (network, gpusPerNode) = (group.network, group.gpusPerNode)
        let carrying = scope.adapters(of: network, gpusPerNode: gpusPerNode)
        let most = carrying * network.adapterBandwidth.value
        var matrix = matrix
        if table.isOfCollective { for place in matrix.values.indices { matrix.values[place] = min(matrix.values[place], most) } }
        let largest = matrix.values.max() ?? 0
        // Nodes of one NVLink domain exchange more than their adapters carry.
        if group.fabric.domainSize <= gpusPerNode, largest > 1.1 * most {
            throw .contradiction(
                "a link of \(Self.gigabytes(largest)) GB/s is more than the \(Self.gigabytes(most)) GB/s of \(Self.count(carrying, "adapter"))"
                    + " that \(scope.text == "node" ? "a whole node has" : "'\(scope.text)' stands for")",
                table.location, nil, remedy: "check --scope, --adapters and --adapter-bandwidth")
        }
        let factor = scope.wholeNodeFactor(network, gpusPerNode: gpusPerNode)
        if factor > 1 {
            let times = String(format: "%g", factor)
            note(
                "links were measured over \(Self.count(carrying, "adapter")) of \(network.adaptersPerNode) a node;"
                    + " a whole node is taken to move \(times) times as much")
        }
        guard groups.count == 1 else { return matrix.ofWholeNodes(scope, groups) }
        var all = group
        all.nodes = matrix.count
        return matrix.ofWholeNodes(scope, [all])
    }

    private static func count(_ number: Double, _ what: String) -> String {
        "\(String(format: "%g", number)) \(what)\(number == 1 ? "" : "s")"
    }

    static func gigabytes(_ rate: Double) -> String { String(format: "%.1f", rate / 1e9) }

    /// Bandwidths between the GPUs of a node; nil where none or only a few were measured.
    mutating func gpuMatrix(_ gpusPerNode: Int) throws(ClusterImportError) -> BandwidthMatrix? {
        let tables = evidence.compactMap { one in one.gpuLinks.map { (table: $0, source: one.origin.source) } }
        guard let merged = try merged(tables, "GPUs") else { return nil }
        let expected = (0..<gpusPerNode).map { "gpu-\($0)" }
        let pairs = gpusPerNode * (gpusPerNode - 1)
        let measured = merged.names.count * (merged.names.count - 1) - merged.missing.count
        guard Set(merged.names).isSubset(of: expected), 2 * measured >= pairs else {
            note("\(measured) of \(pairs) pairs of GPUs inside a node were measured, too few for a matrix; they are left out")
            return nil
        }
        var whole = LinkTable(names: expected, location: merged.location)
        for (row, from) in merged.names.enumerated() {
            for (column, to) in merged.names.enumerated() {
                guard let first = expected.firstIndex(of: from), let second = expected.firstIndex(of: to) else { continue }
                whole[first, second] = merged[row, column]
            }
        }
        try complete(&whole, "GPUs")
        source("gpu_bandwidth.source", tables.map(\.source).joined(separator: "; "))
        return Self.matrix(whole, order: expected)
    }

    /// A complete table as a matrix with its endpoints in another order; the diagonal is zero.
    static func matrix(_ table: LinkTable, order: [String]) -> BandwidthMatrix {
        let place = Dictionary(uniqueKeysWithValues: table.names.enumerated().map { ($1, $0) })
        let rows = order.compactMap { place[$0] }
        var values: [Double] = []
        values.reserveCapacity(rows.count * rows.count)
        for row in rows { for column in rows { values.append(row == column ? 0 : table[row, column]) } }
        return BandwidthMatrix(names: rows.map { table.names[$0] }, values: values)
    }

    /// Several tables as one; a pair that more than one measured has the mean.
    private mutating func merged(_ tables: [(table: LinkTable, source: String)], _ what: String) throws(ClusterImportError) -> LinkTable? {
        guard var sum = tables.first?.table else { return nil }
        for (table, _) in tables.dropFirst() {
            if let one = sum.scope, let other = table.scope, one != other {
                throw .contradiction(
                    "links of \(other.text) here and of \(one.text) elsewhere", table.location, sum.location,
                    remedy: "import measurements of the same scope")
            }
            guard !Set(table.names).isDisjoint(with: sum.names) else {
                throw .differentNodes(table.names.first ?? "", table.location, sum.names.first ?? "", sum.location)
            }
            if sum.usualScope != table.usualScope {
                throw .contradiction(
                    "links of other numbers of ranks a node than elsewhere", table.location, sum.location,
                    remedy: "import runs with as many ranks a node")
            }
            sum = try union(sum, table, what)
        }
        return sum
    }

    private mutating func union(_ a: LinkTable, _ b: LinkTable, _ what: String) throws(ClusterImportError) -> LinkTable {
        var index = Dictionary(uniqueKeysWithValues: a.names.enumerated().map { ($1, $0) })
        var names = a.names
        for name in b.names where index[name] == nil {
            index[name] = names.count
            names.append(name)
        }
        var result = LinkTable(names: names, location: a.location)
        result.scope = a.scope ?? b.scope
        result.usualScope = a.usualScope ?? b.usualScope
        result.isOfCollective = a.isOfCollective || b.isOfCollective
        for row in a.names.indices { for column in a.names.indices { result[row, column] = a[row, column] } }
        let places = b.names.map { index[$0] ?? 0 }
        var ratios: [Double] = []
        for (row, from) in places.enumerated() {
            for (column, to) in places.enumerated() where from != to && !b[row, column].isNaN {
                let old = result[from, to]
                if !old.isNaN { ratios.append(b[row, column] / old) }
                result[from, to] = old.isNaN ? b[row, column] : (old + b[row, column]) / 2
            }
        }
        guard !ratios.isEmpty else { return result }
        ratios.sort()
        let median = ratios[ratios.count / 2]
        guard median > 0.5, median < 2 else {
            let ratio = String(format: "%.2g", median)
            throw .contradiction(
                "the bandwidths between \(what) are \(ratio) times those of the other file", b.location, a.location,
                remedy: "check their units and message sizes, and import one of them")
        }
        let worst = ratios.map { max($0, 1 / $0) }.max() ?? 1
        if worst > 1.25 {
            note("\(ratios.count) pairs of \(what) were measured twice, up to \(percent(worst - 1)) apart; the mean is taken")
        }
        return result
    }

    /// Fills what may be filled and refuses what is then missing.
    private mutating func complete(_ table: inout LinkTable, _ what: String) throws(ClusterImportError) {
        let missing = table.missing
        guard !missing.isEmpty else { return }
        let reversible = missing.filter { !table[$0.to, $0.from].isNaN }
        if request.symmetrises {
            for pair in reversible { table[pair.from, pair.to] = table[pair.to, pair.from] }
            if !reversible.isEmpty { note("\(reversible.count) pairs of \(what) have the bandwidth of the opposite direction") }
        }
        let left = request.symmetrises ? table.missing : missing
        guard !left.isEmpty else { return }
        let first = left.prefix(10).map { "\(table.names[$0.from]) to \(table.names[$0.to])" }
        throw .missingPairs(
            of: what, first: first, count: left.count, reversible: request.symmetrises ? 0 : reversible.count, table.location)
    }

    private func percent(_ share: Double) -> String { "\(Int((min(share, 1e6) * 100).rounded())) %" }
}
