import Documents

/// Reads mpiGraph: a block of rows `host:rank to …` and one of `host:rank from …`, in MiB/s.
///
/// Every rank sends to one neighbour and receives from another at the same time, so the two directions of a pair differ. In each step all ranks
/// send to the rank that is as far away, so that several ranks of a node send to those of another at once: their rates add up to what the link
/// carries (`mpiGraph.c` 1.5, `code`).
enum MPIGraphLog {
    private struct Row {
        var name: Substring
        var values: [Double]
        var line: Int
    }

    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        var send: [Row] = []
        var receive: [Row] = []
        var columns: [Substring] = []
        var devices = NamedDevices()
        for line in LogLines(text) {
            devices.read(line.text)
            let words = line.words
            guard words.count >= 2 else { continue }
            if columns.isEmpty, words[0] == "Send" || words[0] == "Recv", words[1].contains(":") {
                columns = Array(words.dropFirst())
            } else if words[0].contains(":"), words[1] == "to" || words[1] == "from" {
                let values = words.dropFirst(2).map { $0.number ?? .nan }
                let row = Row(name: words[0], values: values, line: line.number)
                if words[1] == "to" { send.append(row) } else { receive.append(row) }
            }
        }
        let isSend = !send.isEmpty
        let rows = isSend ? send : receive
        guard let first = rows.first else {
            throw .log(file, 1, "there is no row 'host:rank to …' of mpiGraph", "save all that mpiGraph prints")
        }
        if columns.isEmpty { columns = rows.map(\.name) }
        guard columns.count <= LinkTable.largest else {
            throw .log(file, first.line, "more than \(LinkTable.largest) ranks", "import a part of the cluster")
        }
        var place: [Substring: Int] = [:]
        for (index, column) in columns.enumerated() where place.updateValue(index, forKey: column) != nil {
            throw .log(file, first.line, "a rank occurs twice", "keep one run a file")
        }
        var table = LinkTable(names: columns.map(String.init), location: SourceLocation(file: file, line: first.line))
        var seen = [Bool](repeating: false, count: columns.count)
        for row in rows {
            guard let index = place[row.name] else {
                throw .log(file, row.line, "this row's rank is not among the columns", "the matrix must be square; keep one run a file")
            }
            guard !seen[index] else { throw .log(file, row.line, "a rank has two rows", "keep one run a file") }
            seen[index] = true
            guard row.values.count <= columns.count else {
                throw .log(file, row.line, "the row has \(row.values.count) values for \(columns.count) ranks", "the matrix must be square")
            }
            if row.values.count < columns.count {
                evidence.note(row.line, "the row is cut after \(row.values.count) of \(columns.count) values")
            }
            for (column, value) in row.values.enumerated() where column != index && value > 0 && value < Substring.largest {
                let rate = value * 1_048_576
                if isSend { table[index, column] = rate } else { table[column, index] = rate }
            }
        }
        if !isSend { evidence.note(first.line, "only the bandwidths of receiving were measured, and are used") }
        if isSend, !receive.isEmpty { evidence.note(first.line, "the bandwidths of sending are used; those of receiving are left out") }
        let hosts = try hosts(columns, file, first.line)
        guard let nodes = MPIGraphNodes(hosts: hosts, file: file, line: first.line) else {
            // One rank a node is one process: the devices that it was given are what carried the links.
            table.names = hosts
            table.scope = devices.scope
            evidence.nodeLinks = table
            return
        }
        evidence.nodeLinks = try nodes.links(table, devices: devices, &evidence)
    }

    /// The host of every rank.
    private static func hosts(_ ranks: [Substring], _ file: String, _ line: Int) throws(DocumentError) -> [String] {
        var names: [String] = []
        for rank in ranks {
            let host = rank.prefix { $0 != ":" }
            guard host.isHostName else { throw .log(file, line, "the ranks are not named host:rank", "save all that mpiGraph prints") }
            names.append(String(host))
        }
        return names
    }
}
