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

    init(_ text: String, _ file: String) {
        self.file = file
        for line in LogLines(text) { read(line) }
    }

    private mutating func read(_ line: LogLines.Line) {
        let first = line.text.utf8.first { $0 != 0x20 && $0 != 0x09 }
        if let first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
            measure(line)
        } else if first == UInt8(ascii: "#") {
            header(line)
        } else if line.text.utf8.count < 4096, line.text.contains("_perf") {
            // The operation of older logs is only in the command that the script or shell echoes.
            for word in line.words {
                if let named = NCCLTestsRun.Operation(program: word) { announced = named }
            }
        }
    }

    private mutating func header(_ line: LogLines.Line) {
        let words = line.words
        guard words.count >= 3 else { return }
        if words.count >= 5, words[1] == "Collective", words[2] == "test", let named = NCCLTestsRun.Operation(program: words[4]) {
            if words[3] == "starting:" {
                announced = named
                begin(line.number)
                announced = nil
            } else {
                isOpen = false
            }
        } else if words[1] == "nThread" || words[1] == "nThread:", !(isOpen && runs.last?.rows.isEmpty == true) {
            begin(line.number)
        } else if words[1] == "Rank" {
            rank(words, line)
        } else if words[1] == "meshwright", words[2] == "devices" {
            nextDevices = words.dropFirst(3).compactMap { Int($0) }
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
    private mutating func rank(_ words: [Substring], _ line: LogLines.Line) {
        func after(_ name: Substring) -> Substring? {
            words.firstIndex(of: name).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
        }
        guard let rank = after("Rank").flatMap({ Int($0) }), let host = after("on"), host.isHostName else { return }
        if !isOpen || runs.last?.rows.isEmpty == false { begin(line.number) }
        let group = after("Group").flatMap { Int($0) } ?? 0
        let seen = after("device").flatMap { Int($0) } ?? 0
        let device = devices.indices.contains(seen) ? devices[seen] : seen
        runs[runs.count - 1].ranks.append(.init(rank: rank, group: group, host: String(host), device: device))
    }

    private mutating func measure(_ line: LogLines.Line) {
        switch NCCLTestsRow.read(line.words) {
        case .other: break
        case .cut: notes.append((line.number, "the row is cut short and left out"))
        case .row(let row):
            if !isOpen || runs.isEmpty { begin(line.number) }
            if let wrong = row.wrong, wrong > 0 {
                notes.append((line.number, "\(Int(min(wrong, 1e15))) results of size \(Int(row.bytes)) are wrong; the row is left out"))
            } else if row.bytes > 0, !(row.seconds.isFinite && row.seconds > 0) {
                notes.append((line.number, "size \(Int(row.bytes)) has no time; the row is left out"))
            }
            runs[runs.count - 1].rows.append(row)
        }
    }
}
