import Documents
import Hardware

/// Reads `iblinkinfo`, by sections of a device or with `-l` a line a port: `… lid port[ ] ==( 4X 53.125 Gbps Active/LinkUp)==> lid port[ ] "name"`.
///
/// A port's peer is a switch where its LID is one of a switch, or its name that of one, which a file of some switches does not show.
enum IBLinkInfo {
    private struct Link {
        var own: String
        var lid: Substring
        var peer: Substring
        var port: Substring
        var name: Substring
        var rate: Double?
        var line: Int
        var isOfSwitch: Bool
    }

    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        var links: [Link] = []
        var isSwitch = false
        var section = ""
        for line in LogLines(text, labels: .launchers) {
            guard let left = line.text.firstRange(of: "==("), let right = line.text.firstRange(of: ")==>"),
                left.upperBound <= right.lowerBound
            else {
                let words = line.words
                if let first = words.first, ["Switch:", "CA:", "Ca:", "Rt:", "RT:"].contains(first) {
                    isSwitch = first == "Switch:"
                    section = String(line.text)
                }
                continue
            }
            var own = LogLines.Line(number: line.number, text: line.text[..<left.lowerBound], label: "").words
            let state = LogLines.Line(number: line.number, text: line.text[left.upperBound..<right.lowerBound], label: "").words
            guard state.count >= 3, !state.contains(where: { $0.hasPrefix("Down") }) else { continue }
            // `3[  ]` splits into two words.
            if own.last == "]" { own.removeLast() }
            let isLineMode = line.text.first == "0" && line.text.contains("\" ") && own.count >= 4
            guard own.count >= 2 else { continue }
            let lid = own[own.count - 2]
            let tail = line.text[right.upperBound...]
            guard let open = tail.firstIndex(of: "\"") else { continue }
            let name = tail[tail.index(after: open)...].prefix { $0 != "\"" }
            let peer = LogLines.Line(number: line.number, text: tail[..<open], label: "").words.filter { $0 != "]" }
            guard peer.count >= 2, !name.isEmpty else { continue }
            let width = Int(state[0].prefix { $0.isNumber }) ?? 0
            links.append(
                Link(
                    own: isLineMode ? String(own[0]) : section, lid: lid, peer: peer[peer.count - 2], port: peer.last ?? "", name: name,
                    rate: state[1].number.flatMap { InfiniBandFabric.rate(lanes: width, signalling: $0) }, line: line.number,
                    isOfSwitch: isLineMode ? isSwitchName(line.text[..<left.lowerBound]) : isSwitch))
        }
        let switches = Set(links.filter(\.isOfSwitch).map(\.lid))
        var fabric = InfiniBandFabric(file)
        var open = ""
        for link in links where link.isOfSwitch {
            if link.own + link.lid != open {
                open = link.own + link.lid
                fabric.beginSwitch(line: link.line)
            }
            if switches.contains(link.peer) || InfiniBandFabric.isSwitch(link.name) {
                fabric.addUplink(rate: link.rate)
            } else {
                fabric.addAdapter(link.name, port: "\(link.peer)-\(link.port.prefix { $0.isNumber })", rate: link.rate)
            }
        }
        try fabric.finish("iblinkinfo", &evidence)
    }

    /// Whether a line of `-l` begins with a switch: adapters are described by their host and card.
    private static func isSwitchName(_ start: Substring) -> Bool {
        !start.contains(" HCA-") && !start.contains(" mlx") && !start.contains("Aggregation Node")
    }
}
