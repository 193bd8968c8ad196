import Foundation

/// A style sheet whose colours are variables, one value for light and one for dark, written for programs that know no variables.
///
/// Browsers do; librsvg, Inkscape and most converters do not, and would draw everything black. They also pass over media queries, so that they
/// draw the light picture.
enum StyleSheet {
    /// The sheet with the light values in its rules, and the rules again with the dark values for readers who prefer that.
    ///
    /// - Parameter css: rules without nesting; variables stand in a rule of `svg`, their dark values in one inside `@media
    ///   (prefers-color-scheme: dark)`.
    static func withoutVariables(_ css: String) -> String {
        guard let query = css.firstMatch(of: /@media \(prefers-color-scheme: dark\) \{([^{}]*\{[^{}]*\}\s*)\}/) else { return css }
        let rest = css.replacing(query.0, with: "")
        let light = variables(rest)
        let dark = light.merging(variables(String(query.1))) { $1 }
        let rules = rest.matches(of: /\s*([^{}]+)\{([^{}]*)\}/).map { rule in
            "\(rule.1.trimmingCharacters(in: .whitespacesAndNewlines)) {\(rule.2.replacing(/--[a-z]+:[^;}]*;?/, with: ""))}"
        }
        let coloured = rules.filter { $0.contains("var(") }
        return rules.map { filled($0, light) + "\n" }.joined() + "@media (prefers-color-scheme: dark) {\n"
            + coloured.map { filled($0, dark) + "\n" }.joined() + "}\n"
    }

    private static func variables(_ css: String) -> [Substring: Substring] {
        Dictionary(css.matches(of: /--([a-z]+):\s*([^;}]*?)\s*[;}]/).map { ($0.1, $0.2) }) { $1 }
    }

    private static func filled(_ rule: String, _ values: [Substring: Substring]) -> String {
        rule.replacing(/var\(--([a-z]+)\)/) { values[$0.1] ?? "currentColor" }
    }
}
