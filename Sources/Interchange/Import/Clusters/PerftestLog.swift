import Documents
import Hardware

/// Reads the bandwidth tests of perftest, such as `ib_write_bw`: what the adapters reach, any number of tests a file.
///
/// `MB/sec` and `MiB/sec` are 2²⁰ B/s there and `Gb/sec` 10⁹ bit/s; the header says which. Tests in both directions at once show the sum of
/// both; where a device was tested both ways, the one-way test counts. `--run_infinitely` prints a row again and again, whose median counts.
/// Reports of `--out_json` are read too. A test is of one device, so that what it measures is an adapter.
enum PerftestLog {
    struct Test {
        var device: String?
        var isBidirectional = false
        var line: Int
        var rows: [(bytes: Double, rate: Double)] = []

        /// The median of the rows of the largest size, in B/s and one direction.
        var rate: Double? {
            guard let largest = rows.map(\.bytes).max() else { return nil }
            let rates = rows.filter { $0.bytes == largest }.map(\.rate).sorted()
            return rates[rates.count / 2] * (isBidirectional ? 0.5 : 1)
        }
    }

    /// Bytes of the largest packet (InfiniBand Architecture Specification, volume 1: MTU of 4,096 B); messages of one packet do not fill an adapter.
    static let largestPacket = 4096.0

    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        if text.unicodeScalars.first(where: { !$0.properties.isWhitespace && $0 != "\u{FEFF}" }) == "{" {
            return try devices([PerftestJSON.test(text, file, into: &evidence)], file, &evidence)
        }
        var tests: [Test] = []
        var unit: Double?
        var isLatency = false
        for line in LogLines(text) {
            let words = line.words
            if line.text.contains(" BW Test") || line.text.contains("Bandwidth Test") || line.text.contains("BW Bidirectional") {
                tests.append(Test(isBidirectional: line.text.contains("Bidirectional"), line: line.number))
                unit = nil
            } else if line.text.contains("Latency Test") {
                isLatency = true
                unit = nil
            }
            if let place = words.firstIndex(of: "Device"), place + 2 < words.count, words[place + 1] == ":", words[place + 2].isHostName {
                if tests.isEmpty || tests[tests.count - 1].rows.isEmpty == false { tests.append(Test(line: line.number)) }
                tests[tests.count - 1].device = String(words[place + 2])
            }
            if line.text.contains("Link type"), let last = words.last {
                if last == "IB" { evidence.node.network = .infiniband } else if last == "Ethernet" { evidence.node.network = .roce }
            }
            if words.first == "#bytes" {
                unit = nil
                guard line.text.contains("BW average") else { continue }
                let stated: Double? =
                    line.text.contains("[MB/sec]") || line.text.contains("[MiB/sec]")
                    ? 1_048_576
                    : line.text.contains("[Gb/sec]")
                        ? 1.25e8 : line.text.contains("[GB/sec]") || line.text.contains("[GiB/sec]") ? 1_073_741_824 : nil
                guard let stated else {
                    throw .log(
                        file, line.number, "the header states no unit that is known", "expected [MB/sec], [MiB/sec], [GiB/sec] or [Gb/sec]")
                }
                unit = stated
                if tests.isEmpty { tests.append(Test(line: line.number)) }
            } else if let unit, !tests.isEmpty, words.count >= 4, let bytes = words[0].positive, Int(words[1]) != nil,
                let rate = words[3].positive
            {
                tests[tests.count - 1].rows.append((bytes, rate * unit))
            }
        }
        tests.removeAll { $0.rate == nil }
        if let test = tests.first(where: { $0.rows.allSatisfy { $0.bytes <= largestPacket } }) {
            throw .log(
                file, test.line, "the largest message is of \(Int(test.rows.map(\.bytes).max() ?? 0)) B, whose rate is that of packets",
                "test with messages of 64 KiB or more, such as -s 65536")
        }
        guard !tests.isEmpty else {
            throw .log(
                file, 1, isLatency ? "the file has latency tests only" : "there is no row of a bandwidth test",
                "expected a header with '#bytes' and 'BW average', as of ib_write_bw")
        }
        try devices(tests, file, &evidence)
    }

    private static func devices(_ tests: [Test], _ file: String, _ evidence: inout ClusterEvidence) throws(DocumentError) {
        var used: [Test] = []
        for (index, test) in tests.enumerated() {
            let others = tests.enumerated().filter { $0.offset != index && $0.element.device == test.device }.map(\.element)
            if test.isBidirectional, others.contains(where: { !$0.isBidirectional }) {
                evidence.note(test.line, "the test in both directions is left out, since the device was tested one way too")
            } else {
                if test.isBidirectional {
                    evidence.note(test.line, "the test ran in both directions at once; half of its bandwidth is taken for one")
                }
                used.append(test)
            }
        }
        let rates = used.compactMap(\.rate).sorted()
        let median = rates[rates.count / 2]
        evidence.node.achieved = median
        let names = Set(used.compactMap(\.device))
        if names.count > 1 { evidence.note(used[0].line, "\(names.count) devices were tested; the median of their bandwidths is taken") }
        for test in used where (test.rate ?? median) < 0.9 * median {
            let share = Int(((test.rate ?? 0) / median * 100).rounded())
            evidence.note(test.line, "\(test.device ?? "this adapter") reached \(share) % of what the others do", isFault: true)
        }
    }
}
