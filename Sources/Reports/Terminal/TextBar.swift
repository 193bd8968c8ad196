/// Horizontal bars made of characters.
public enum TextBar {
    /// One part of a stacked bar.
    public struct Part: Sendable {
        /// Its size, in the unit of all parts.
        public var amount: Double
        /// Its colour.
        public var colour: Colour
        /// The character that stands for it where there is no colour.
        public var letter: Character

        /// A part.
        public init(_ amount: Double, _ colour: Colour, letter: Character) {
            self.amount = amount
            self.colour = colour
            self.letter = letter
        }
    }

    /// A bar that fills a share (0 to 1) of `width` columns, to an eighth of a column, or with `#` where there is no colour.
    public static func filled(_ share: Double, width: Int, _ paint: Colour, colour: TerminalColour) -> StyledText {
        guard width > 0 else { return "" }
        let clamped = share.isFinite ? min(max(share, 0), 1) : 0
        if colour == .none {
            let full = Int((clamped * Double(width)).rounded())
            return StyledText(String(repeating: "#", count: full) + String(repeating: ".", count: width - full))
        }
        let eighths = Int((clamped * Double(width * 8)).rounded())
        let partial = eighths % 8 == 0 ? "" : ["▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8 - 1]
        let empty = width - eighths / 8 - partial.count
        return StyledText(String(repeating: "█", count: eighths / 8) + partial, TextStyle(foreground: paint))
            + StyledText(String(repeating: " ", count: empty))
    }

    /// A bar whose parts share `width` columns in proportion to their amounts; where `total` is larger than their sum, the rest is empty.
    public static func stacked(_ parts: [Part], total: Double? = nil, width: Int, colour: TerminalColour) -> StyledText {
        let amounts = parts.map { $0.amount.isFinite ? max($0.amount, 0) : 0 }
        let whole = max(total ?? 0, amounts.reduce(0, +))
        guard width > 0, whole > 0 else { return StyledText(String(repeating: " ", count: max(width, 0))) }
        var text = StyledText("")
        var sum = 0.0
        var drawn = 0
        for (part, amount) in zip(parts, amounts) {
            sum += amount
            // Both ends are rounded, not the length, so that errors do not add up.
            let end = Int((sum / whole * Double(width)).rounded())
            let cells = String(repeating: colour == .none ? part.letter : " ", count: end - drawn)
            text.append(cells, colour == .none ? .plain : TextStyle(background: part.colour))
            drawn = end
        }
        text.append(String(repeating: " ", count: width - drawn))
        return text
    }
}
