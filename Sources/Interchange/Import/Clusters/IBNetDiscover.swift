import Documents
import Hardware

/// Reads `ibnetdiscover`: switches, what is cabled to each of their ports, and at which rate.
enum IBNetDiscover {
    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        if text.contains(")==>") { return try IBLinkInfo.read(text, file, into: &evidence) }
        var fabric = InfiniBandFabric(file)
        var isSwitch = false
        var model: Double?
        var models = 0
        for line in LogLines(text, labels: .launchers) {
            if let start = line.text.firstRange(of: "generated on ") {
                let date = line.text[start.upperBound...]
                if date.utf8.count <= 40, date.allSatisfy({ $0.isLetter || $0.isNumber || " :".contains($0) }) {
                    evidence.origin.date = String(date)
                }
            }
            let words = line.words
            guard let first = words.first else { continue }
            if first == "Switch" || first == "Ca" || first == "Rt" {
                isSwitch = first == "Switch"
                model = description(line.text).flatMap { InfiniBandFabric.rate(ofModel: $0) }
                if isSwitch { fabric.beginSwitch(line: line.number) }
            } else if first.hasPrefix("["), isSwitch, let peer = words.first(where: { $0.hasPrefix("\"S-") || $0.hasPrefix("\"H-") }) {
                // `-f` puts `s=4 w=2 v=4` behind the rate.
                var rate = words.reversed().lazy.compactMap { InfiniBandFabric.rate($0) }.first
                if rate == nil, let model {
                    rate = model
                    models += 1
                }
                if peer.hasPrefix("\"S-") {
                    fabric.addUplink(rate: rate)
                } else if let name = description(line.text) {
                    let guid = peer.dropFirst(3).prefix { $0.isHexDigit }
                    fabric.addAdapter(name, port: String(guid), rate: rate)
                }
            }
        }
        try fabric.finish("ibnetdiscover", &evidence)
        if models > 0 { evidence.note(1, "\(models) ports do not state their rate; that of the switch's model is taken") }
    }

    /// The description in quotes behind the `#`.
    private static func description(_ line: Substring) -> Substring? {
        guard let hash = line.firstIndex(of: "#"), let quote = line[hash...].firstIndex(of: "\"") else { return nil }
        return line[line.index(after: quote)...].prefix { $0 != "\"" }
    }
}
