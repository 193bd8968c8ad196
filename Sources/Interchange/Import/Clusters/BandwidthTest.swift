import Documents
import Hardware

/// Reads `bandwidthTest` of the CUDA samples: copies between the host and a GPU one way, from pinned memory, in GB/s or MB/s of its largest size.
enum BandwidthTest {
    private enum Way {
        case toDevice, fromDevice
    }

    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        var way: Way?
        var isPinned = false
        var unit: Double?
        var best: [Way: Double] = [:]
        for line in LogLines(text) {
            let words = line.words
            if line.text.contains("Bandwidth") && line.text.contains("Device(s)") {
                way = line.text.contains("Host to Device") ? .toDevice : line.text.contains("Device to Host") ? .fromDevice : nil
                (isPinned, unit) = (false, nil)
            } else if line.text.contains("PINNED Memory") {
                isPinned = true
            } else if line.text.contains("PAGEABLE Memory") {
                isPinned = false
                if way != nil {
                    evidence.note(
                        line.number, "copies from pageable memory are slower than those that offload makes; run it with --memory=pinned")
                }
            } else if line.text.contains("Transfer Size") {
                unit = line.text.contains("GB/s") ? 1e9 : line.text.contains("MB/s") ? 1e6 : nil
            } else if let product = GPUProduct(String(line.text.prefix(160))), words.first == "Device" {
                evidence.see(product, on: nil, line: line.number)
            } else if let way, isPinned, let unit, words.count == 2, words[0].number != nil, let rate = words[1].number, rate > 0,
                rate < 1e9
            {
                best[way] = max(best[way] ?? 0, rate * unit)
            }
        }
        guard !best.isEmpty else {
            throw .log(file, 1, "there is no bandwidth from or to pinned memory", "save all that 'bandwidthTest --memory=pinned' prints")
        }
        (evidence.node.toDevice, evidence.node.fromDevice) = (best[.toDevice], best[.fromDevice])
        evidence.note(1, "one GPU copied at a time; GPUs that share a switch are slower together, which nvbandwidth's all_to_host shows")
    }
}
