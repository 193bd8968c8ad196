/// A line of tqdm: `Epoch 0:  12%|█▏   | 60/500 [10:23<1:15:32, 10.30s/it, loss=2.1]` (`format_meter` of tqdm/std.py 4.66).
struct ProgressBar {
    /// What stands before the percentage.
    var title: Substring
    /// Items done, and of how many.
    var done: Int, total: Int
    /// Seconds an item, smoothed by tqdm; nil while unknown.
    var secondsPerItem: Double?
    /// What stands behind the rate.
    var extras: Substring

    init?(_ line: Substring) {
        guard let (bar, inside) = line.find("%|"), let (_, counts) = inside.find("| ") else { return nil }
        guard let (done, slash) = counts.leadingCount, slash.hasPrefix("/"), let (total, rest) = slash.dropFirst().leadingCount else {
            return nil
        }
        self.done = done
        self.total = total
        title = line[..<bar].trimmingPercentage
        let fields = rest.after("<") ?? rest
        extras = fields
        // Composer counts in `ba`, for batches.
        if let (end, _) = fields.find("s/it") ?? fields.find("s/ba") {
            secondsPerItem = fields[..<end].trailingNumber
        } else if let (end, _) = fields.find("it/s") ?? fields.find("ba/s") {
            secondsPerItem = fields[..<end].trailingNumber.map { 1 / $0 }
        }
        if let known = secondsPerItem, !(known > 0 && known.isFinite) { secondsPerItem = nil }
    }
}

extension Substring {
    /// The number that the text ends with.
    fileprivate var trailingNumber: Double? {
        Double(String(reversed().prefix { $0.isNumber || $0 == "." }.reversed()))
    }

    /// The text without the number, colon and spaces at its end, and spaces before it.
    fileprivate var trimmingPercentage: Substring {
        var text = drop { $0 == " " }
        while let last = text.last, last.isNumber || last == " " { text.removeLast() }
        while let last = text.last, last == ":" || last == " " { text.removeLast() }
        return text
    }
}
