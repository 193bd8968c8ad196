import Documents

/// Reads Slurm's topology.conf (`SwitchName=… Nodes=…`, `BlockName=… Nodes=…`), topology.yaml, or a plain list of hosts.
enum SlurmTopology {
    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        let lines = joined(text)
        guard let first = lines.first else { throw DocumentError(SourceLocation(file: file), .empty) }
        if first.text.hasPrefix("-") || first.text.hasPrefix("topology") || first.text.hasPrefix("tree") {
            evidence.switches = try SlurmTopologyYAML.tree(text, file)
            return
        }
        guard lines.contains(where: { $0.text.contains("=") }) else {
            let names = try hosts(lines, file)
            evidence.switches = try SwitchTree([
                .init(name: "all", nodes: names, switches: [], location: SourceLocation(file: file, line: first.number))
            ])
            evidence.note(first.number, "a list of hosts says nothing of switches; one non-blocking network is taken")
            return
        }
        var switches: [SwitchTree.Switch] = []
        for line in lines { if let next = try self.switch(line, file, &evidence) { switches.append(next) } }
        guard !switches.isEmpty else {
            throw .log(file, first.number, "there is no SwitchName or BlockName", "save Slurm's topology.conf")
        }
        evidence.switches = try SwitchTree(switches)
    }

    /// Lines without comments, those that end in a backslash joined with the next.
    private static func joined(_ text: String) -> [(text: String, number: Int)] {
        var lines: [(String, Int)] = []
        var open: (text: String, number: Int)?
        for line in LogLines(text) {
            var body = String(line.text.prefix { $0 != "#" })
            while let last = body.last, last.isWhitespace { body.removeLast() }
            let number = open?.number ?? line.number
            let isContinued = body.last == "\\"
            if isContinued { body.removeLast() }
            let whole = (open?.text ?? "") + body
            open = isContinued ? (whole, number) : nil
            let trimmed = String(whole.drop { $0.isWhitespace })
            if !isContinued, !trimmed.isEmpty { lines.append((trimmed, number)) }
        }
        if let open, !open.text.isEmpty { lines.append(open) }
        return lines
    }

    private static func hosts(_ lines: [(text: String, number: Int)], _ file: String) throws(DocumentError) -> [String] {
        var names: [String] = []
        var seen = Set<String>()
        for line in lines {
            for word in line.text.split(whereSeparator: \.isWhitespace) {
                for name in try Hostlist.names(String(word), at: SourceLocation(file: file, line: line.number))
                where seen.insert(name).inserted {
                    names.append(name)
                }
            }
        }
        return names
    }

    /// A line such as `SwitchName=leaf1 Nodes=n[0-3]`; keys are spelt in any case.
    private static func `switch`(
        _ line: (text: String, number: Int), _ file: String, _ evidence: inout ClusterEvidence
    ) throws(DocumentError) -> SwitchTree.Switch? {
        var values: [String: String] = [:]
        for word in line.text.split(whereSeparator: \.isWhitespace) {
            guard let equals = word.firstIndex(of: "=") else {
                throw .log(file, line.number, "'\(word.prefix(60))' is no Key=Value", "write SwitchName=… Nodes=… or Switches=…")
            }
            values[word[..<equals].lowercased()] = String(word[word.index(after: equals)...])
        }
        let location = SourceLocation(file: file, line: line.number)
        guard let name = values["switchname"] ?? values["blockname"] else {
            if values["blocksizes"] == nil { evidence.note(line.number, "a line that names neither a switch nor a block is passed over") }
            return nil
        }
        guard name[...].isHostName else { throw DocumentError(location, Hostlist.Problem.name(String(name.prefix(60)))) }
        return SwitchTree.Switch(
            name: name, nodes: try Hostlist.names(values["nodes"] ?? "", at: location),
            switches: try Hostlist.names(values["switches"] ?? "", at: location), location: location)
    }
}
