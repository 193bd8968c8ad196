import Documents

/// Reads Slurm's topology.conf (`SwitchName=… Nodes=…`, `BlockName=… Nodes=…`), topology.yaml, what `scontrol show topology` prints, or a
/// list of hosts, that of MPI's launchers included (`host slots=8`, `host:8`, a host again for every slot).
enum SlurmTopology {
    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        let lines = joined(text)
        guard let first = lines.first else { throw DocumentError(SourceLocation(file: file), .empty) }
        if first.text.hasPrefix("-") || first.text.hasPrefix("topology") || first.text.hasPrefix("tree") {
            let switches = try SlurmTopologyYAML.switches(text, file, into: &evidence)
            evidence.switches = try SwitchTree(once(switches, &evidence))
            return
        }
        guard lines.contains(where: isTopology) else {
            let names = try hosts(lines, file, &evidence)
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
        if let stated = lines.first(where: { $0.text.lowercased().contains("linkspeed=") }) {
            evidence.note(
                stated.number,
                "LinkSpeed has no unit and Slurm does not use it; how far switches are oversubscribed is said by --oversubscription")
        }
        let tree = try SwitchTree(once(switches, &evidence))
        if tree.highest.count > 1, lines.contains(where: { $0.text.lowercased().hasPrefix("switchname") }) {
            evidence.note(
                tree.highest[1].location.line,
                "no switch is above \(tree.highest[0].name) and \(tree.highest[1].name); what joins them is taken to be non-blocking")
        }
        evidence.switches = tree
    }

    private static func isTopology(_ line: (text: String, number: Int)) -> Bool {
        guard let equals = line.text.firstIndex(of: "=") else { return false }
        let first = line.text[..<equals].lowercased()
        let keys = [
            "switchname", "blockname", "switches", "nodes", "blocksizes", "aggregatedblock", "ringname", "torusname", "linkspeed", "level",
        ]
        return keys.contains(first)
    }

    /// The switches with every node on the first that lists it, which is said: one cable of two, or a mistake of the file.
    private static func once(_ switches: [SwitchTree.Switch], _ evidence: inout ClusterEvidence) -> [SwitchTree.Switch] {
        var home: [String: String] = [:]
        var again: (node: String, first: String, second: SwitchTree.Switch)?
        var count = 0
        var kept = switches
        for (index, one) in switches.enumerated() {
            kept[index].nodes.removeAll { node in
                if let first = home[node] {
                    if again == nil { again = (node, first, one) }
                    count += 1
                    return true
                }
                home[node] = one.name
                return false
            }
        }
        if let again {
            let more = count > 1 ? ", like \(count - 1) more," : ""
            evidence.note(
                again.second.location.line,
                "the node \(again.node)\(more) is on \(again.first) and on \(again.second.name); it is taken for one of \(again.first)")
        }
        var parents: [String: String] = [:]
        var shared: (child: String, first: String, second: SwitchTree.Switch)?
        for (index, one) in kept.enumerated() {
            kept[index].switches.removeAll { child in
                guard let first = parents[child] else {
                    parents[child] = one.name
                    return false
                }
                if shared == nil, first != one.name { shared = (child, first, one) }
                return first != one.name
            }
        }
        if let shared {
            evidence.note(
                shared.second.location.line,
                "\(shared.child) and others hang on several switches, such as \(shared.first) and \(shared.second.name); those count as one"
            )
        }
        // A leaf whose nodes are all elsewhere says nothing.
        let empty = Set(
            kept.indices.filter { kept[$0].nodes.isEmpty && kept[$0].switches.isEmpty && kept[$0] != switches[$0] }.map { kept[$0].name }
        )
        guard !empty.isEmpty, empty.count < kept.count else { return kept }
        kept.removeAll { empty.contains($0.name) }
        for index in kept.indices { kept[index].switches.removeAll { empty.contains($0) } }
        return kept
    }

    /// Lines without comments, those that end in a backslash joined with the next.
    private static func joined(_ text: String) -> [(text: String, number: Int)] {
        var lines: [(String, Int)] = []
        var open: (text: String, number: Int)?
        for line in LogLines(text, labels: .launchers) {
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

    private static func hosts(
        _ lines: [(text: String, number: Int)], _ file: String, _ evidence: inout ClusterEvidence
    ) throws(DocumentError) -> [String] {
        var names: [String] = []
        var seen = Set<String>()
        var repeated = 0
        var hasSlots = false
        for line in lines {
            for (place, word) in line.text.split(whereSeparator: \.isWhitespace).enumerated() {
                // `slots=8`, `max_slots=8` and `cpu=8` are attributes of the host before them, and so is a number alone.
                if place > 0, word.contains("=") || word.allSatisfy({ $0.isASCII && $0.isNumber }) {
                    hasSlots = true
                    continue
                }
                var list = String(word)
                if word.contains(":") {
                    hasSlots = true
                    list = word.split(separator: ",").map { $0.prefix { $0 != ":" } }.joined(separator: ",")
                }
                for name in try Hostlist.names(list, at: SourceLocation(file: file, line: line.number)) {
                    if seen.insert(name).inserted { names.append(name) } else { repeated += 1 }
                }
            }
        }
        if hasSlots { evidence.note(lines[0].number, "slots say how many processes a host runs; they are not read") }
        if repeated > 0 { evidence.note(lines[0].number, "\(repeated) lines repeat a host, as lists of slots do; each host counts once") }
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
        let switches = try Hostlist.names(values["switches"] ?? "", at: location)
        // `scontrol show topology` repeats under a switch the nodes of those below it.
        let isAbove = !switches.isEmpty && values["level"].flatMap { Int($0) } ?? 0 > 0
        return SwitchTree.Switch(
            name: name, nodes: isAbove ? [] : try Hostlist.names(values["nodes"] ?? "", at: location), switches: switches,
            location: location)
    }
}
