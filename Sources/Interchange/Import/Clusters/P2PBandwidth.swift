import Documents
import Hardware

/// Reads `p2pBandwidthLatencyTest`: copies between GPUs in GB/s, one way and both ways, with and without direct access to the peer.
///
/// The one-way matrix with direct access counts, else half of the two-way one. Without direct access copies go through the host, which is
/// what GPUs without it have.
enum P2PBandwidth {
    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        var tables: [String: GPUMatrixTable] = [:]
        var open: (name: String, table: GPUMatrixTable)?
        var unreachable = (count: 0, line: 0)
        func close() {
            if let open, !open.table.rows.isEmpty, tables[open.name] == nil { tables[open.name] = open.table }
            open = nil
        }
        for line in LogLines(text) {
            if line.text.contains("directional P2P=") {
                close()
                let way = line.text.contains("Bidirectional") ? "two" : "one"
                open = (way + (line.text.contains("P2P=Enabled") ? "-direct" : "-host"), GPUMatrixTable())
            } else if line.text.contains("CANNOT Access Peer") {
                if unreachable.count == 0 { unreachable.line = line.number }
                unreachable.count += 1
            } else if line.text.contains("Latency") || line.text.contains("Connectivity Matrix") {
                close()
            } else if var begun = open {
                let goesOn = begun.table.read(line.words, line: line.number)
                open = begun
                if !goesOn { close() }
            } else if line.text.hasPrefix("Device: "), let product = GPUProduct(String(line.text.prefix(120))) {
                evidence.see(product, on: nil, line: line.number)
            }
        }
        close()
        let choices: [(String, Double)] = [("one-direct", 1), ("two-direct", 0.5), ("one-host", 1), ("two-host", 0.5)]
        guard let (name, share) = choices.first(where: { tables[$0.0] != nil }), let table = tables[name] else {
            throw .log(file, 1, "there is no bandwidth matrix", "save all that p2pBandwidthLatencyTest prints")
        }
        evidence.node.gpus = table.columns.count
        evidence.gpuLinks = table.links(file, share: share)
        let line = table.rows.first?.line ?? 1
        if share < 1 {
            evidence.note(line, "only copies in both directions at once were measured; half of their bandwidth is taken for one")
        }
        if unreachable.count > 0, name.hasSuffix("direct") {
            evidence.note(unreachable.line, "\(unreachable.count) pairs of GPUs cannot access each other; their copies go through the host")
        }
        if name.hasSuffix("host") {
            evidence.note(line, "GPUs reach each other through the host; no matrix with direct access is in the file")
        }
    }
}
