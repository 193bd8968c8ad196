import Documents
import Hardware

/// Reads what perftest writes with `--out_json`: one test of one device.
///
/// The file does not state the unit of its bandwidths, 2²⁰ B/s or with `--report_gbits` 10⁹ bit/s. The rate of messages times their size
/// tells which of the two it is, since they are 119 apart.
enum PerftestJSON {
    static func test(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) -> PerftestLog.Test {
        let root = try MappingReader(YAMLDocument.parse(text: text, file: file), as: "a report of perftest")
        let info = try MappingReader(try root.required("test_info", .node), as: "the description of the test")
        let results = try MappingReader(try root.required("results", .node), as: "the results of the test")
        let name = try info.optional("test", .text) ?? ""
        let device = try info.optional("Device", .text)
        switch try info.optional("Link_type", .text) {
        case "IB": evidence.node.network = .infiniband
        case "Ethernet": evidence.node.network = .roce
        default: break
        }
        let line = results.location.line
        guard results.has("BW_average") else {
            throw .log(file, line, "there is no BW_average", "save the report of a bandwidth test, such as ib_write_bw --out_json")
        }
        let bytes = try results.required("MsgSize", .measured)
        let average = try results.required("BW_average", .measured)
        let messages = try results.optional("MsgRate", .measured) ?? 0
        let byMessages = messages * 1e6 * bytes
        guard bytes > 0, average > 0, byMessages > 0, byMessages.isFinite else {
            throw .log(
                file, line, "without a rate of messages the unit of BW_average is not known", "measure with messages of 64 KiB to 8 MiB")
        }
        // The rate of messages has six decimals, of which large messages leave a few.
        let unit = [1_048_576, 1.25e8].first { abs(average * $0 / byMessages - 1) < 0.25 }
        guard let unit else {
            throw .log(
                file, line, "BW_average is neither the MiB/s nor the Gbit/s of \(messages) million messages of \(bytes) B a second",
                "measure again, and save the report as it is")
        }
        return PerftestLog.Test(
            device: device.flatMap { $0[...].isHostName ? $0 : nil }, isBidirectional: name.contains("Bidirectional"), line: line,
            rows: [(bytes, average * unit)])
    }
}
