/// Ranks the names a mistyped one could mean.
public enum NearestName {
    /// The name that was probably meant, or nil when none is near enough to suggest.
    ///
    /// Near enough is a third of the longer word's length in edits, or a name that the word begins.
    public static func best(for word: String, among names: some Sequence<String>) -> String? {
        guard let nearest = ranked(for: word, among: names, limit: 1).first else { return nil }
        let typed = word.lowercased()
        let longest = max(typed.count, nearest.count)
        let isNear = distance(typed, nearest.lowercased()) * 3 <= longest
        return isNear || (typed.count >= 2 && nearest.lowercased().hasPrefix(typed)) ? nearest : nil
    }

    /// The nearest names first, at most `limit`; equally near ones in alphabetical order.
    ///
    /// A name that contains the word ranks before one that resembles it: `h100` means `h100-80gb-sxm` before `a100`. A number of the word that
    /// a name lacks counts as two edits more: `llama3-70b` means `llama-3.1-70b` before `llama-2-70b`.
    public static func ranked(for word: String, among names: some Sequence<String>, limit: Int) -> [String] {
        let typed = word.lowercased()
        let scored = names.map { name -> (contains: Int, edits: Int, name: String) in
            let candidate = name.lowercased()
            let contains = candidate.hasPrefix(typed) ? 0 : contains(candidate, typed) ? 1 : 2
            let missing = numbers(typed).subtracting(numbers(candidate)).count
            return (typed.count >= 2 ? contains : 2, distance(typed, candidate) + 2 * missing, name)
        }
        return scored.sorted { $0 < $1 }.prefix(limit).map(\.name)
    }

    /// Edits that turn one word into another: insertions, deletions, substitutions, and swaps of neighbours.
    ///
    /// The optimal string alignment distance. Only the first 64 characters are compared.
    public static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.unicodeScalars.prefix(64))
        let b = Array(b.unicodeScalars.prefix(64))
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        var row = last
        for i in 1...a.count {
            row[0] = i
            for j in 1...b.count {
                let substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                row[j] = min(substitution, last[j] + 1, row[j - 1] + 1)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    row[j] = min(row[j], beforeLast[j - 2] + 1)
                }
            }
            (beforeLast, last, row) = (last, row, beforeLast)
        }
        return last[b.count]
    }

    /// The whole numbers in a word.
    private static func numbers(_ word: String) -> Set<Substring> {
        Set(word.split { !("0"..."9").contains($0) })
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        text.indices.contains { text[$0...].hasPrefix(part) }
    }
}
