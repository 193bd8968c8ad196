import Foundation
import Testing

@testable import Reports

@Suite struct StyleSheetTests {
    @Test func variablesBecomeTheirValues() {
        let css = """
            svg { --paper: #ffffff; --ink: #111111; background: var(--paper); }
            @media (prefers-color-scheme: dark) { svg { --ink: #eeeeee; } }
            text { fill: var(--ink); } .plain { stroke-width: 2; }
            """
        let sheet = StyleSheet.withoutVariables(css)
        #expect(!sheet.contains("--") && !sheet.contains("var("))
        let parts = sheet.components(separatedBy: "@media (prefers-color-scheme: dark) {")
        #expect(parts[0].contains("text { fill: #111111; }") && parts[0].contains("background: #ffffff;"))
        // What the dark reader does not change keeps its light value, and rules without colours are not repeated.
        #expect(parts[1].contains("text { fill: #eeeeee; }") && parts[1].contains("background: #ffffff;"))
        #expect(parts[0].contains(".plain") && !parts[1].contains(".plain"))
    }

    @Test func everyPictureDoesWithoutVariables() {
        #expect(!PictureStyle.css.contains("var(") && PictureStyle.css.contains("#0d1117"))
    }
}
