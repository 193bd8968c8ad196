import Documents
import Hardware

/// Reads what nccl-tests prints: runs in any number, between launcher labels, NCCL messages and whatever else a job log holds.
struct NCCLTestsLog {
    private let file: String
    private(set) var runs: [NCCLTestsRun] = []
    private(set) var notes: [(line: Int, text: String)] = []
    /// Named by a line that is not part of a run, such as the command itself.
    private var announced: NCCLTestsRun.Operation?
    private var isOpen = false
    /// What the devices of the run are called on the whole node, where the job saw only some of them.
    private var devices: [Int] = []
    /// The same for the run that begins next.
    private var nextDevices: [Int] = []

    private var rows = NCCLTestsRowAssembler()

    init(_ text: String, _ file: String) {
        self.file = file
        for line in LogLines(text) { read(line) }
        measure(rows.end())
    }

    private mutating func read(_ line: LogLines.Line) {
        measure(rows.read(line))
        guard line.text.utf8.count < 4096 else { return }
        if let hash = line.text.firstIndex(of: "#") {
            var words = LogLines.Line(number: line.number, text: line.text[hash...], label: "").words
            if words.first == "#" { words.removeFirst() }
            header(words, line.number)
        } else if line.text.contains("_perf") {
            // The operation of older logs is only in the command that the script or shell echoes.
            for word in line.words {
                if let named = NCCLTestsRun.Operation(program: word) { announced = named }
            }
        }
    }

    /// A comment of the tests; versions differ in the spaces behind the `#`.
    private mutating func header(_ words: [Substring], _ line: Int) {
        guard words.count >= 2 else { return }
        if words.count >= 4, words[0] == "Collective", words[1] == "test", let named = NCCLTestsRun.Operation(program: words[3]) {
            if words[2] == "starting:" {
                announced = named
                begin(line)
                announced = nil
            } else {
                isOpen = false
            }
        } else if words[0] == "nThread" || words[0] == "nThread:" {
            if !(isOpen && runs.last?.rows.isEmpty == true) { begin(line) }
        } else if words[0] == "Rank" {
            rank(words, line)
        } else if words[0] == "meshwright", words[1] == "devices" {
            nextDevices = words.dropFirst(2).compactMap { Int($0) }
            isOpen = false
        }
    }

    private mutating func begin(_ line: Int) {
        runs.append(NCCLTestsRun(operation: announced, line: line))
        isOpen = true
        devices = nextDevices
        nextDevices = []
    }

    /// `#  Rank  0 Group  0 Pid  1234 on   node01 device  0 [0000:07:00] NVIDIA …`; `Group` came with version 2.11.
    private mutating func rank(_ words: [Substring], _ line: Int) {
        func after(_ name: Substring) -> Substring? {
            words.firstIndex(of: name).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
        }
        guard let rank = after("Rank").flatMap({ Int($0) }), (0...ClusterProfile.largest).contains(rank), let host = after("on"),
            host.isHostName
        else { return }
        if !isOpen || runs.last?.rows.isEmpty == false { begin(line) }
        let group = after("Group").flatMap { Int($0) } ?? 0
        let seen = after("device").flatMap { Int($0) } ?? 0
        let device = devices.indices.contains(seen) ? devices[seen] : seen
        let product = words.firstIndex { $0.hasPrefix("[") && $0.hasSuffix("]") }.map {
            words[($0 + 1)...].prefix(8).joined(separator: " ")
        }
        runs[runs.count - 1].ranks.append(
            .init(rank: rank, group: group, host: String(host), device: device, gpu: GPUProduct(product ?? ""), line: line))
    }

    private mutating func measure(_ events: [NCCLTestsRowAssembler.Event]) {
        for event in events {
            switch event {
            case .cut(let line): notes.append((line, "the row is cut short and left out"))
            case .row(let row):
                if !isOpen || runs.isEmpty { begin(row.line) }
                if let wrong = row.wrong, wrong > 0 {
                    notes.append((row.line, "\(Int(min(wrong, 1e15))) results of size \(Int(row.bytes)) are wrong; the row is left out"))
                } else if row.bytes > 0, !(row.seconds.isFinite && row.seconds > 0) {
                    notes.append((row.line, "size \(Int(row.bytes)) has no time; the row is left out"))
                }
                runs[runs.count - 1].rows.append(row)
            }
        }
    }
}
