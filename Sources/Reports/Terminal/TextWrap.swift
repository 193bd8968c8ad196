/// Breaks paragraphs into lines.
enum TextWrap {
    /// The lines of a paragraph, broken at spaces: the first begins with `first`, the others with `indent` spaces.
    static func lines(_ text: String, first: String = "", indent: Int = 0, width: Int) -> [String] {
        var lines: [String] = []
        var line = first
        var isFresh = true
        for word in text.split(separator: " ") {
            if !isFresh, line.columns + 1 + word.description.columns > width {
                lines.append(line)
                line = String(repeating: " ", count: indent)
                isFresh = true
            }
            line += isFresh ? word.description : " " + word
            isFresh = false
        }
        lines.append(line)
        return lines
    }
}
