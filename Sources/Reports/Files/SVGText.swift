import Foundation

/// What pictures write into SVG.
enum SVGText {
    /// A text with the characters of markup replaced.
    static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            default: scalar.properties.generalCategory == .control ? "?" : String(scalar)
            }
        }.joined()
    }

    /// A colour as `#rrggbb`.
    static func hex(_ colour: Colour) -> String { String(format: "#%02x%02x%02x", colour.red, colour.green, colour.blue) }
}

/// What maps and plots look like on light paper and on dark, as the reader prefers.
enum PictureStyle {
    /// Paper, boxes, ink and lines, by class.
    static let css = "<style>\n\(StyleSheet.withoutVariables(rules))</style>"

    private static let rules = """
        svg { --paper: #ffffff; --box: #f1f3f6; --line: #8894a6; --ink: #1f2328; background: var(--paper) }
        @media (prefers-color-scheme: dark) { svg { --paper: #0d1117; --box: #1b222c; --line: #7d8796; --ink: #e6edf3 } }
        .paper { fill: var(--paper) } .box { fill: var(--box) } .framed { fill: var(--box); stroke: var(--line) }
        .empty { fill: var(--paper); stroke: var(--line); stroke-opacity: .5 } .hatch { fill: var(--line); fill-opacity: .55 }
        text { fill: var(--ink) } .grid { stroke: var(--ink); opacity: .15 } .line { stroke: var(--ink); opacity: .6 }
        .band { stroke: var(--ink); opacity: .35; stroke-dasharray: 4 4 }
        """
}
