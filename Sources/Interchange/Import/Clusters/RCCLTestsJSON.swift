import Documents
import Hardware

/// Reads the list of results that rccl-tests writes as JSON (`-Z json`): `[{"numCycle": 1, "name": "AllReduce", "nodes": 2, "ranks": 16,
/// "ranksPerNode": 8, "gpusPerRank": 1, "size": 8, "type": "float", "redop": "sum", "inPlace": 0, "time": …, "algBw": …, "busBw": …, "wrong": 0}, …]`,
/// of one node without the sizes.
struct RCCLTestsJSON {
    /// What one run is told apart by.
    private struct Shape: Hashable {
        var name: String
        var nodes: Int?
        var gpus: Int?
    }

    private(set) var runs: [NCCLTestsRun] = []

    /// Reads a list of results.
    ///
    /// - Throws: `DocumentError` where it is none.
    init(_ text: String, _ file: String) throws(DocumentError) {
        let items = try YAMLType<[YAMLNode]>.list(of: .node, count: 1...1_000_000).read(YAMLDocument.parse(text: text, file: file))
        var order: [Shape] = []
        var found: [Shape: NCCLTestsRun] = [:]
        for node in items {
            let result = try MappingReader(node, as: "a result of rccl-tests")
            let shape = try Self.shape(result)
            if found[shape] == nil {
                order.append(shape)
                found[shape] = NCCLTestsRun(operation: Self.operation(shape.name), line: result.location.line)
                found[shape]?.stated = shape.gpus.map { (shape.nodes, $0) }
            }
            if let row = try Self.row(result) { found[shape]?.rows.append(row) }
        }
        for shape in order {
            guard var run = found[shape] else { continue }
            // Both ways of using buffers are rows of their own; those out of place count where there are any.
            if run.rows.contains(where: { !$0.isInPlaceOnly }) { run.rows.removeAll(where: \.isInPlaceOnly) }
            runs.append(run)
        }
    }

    private static func shape(_ result: MappingReader) throws(DocumentError) -> Shape {
        let count = YAMLType<Int>.int(in: 1...ClusterProfile.largest)
        let name = try result.required("name", .text)
        let nodes = try result.optional("nodes", count)
        let (ranks, each) = (try result.optional("ranks", count), try result.optional("gpusPerRank", count) ?? 1)
        if let nodes, let ranks, let perNode = try result.optional("ranksPerNode", count), nodes * perNode != ranks {
            throw DocumentError(
                result.location(of: "ranks"),
                .invalid("\(ranks) ranks are not \(nodes) nodes of \(perNode)", remedy: "import the file as rccl-tests wrote it"))
        }
        return Shape(name: name, nodes: nodes, gpus: ranks.map { min($0 * each, ClusterProfile.largest) })
    }

    /// `AllReduce`, `AlltoAll` and their like.
    private static func operation(_ name: String) -> NCCLTestsRun.Operation? {
        NCCLTestsRun.Operation(file: name) ?? .other(String(name.filter { $0.isLetter }.prefix(32)))
    }

    private static func row(_ result: MappingReader) throws(DocumentError) -> NCCLTestsRow? {
        let bytes = try result.required("size", .measured)
        let time = try result.required("time", .measured)
        guard bytes > 0, bytes <= Double(1 << 49 as Int), time > 0, time < Substring.largest else { return nil }
        return NCCLTestsRow(
            bytes: bytes, reduction: (try? result.optional("redop", .text)) ?? "", seconds: time * 1e-6,
            algorithm: try result.optional("algBw", .measured) ?? .nan, bus: try result.optional("busBw", .measured) ?? .nan,
            wrong: try result.optional("wrong", .measured).flatMap { $0.isNaN ? nil : $0 },
            isInPlaceOnly: try result.optional("inPlace", .measured) ?? 0 == 1, line: result.location.line)
    }
}
