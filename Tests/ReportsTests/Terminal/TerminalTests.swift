import Testing

@testable import Reports

@Suite struct TerminalTests {
    @Test func noColorWins() {
        #expect(TerminalColour.suited(environment: ["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], isTerminal: true) == .none)
        #expect(TerminalColour.suited(environment: ["NO_COLOR": ""], isTerminal: true) == .indexed)
        #expect(TerminalColour.suited(environment: ["COLORTERM": "truecolor"], isTerminal: true) == .full)
        #expect(TerminalColour.suited(environment: ["COLORTERM": "truecolor"], isTerminal: false) == .none)
        #expect(TerminalColour.suited(environment: ["CLICOLOR_FORCE": "1"], isTerminal: false) == .indexed)
        #expect(TerminalColour.suited(environment: ["TERM": "dumb"], isTerminal: true) == .none)
    }

    @Test func nearestColoursOfTheCube() {
        #expect(Colour(0x000000).index256 == 16)
        #expect(Colour(0xFFFFFF).index256 == 231)
        #expect(Colour(0xFF0000).index256 == 196)
        #expect(Colour(0x808080).index256 == 244)
        #expect(Colour(0x101010).mixed(with: Colour(0x303030), 0.5) == Colour(0x202020))
    }

    @Test func widthsCountColumns() {
        #expect(StyledText("日本 é").width == 6)
        #expect(StyledText("e\u{301}").width == 1)
        #expect(StyledText("日本語").cut(to: 4).rendered(.none) == "日…")
        #expect(StyledText("exactly").cut(to: 7).rendered(.none) == "exactly")
    }

    @Test func namesCannotSteerTheTerminal() {
        #expect(StyledText("a\u{1B}[31mb\n").rendered(.none) == "a?[31mb?")
    }

    @Test func stylesEndWhereTheyShould() {
        let text = StyledText("a", .bold) + "b" + StyledText("c", TextStyle(foreground: Colour(0xFF0000), isUnderlined: true))
        #expect(text.rendered(.none) == "abc")
        #expect(text.rendered(.indexed) == "\u{1B}[0;1ma\u{1B}[0mb\u{1B}[0;4;38;5;196mc\u{1B}[0m")
        #expect(StyledText("x", TextStyle(background: Colour(0x010203))).rendered(.full) == "\u{1B}[0;48;2;1;2;3mx\u{1B}[0m")
    }

    @Test func barsFillInProportion() {
        let blue = Colour(0x0000FF)
        #expect(TextBar.filled(0.5, width: 8, blue, colour: .none).rendered(.none) == "####....")
        #expect(TextBar.filled(0.31, width: 4, blue, colour: .full).rendered(.none) == "█▎  ")
        #expect(TextBar.filled(.nan, width: 2, blue, colour: .none).rendered(.none) == "..")
        let parts = [TextBar.Part(1, blue, letter: "c"), .init(1, blue, letter: "n"), .init(1, blue, letter: "i")]
        #expect(TextBar.stacked(parts, width: 10, colour: .none).rendered(.none) == "cccnnnniii")
        #expect(TextBar.stacked(parts, total: 6, width: 10, colour: .none).rendered(.none) == "ccnii     ")
    }

    private let table = TextTable(
        [
            .init("configuration", minimumWidth: 6), .init("step", .trailing), .init("memory", .trailing, expendability: 2),
            .init("note", expendability: 1),
        ],
        rows: [["tp 8 pp 4", "1.25 s", "72.1 GiB", "best"], ["tp 4 pp 8", "12.5 s", "60 GiB"]])

    @Test func tablesAlignTheirColumns() {
        #expect(
            table.rendered(width: 80, colour: .none) == """
                configuration    step    memory  note
                tp 8 pp 4      1.25 s  72.1 GiB  best
                tp 4 pp 8      12.5 s    60 GiB

                """)
    }

    @Test func narrowTablesCutThenLeaveOutAndSaySo() {
        #expect(
            table.rendered(width: 24, colour: .none) == """
                configura…    step  note
                tp 8 pp 4   1.25 s  best
                tp 4 pp 8   12.5 s
                not shown at this width…

                """)
    }

    @Test(arguments: [10, 20, 33, 60]) func tablesStayWithinTheWidth(_ width: Int) {
        let lines = table.rendered(width: max(width, 14), colour: .none).split(separator: "\n")
        for line in lines { #expect(String(line).columns <= max(width, 14)) }
    }
}
