import Documents

/// Reads Pipette's bandwidth file: `{"gpus": [hosts], "bandwidth": [[…]]}` in MB/s, perhaps as `{"0": receiving, "1": sending}`.
///
/// Rows of the sending matrix send to columns; those of the receiving one receive from them. The diagonal is filler.
enum PipetteBandwidths {
    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        let root = try MappingReader(YAMLDocument.parse(text: text, file: file), as: "Pipette's bandwidths")
        var matrix = root
        var isSend = true
        if !root.has("bandwidth") {
            if let send = try root.optional("1", .node) {
                matrix = try MappingReader(send, as: "the sending matrix")
                evidence.note(matrix.location.line, "the bandwidths of sending are used; those of receiving are left out")
            } else if let receive = try root.optional("0", .node) {
                matrix = try MappingReader(receive, as: "the receiving matrix")
                isSend = false
                evidence.note(matrix.location.line, "only the bandwidths of receiving were measured, and are used")
            }
        }
        let rows = try matrix.required("bandwidth", .list(of: .node, count: 1...LinkTable.largest))
        let names = try matrix.required("gpus", .list(of: .string, count: 1...LinkTable.largest))
        guard names.count == rows.count else {
            throw DocumentError(
                matrix.location(of: "bandwidth"),
                .invalid("the matrix has \(rows.count) rows for \(names.count) hosts", remedy: "it must be square, a row for every host"))
        }
        guard Set(names).count == names.count, names.allSatisfy({ $0[...].isHostName }) else {
            throw DocumentError(
                matrix.location(of: "gpus"), .invalid("these are not the names of different hosts", remedy: "name each once"))
        }
        var table = LinkTable(names: names, location: matrix.location(of: "bandwidth"))
        for (index, row) in rows.enumerated() {
            let cells = try YAMLType.list(of: .measured, count: names.count...names.count).read(row)
            for (column, value) in cells.enumerated() where column != index && value > 0 && value < Substring.largest {
                if isSend { table[index, column] = value * 1e6 } else { table[column, index] = value * 1e6 }
            }
        }
        evidence.note(table.location.line, "the unit is taken to be MB/s of 10⁶ B, as Pipette's; the file states none")
        evidence.nodeLinks = table
    }
}
