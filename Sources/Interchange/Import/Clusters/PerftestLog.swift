import Documents
import Hardware

/// Reads the bandwidth tests of perftest, such as `ib_write_bw`: what one adapter reaches.
///
/// `MB/sec` is 2²⁰ B/s there and `Gb/sec` 10⁹ bit/s; the header says which. Tests in both directions at once show the sum of both.
enum PerftestLog {
    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        var unit: Double?
        var share = 1.0
        var best: (bytes: Double, rate: Double)?
        var isBandwidth = false
        for line in LogLines(text) {
            if line.text.contains("Bidirectional") {
                share = 0.5
                evidence.note(line.number, "the test ran in both directions at once; half of its bandwidth is taken for one")
            }
            let words = line.words
            if line.text.contains("Link type"), let last = words.last {
                if last == "IB" { evidence.node.network = .infiniband } else if last == "Ethernet" { evidence.node.network = .roce }
            }
            if words.first == "#bytes" {
                isBandwidth = line.text.contains("BW average")
                guard isBandwidth else { continue }
                let stated: Double? =
                    line.text.contains("[MB/sec]") || line.text.contains("[MiB/sec]")
                    ? 1_048_576
                    : line.text.contains("[Gb/sec]") ? 1.25e8 : nil
                guard let stated else {
                    throw .log(file, line.number, "the header states no unit that is known", "expected [MB/sec], [MiB/sec] or [Gb/sec]")
                }
                if let unit, unit != stated {
                    throw .log(file, line.number, "two tests of this file have different units", "keep one test a file")
                }
                unit = stated
            } else if isBandwidth, let unit, words.count >= 4, let bytes = words[0].positive, Int(words[1]) != nil,
                let rate = words[3].positive
            {
                if best.map({ bytes >= $0.bytes }) ?? true { best = (bytes, rate * unit * share) }
            }
        }
        guard let best else {
            throw .log(
                file, 1, "there is no row of a bandwidth test", "expected a header with '#bytes' and 'BW average', as of ib_write_bw")
        }
        evidence.node.achieved = best.rate
    }
}
