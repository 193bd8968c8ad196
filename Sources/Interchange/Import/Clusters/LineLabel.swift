/// What launchers, shells and container runtimes write before a line.
///
/// Taken off in any order and number: `trainer-1  | ` of Docker's compose, `(worker pid=12, ip=…) ` of Ray and SkyPilot, `trainer/0 ` of TorchX
/// and NeMo-Run, `[rank=0] || ` of Determined, Open MPI's `[1,0]<stdout>:`, the `[0] ` of Hydra, the `[pod/name/container] ` of kubectl and the
/// `[default0]:` of torchrun, Slurm's right-aligned ` 0: `, a host's name with a colon as pdsh writes it, time stamps, and the
/// `stdout F ` of container logs.
enum LineLabel {
    /// The line behind its labels, and the last label that names a process or a node; empty where there is none.
    static func split(_ line: Substring) -> (label: Substring, rest: Substring) {
        var rest = line
        var label: Substring = ""
        for _ in 0..<6 {
            if let tail = afterStamp(rest) {
                rest = tail
            } else if let tail = afterProcess(rest) ?? afterJob(rest) {
                label = rest[..<tail.startIndex]
                rest = tail
            } else {
                break
            }
        }
        return (label, rest)
    }

    // MARK: Processes and nodes

    private static func afterProcess(_ line: Substring) -> Substring? {
        let text = line.utf8.drop { $0 == 0x20 }
        guard let first = text.first else { return nil }
        if first == UInt8(ascii: "[") {
            guard let close = text.prefix(160).firstIndex(of: UInt8(ascii: "]")), text.index(after: close) < text.endIndex else {
                return nil
            }
            let inside = text[text.index(after: text.startIndex)..<close]
            guard !inside.isEmpty, inside.allSatisfy(isLabelByte) else { return nil }
            let after = text[text.index(after: close)...]
            if after.first == UInt8(ascii: "<"), let end = after.prefix(12).firstIndex(of: UInt8(ascii: ">")) {
                let tail = after[after.index(after: end)...]
                return tail.first == UInt8(ascii: ":") ? Substring(tail.dropFirst()) : nil
            }
            if after.first == UInt8(ascii: ":") { return Substring(after.dropFirst()) }
            return after.first == 0x20 ? Substring(after) : nil
        }
        let word = text.prefix(80).prefix { $0 != 0x20 && $0 != 0x09 }
        guard word.count >= 2, word.last == UInt8(ascii: ":"), word.endIndex < text.endIndex else { return nil }
        let name = word.dropLast()
        guard name.allSatisfy({ isLabelByte($0) && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "/") }),
            name.contains(where: isDigit), isDigit(first) || isLetter(first)
        else { return nil }
        return Substring(text[word.endIndex...])
    }

    /// What follows the label of a program that runs jobs.
    private static func afterJob(_ line: Substring) -> Substring? {
        let text = line.utf8.drop { $0 == 0x20 }
        guard let first = text.first else { return nil }
        if first == UInt8(ascii: "(") {
            guard let close = text.prefix(160).firstIndex(of: UInt8(ascii: ")")), Substring(text[..<close]).has("pid=") else { return nil }
            let tail = text[text.index(after: close)...]
            return tail.first == 0x20 ? Substring(tail) : nil
        }
        if first == UInt8(ascii: "[") {
            guard let (_, tail) = Substring(text.prefix(64)).find("] || ") else { return nil }
            return line[tail.startIndex...]
        }
        guard isLetter(first) else { return nil }
        let word = text.prefix(80).prefix { $0 != 0x20 && $0 != 0x09 }
        let tail = text[word.endIndex...]
        let name = word.reversed().drop(while: isDigit)
        guard name.count < word.count, let mark = name.first, name.allSatisfy({ isLabelByte($0) && $0 != UInt8(ascii: ",") }) else {
            return nil
        }
        if mark == UInt8(ascii: "/") { return tail.first == 0x20 ? Substring(tail) : nil }
        guard mark == UInt8(ascii: "-") || mark == UInt8(ascii: "_") else { return nil }
        let bar = tail.drop { $0 == 0x20 }
        return bar.starts(with: "| ".utf8) && bar.count < tail.count ? Substring(bar.dropFirst(2)) : nil
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLetter(byte) || "-_./,@:".utf8.contains(byte)
    }

    // MARK: Times

    private static func afterStamp(_ line: Substring) -> Substring? {
        let text = line.utf8.drop { $0 == 0x20 }
        guard let first = text.first else { return nil }
        if first == UInt8(ascii: "[") {
            guard let close = text.prefix(48).firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let inside = text[text.index(after: text.startIndex)..<close].split(separator: 0x20)
            guard !inside.isEmpty, inside.count <= 2, inside.allSatisfy({ isDate($0) || isClock($0) || isStamp($0) }) else { return nil }
            return Substring(text[text.index(after: close)...])
        }
        guard isDigit(first) else { return stream(text) }
        let word = text.prefix(48).prefix { $0 != 0x20 && $0 != 0x09 }
        let tail = text[word.endIndex...]
        if isStamp(word) || isClock(word) { return stream(tail.drop { $0 == 0x20 }) ?? Substring(tail) }
        guard isDate(word) else { return nil }
        let next = tail.drop { $0 == 0x20 }
        let clock = next.prefix(32).prefix { $0 != 0x20 && $0 != 0x09 }
        return isClock(clock) ? Substring(next[clock.endIndex...]) : nil
    }

    /// What follows `stdout F ` of a container's log.
    private static func stream(_ text: Substring.UTF8View) -> Substring? {
        for name in ["stdout F ", "stdout P ", "stderr F ", "stderr P "] where text.starts(with: name.utf8) {
            return Substring(text.dropFirst(name.utf8.count))
        }
        return nil
    }

    /// `2025-01-31T10:00:00.123Z` and its like.
    private static func isStamp(_ word: Substring.UTF8View) -> Bool {
        guard word.count >= 19, let t = word.firstIndex(of: UInt8(ascii: "T")) else { return false }
        return isDate(word[..<t]) && isClock(word[word.index(after: t)...])
    }

    /// `2025-01-31` or `2025/01/31`.
    private static func isDate(_ word: Substring.UTF8View) -> Bool {
        let parts = word.split { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/") }
        return parts.count == 3 && parts[0].count == 4 && parts.allSatisfy { $0.allSatisfy(isDigit) && $0.count <= 4 }
    }

    /// `10:00:00`, with a fraction, a zone, and a colon at its end where a tool puts one.
    private static func isClock(_ word: Substring.UTF8View) -> Bool {
        let parts = word.split(separator: UInt8(ascii: ":"))
        guard parts.count >= 3, parts[0].count == 2, parts[1].count == 2, parts[0].allSatisfy(isDigit), parts[1].allSatisfy(isDigit),
            parts[2].prefix(2).count == 2, parts[2].prefix(2).allSatisfy(isDigit)
        else { return false }
        return word.allSatisfy { isDigit($0) || ":.,+-Z".utf8.contains($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
