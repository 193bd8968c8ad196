/// How many colours the place that text goes to can show.
public enum TerminalColour: Hashable, Sendable {
    /// Plain characters, for files, pipes and people who asked for none.
    case none
    /// The 256 colours that every current terminal has.
    case indexed
    /// 24-bit colours.
    case full

    /// What suits an output, from facts that the caller looked up.
    ///
    /// A non-empty `NO_COLOR` wins over everything (no-color.org), then a `CLICOLOR_FORCE` other than `0`; otherwise only a terminal
    /// that is not `dumb` gets colours, and 24 bits where `COLORTERM` says so.
    ///
    /// - Parameters:
    ///   - environment: the process's environment variables.
    ///   - isTerminal: whether the output is a terminal.
    public static func suited(environment: [String: String], isTerminal: Bool) -> TerminalColour {
        if let refusal = environment["NO_COLOR"], !refusal.isEmpty { return .none }
        let isForced = environment["CLICOLOR_FORCE"].map { !$0.isEmpty && $0 != "0" } ?? false
        guard isForced || isTerminal && environment["TERM"] != "dumb" else { return .none }
        return ["truecolor", "24bit"].contains(environment["COLORTERM"]) ? .full : .indexed
    }
}

/// A colour in sRGB.
public struct Colour: Hashable, Sendable {
    /// Red, from 0 to 255.
    public var red: UInt8
    /// Green, from 0 to 255.
    public var green: UInt8
    /// Blue, from 0 to 255.
    public var blue: UInt8

    /// A colour written as people write it: `0x0072B2`.
    public init(_ hex: UInt32) {
        red = UInt8(truncatingIfNeeded: hex >> 16)
        green = UInt8(truncatingIfNeeded: hex >> 8)
        blue = UInt8(truncatingIfNeeded: hex)
    }

    /// The colour a part of the way to another; `share` runs from 0 (this one) to 1 (the other).
    public func mixed(with other: Colour, _ share: Double) -> Colour {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt32 { UInt32((Double(a) + (Double(b) - Double(a)) * min(max(share, 0), 1)).rounded()) }
        return Colour(mix(red, other.red) << 16 | mix(green, other.green) << 8 | mix(blue, other.blue))
    }

    /// How light it looks, from 0 to 1: the weights of WCAG 2.2's relative luminance, with the exponent 2.4 rounded to 2.
    ///
    /// Good enough to choose between black and white text.
    public var luminance: Double {
        func squared(_ component: UInt8) -> Double { Double(component) / 255 * Double(component) / 255 }
        return 0.2126 * squared(red) + 0.7152 * squared(green) + 0.0722 * squared(blue)
    }

    /// The nearest colour of the 6 × 6 × 6 cube or the greys of a 256-colour terminal.
    var index256: Int {
        let steps = [0, 95, 135, 175, 215, 255]
        func nearest(_ component: UInt8) -> Int {
            steps.indices.min { abs(steps[$0] - Int(component)) < abs(steps[$1] - Int(component)) } ?? 0
        }
        func distance(_ r: Int, _ g: Int, _ b: Int) -> Int {
            let (dr, dg, db) = (r - Int(red), g - Int(green), b - Int(blue))
            return dr * dr + dg * dg + db * db
        }
        let (r, g, b) = (nearest(red), nearest(green), nearest(blue))
        let grey = min(max((Int(red) + Int(green) + Int(blue)) / 3 - 8 + 5, 0) / 10, 23)
        let level = 8 + 10 * grey
        return distance(level, level, level) < distance(steps[r], steps[g], steps[b]) ? 232 + grey : 16 + 36 * r + 6 * g + b
    }
}
