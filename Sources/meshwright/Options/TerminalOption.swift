import ArgumentParser
import Foundation
import Reports

/// How wide a picture of characters may be, and whether it has colours.
struct TerminalOption: ParsableArguments {
    @Option(help: ArgumentHelp("Columns that text may take. By default those of the terminal, or 120.", valueName: "columns"))
    var width: Int?

    @Flag(inversion: .prefixedNo, help: "Colours in text. By default where the output is a terminal that has them.")
    var colour: Bool?

    func validate() throws {
        if let width, !(24...100_000).contains(width) { throw ValidationError("--width \(width): between 24 and 100000 columns") }
    }

    /// The columns to fill.
    var columns: Int {
        if let width { return width }
        if let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init), columns >= 24 { return columns }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 24 else { return 120 }
        return Int(size.ws_col)
    }

    /// The colours to use.
    var colours: TerminalColour {
        let suited = TerminalColour.suited(environment: ProcessInfo.processInfo.environment, isTerminal: isatty(STDOUT_FILENO) == 1)
        guard let colour else { return suited }
        return colour ? (suited == .none ? .indexed : suited) : .none
    }
}
