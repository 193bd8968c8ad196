/// How a piece of text looks on a terminal that can show it.
public struct TextStyle: Hashable, Sendable {
    /// The colour of the letters; the terminal's own where absent.
    public var foreground: Colour?
    /// The colour behind the letters; the terminal's own where absent.
    public var background: Colour?
    /// Whether the letters are bold.
    public var isBold: Bool
    /// Whether the letters stand back.
    public var isDim: Bool
    /// Whether the letters are underlined.
    public var isUnderlined: Bool

    /// A style; by default the terminal's own.
    public init(
        foreground: Colour? = nil, background: Colour? = nil, isBold: Bool = false, isDim: Bool = false, isUnderlined: Bool = false
    ) {
        self.foreground = foreground
        self.background = background
        self.isBold = isBold
        self.isDim = isDim
        self.isUnderlined = isUnderlined
    }

    /// The terminal's own style.
    public static let plain = TextStyle()
    /// Bold letters.
    public static let bold = TextStyle(isBold: true)
    /// Letters that stand back.
    public static let dim = TextStyle(isDim: true)

    /// The sequence that selects this style from scratch (ECMA-48 §8.3.117, SGR).
    func selector(_ colour: TerminalColour) -> String {
        var codes = ["0"]
        if isBold { codes.append("1") }
        if isDim { codes.append("2") }
        if isUnderlined { codes.append("4") }
        for (layer, paint) in [(38, foreground), (48, background)] {
            guard let paint else { continue }
            codes.append(colour == .full ? "\(layer);2;\(paint.red);\(paint.green);\(paint.blue)" : "\(layer);5;\(paint.index256)")
        }
        return "\u{1B}[\(codes.joined(separator: ";"))m"
    }
}

/// Text made of pieces with a style each; it knows its width in columns and can be cut.
///
/// Control characters are replaced, so that a name read from a file cannot steer the terminal.
public struct StyledText: Sendable, Equatable, ExpressibleByStringLiteral {
    private(set) var runs: [(text: String, style: TextStyle)] = []

    /// Text in one style.
    public init(_ text: String, _ style: TextStyle = .plain) { append(text, style) }

    /// Text in the terminal's own style.
    public init(stringLiteral text: String) { append(text, .plain) }

    /// The number of columns that the text takes on a terminal.
    public var width: Int { runs.reduce(0) { $0 + $1.text.columns } }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { runs.isEmpty }

    /// Adds text at the end.
    public mutating func append(_ text: String, _ style: TextStyle = .plain) {
        guard !text.isEmpty else { return }
        let isClean = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        let clean =
            isClean
            ? text : String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
        if let last = runs.last, last.style == style {
            runs[runs.count - 1].text += clean
        } else {
            runs.append((clean, style))
        }
    }

    /// One text after another.
    public static func + (a: StyledText, b: StyledText) -> StyledText {
        var sum = a
        for run in b.runs { sum.append(run.text, run.style) }
        return sum
    }

    /// The text cut to a number of columns, an ellipsis in place of what is lost.
    public func cut(to limit: Int) -> StyledText {
        guard width > limit else { return self }
        var result = StyledText("")
        var left = limit - 1
        guard left >= 0 else { return result }
        for run in runs {
            for character in run.text {
                left -= String(character).columns
                guard left >= 0 else {
                    result.append("…", run.style)
                    return result
                }
                result.append(String(character), run.style)
            }
        }
        return result
    }

    /// The text without the unstyled spaces at its end.
    var withoutTrailingSpaces: StyledText {
        var result = self
        while let last = result.runs.last, last.style == .plain, last.text.last == " " {
            result.runs[result.runs.count - 1].text.removeLast()
            if last.text.count == 1 { result.runs.removeLast() }
        }
        return result
    }

    /// The text with the sequences that style it, or without any where there is no colour.
    public func rendered(_ colour: TerminalColour) -> String {
        guard colour != .none else { return runs.map(\.text).joined() }
        return runs.map { $0.style == .plain ? $0.text : $0.style.selector(colour) + $0.text + "\u{1B}[0m" }.joined()
    }

    /// Whether two texts have the same pieces.
    public static func == (a: StyledText, b: StyledText) -> Bool {
        a.runs.elementsEqual(b.runs) { $0.text == $1.text && $0.style == $1.style }
    }
}

extension String {
    /// The number of terminal columns that the text takes: none for a combining mark, two for a wide East Asian character or an emoji.
    var columns: Int {
        if utf8.allSatisfy({ $0 < 128 }) { return utf8.count }
        return unicodeScalars.reduce(0) { sum, scalar in
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: return sum
            default: return sum + (scalar.isWide ? 2 : 1)
            }
        }
    }
}

extension Unicode.Scalar {
    /// The blocks whose characters terminals draw two columns wide (Unicode Standard Annex 11, classes W and F).
    fileprivate var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
