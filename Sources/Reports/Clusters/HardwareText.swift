import Foundation

extension ClusterSummary {
    /// The summary for people, one fact a line.
    public var text: String {
        var rows = [("size", "\(CountText.number(gpus, of: "GPU")) in \(CountText.number(nodes, of: "node"))")]
        for group in groups {
            rows += [
                (
                    "nodes",
                    "\(CountText.grouped(group.nodes)) of \(group.gpusPerNode) \(group.gpu), \(brief(group.memoryGibibytes)) GiB each"
                ),
                ("fabric", "\(group.fabric) at \(brief(group.fabricBandwidth)) GB/s per GPU, domains of \(group.domainSize)"),
                ("network", "\(group.network), \(group.adapters) adapters of \(brief(group.adapterBandwidth)) GB/s a node"),
                ("host", group.host.text),
            ]
        }
        rows += tiers.map { ("tier", "\($0.name): \(CountText.grouped($0.nodes)) nodes, \(brief($0.oversubscription)):1 above") }
        rows.append(("measured", measuredText))
        if let gpuHourPrice { rows.append(("price", "\(brief(gpuHourPrice)) USD a GPU and hour")) }
        if !unverified.isEmpty { rows.append(("unverified", unverified.joined(separator: ", "))) }
        return HardwareText.lines(name, describes, rows)
    }

    private var measuredText: String {
        var parts: [String] = []
        if measured.nodeBandwidth { parts.append("every node-to-node link") }
        if measured.gpuBandwidth { parts.append("every GPU-to-GPU link of a node") }
        if measured.curves > 0 { parts.append("\(measured.curves) collective curves") }
        if let mean = measured.linkMean, let deviation = measured.linkDeviation {
            parts.append("links of \(brief(mean)) ± \(brief(deviation)) GB/s between nodes")
        }
        return parts.isEmpty ? "nothing; times follow from line rates" : parts.joined(separator: ", ")
    }
}

extension ClusterSummary.Host {
    /// What is known, in one line.
    fileprivate var text: String {
        var parts = [processor]
        if let cores { parts.append("\(cores) cores") }
        if let memoryGibibytes {
            parts.append("\(brief(memoryGibibytes)) GiB" + (memoryBandwidth.map { " at \(brief($0)) GB/s" } ?? ""))
        }
        if let toDevice, let fromDevice {
            let together = both.map { ", \(brief($0)) both at once" } ?? ""
            parts.append("\(brief(toDevice)) GB/s to a GPU, \(brief(fromDevice)) back\(together)")
        }
        if let storageGibibytes, let storageRead, let storageWrite {
            parts.append("drives of \(brief(storageGibibytes)) GiB, \(brief(storageRead)) GB/s read, \(brief(storageWrite)) written")
        }
        if toDevice == nil { parts.append("link to the GPUs not stated, so that offload is not priced") }
        return parts.joined(separator: "; ")
    }
}

extension GPUSummary {
    /// The summary for people: the numbers, each with its source.
    public var text: String {
        func row(_ title: String, _ value: Double?, _ unit: String, _ key: String) -> [(String, String)] {
            guard let value else { return [] }
            return [(title, "\(brief(value)) \(unit)\(note(key))")]
        }
        func note(_ key: String) -> String {
            sources[key].map { "  (\($0.source)\($0.unverified ? "; unverified" : ""))" } ?? ""
        }
        let rows =
            [("architecture", architecture)] + row("memory", memory, "GiB", "memory")
            + row("bandwidth", memoryBandwidth, "GB/s", "memory_bandwidth") + row("links", linkBandwidth, "GB/s", "link_bandwidth")
            + row("16-bit", half, "TFLOP/s", "peak.half") + row("8-bit", eight, "TFLOP/s", "peak.eight")
            + row("4-bit", four, "TFLOP/s", "peak.four")
            + (usualNode.map { [("usual node", $0 + note("usual_node.source"))] } ?? [])
            + kernels.sorted { $0.key < $1.key }.map { ($0.key, $0.value + note("kernels.\($0.key)")) }
        return HardwareText.lines(name, describes, rows)
    }
}

/// Names and values under a heading.
enum HardwareText {
    static func lines(_ name: String, _ describes: String, _ rows: [(String, String)]) -> String {
        let width = rows.map(\.0.count).max() ?? 0
        // Names come from files: what could steer a terminal is replaced.
        let heading = [name, describes].map { StyledText($0).rendered(.none) + "\n" }.joined()
        return rows.reduce(heading + "\n") { text, row in
            text + "  \(row.0.padding(toLength: width, withPad: " ", startingAt: 0))  \(StyledText(row.1).rendered(.none))\n"
        }
    }

    /// A number with at most two decimals and no trailing zeros.
    static func brief(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }
}

private func brief(_ value: Double) -> String { HardwareText.brief(value) }
