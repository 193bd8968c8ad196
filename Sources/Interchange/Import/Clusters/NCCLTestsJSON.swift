import Documents
import Hardware

/// Reads the JSON that nccl-tests writes with `-J`.
///
/// Its `env` holds the whole environment of the job and its `args` the command line; neither is looked into.
struct NCCLTestsJSON {
    var run: NCCLTestsRun
    /// When the run began, as the file states it.
    var date: String?

    init(_ text: String, _ file: String) throws(DocumentError) {
        let root = try MappingReader(YAMLDocument.parse(text: text, file: file), as: "a report of nccl-tests")
        run = NCCLTestsRun(line: root.location.line)
        if let start = try root.optional("start_time", .text), start.utf8.count <= 32,
            start.allSatisfy({ $0.isASCII && ($0.isNumber || " -:TZ".contains($0)) })
        {
            date = start
        }
        if let config = try root.optional("config", .node) {
            let config = try MappingReader(config, as: "the configuration")
            try readRanks(config.optional("devices", .list(of: .node)) ?? [])
        }
        try readRanks(root.optional("devices", .list(of: .node)) ?? [])
        for node in try root.required("results", .list(of: .node, count: 0...100_000)) {
            let result = try MappingReader(node, as: "a result")
            if run.operation == nil, let name = try result.optional("experiment_name", .text) {
                run.operation = NCCLTestsRun.Operation(program: Substring(name)) ?? NCCLTestsRun.Operation(name: Substring(name))
            }
            if let row = try Self.row(result) { run.rows.append(row) }
        }
    }

    private mutating func readRanks(_ devices: [YAMLNode]) throws(DocumentError) {
        for node in devices {
            let device = try MappingReader(node, as: "a device")
            let host = try device.required("hostname", .text)
            guard host[...].isHostName else {
                throw DocumentError(
                    device.location(of: "hostname"), .invalid("this is no host name", remedy: "use letters, digits, '.', '-' and '_'"))
            }
            run.ranks.append(
                .init(
                    rank: try device.required("rank", .int(in: 0...ClusterProfile.largest)),
                    group: try device.optional("group", .int(in: 0...ClusterProfile.largest)) ?? 0, host: host,
                    device: try device.optional("device", .int(in: 0...4096)) ?? 0,
                    gpu: GPUProduct(try device.optional("device_info", .text) ?? ""), line: device.location.line))
        }
    }

    /// A row from its better half; nil where neither was measured.
    private static func row(_ result: MappingReader) throws(DocumentError) -> NCCLTestsRow? {
        let bytes = try result.required("size", .int(in: 0...1 << 49))
        for (key, isInPlace) in [("out_of_place", false), ("in_place", true)] {
            guard let node = try result.optional(key, .node) else { continue }
            let half = try MappingReader(node, as: "a measurement")
            // With `-C` it is the time of the processor, which stands under another key.
            let time = try half.optional(half.has("time") ? "time" : "cpu_time", .measured) ?? .nan
            guard time > 0, time < Substring.largest else { continue }
            let algorithm = try half.optional("alg_bw", .measured) ?? .nan
            let bus = try half.optional("bus_bw", .measured) ?? .nan
            return NCCLTestsRow(
                bytes: Double(bytes), reduction: (try? result.optional("redop", .text)) ?? "", seconds: time * 1e-6, algorithm: algorithm,
                bus: bus, wrong: try half.optional("nwrong", .measured).flatMap { $0.isNaN ? nil : $0 }, isInPlaceOnly: isInPlace,
                line: result.location.line)
        }
        return nil
    }
}

extension YAMLType where Value == Double {
    /// A number, quoted or not; `nan` and words for nothing measured are NaN.
    static var measured: YAMLType {
        YAMLType("a number") { node throws(DocumentError) in
            guard case .scalar(let scalar) = node else {
                throw DocumentError(node.location, .wrongType(found: node.kind, expected: "a number"))
            }
            if let value = Double(scalar.text) { return value }
            guard ["nan", "-nan", "n/a", "null", "none", ""].contains(scalar.text.lowercased()) else {
                throw DocumentError(node.location, .wrongType(found: node.kind, expected: "a number"))
            }
            return .nan
        }
    }
}
