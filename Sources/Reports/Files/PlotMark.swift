import Foundation

/// How a plot marks the points of one series: neighbours differ in colour and in shape, and 35 series in one of the two.
struct PlotMark {
    /// The colour, one of Okabe and Ito's that reads on light paper and on dark.
    let colour: String
    private let shape: Int

    init(_ index: Int) {
        let colours = ["#2b84c4", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c8c"]
        colour = colours[index % colours.count]
        shape = index % 5
    }

    /// Circle, square, triangle, diamond or cross around a point, all of about one area.
    func path(_ x: Double, _ y: Double, _ r: Double) -> String {
        switch shape {
        case 0: String(format: "M%.1f %.1fa%.1f %.1f 0 1 0 %.1f 0a%.1f %.1f 0 1 0 %.1f 0z", x - r, y, r, r, 2 * r, r, r, -2 * r)
        case 1: String(format: "M%.1f %.1fh%.1fv%.1fh%.1fz", x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r, -1.8 * r)
        case 2: String(format: "M%.1f %.1fl%.1f %.1fh%.1fz", x, y - 1.3 * r, 1.2 * r, 2.2 * r, -2.4 * r)
        case 3:
            String(
                format: "M%.1f %.1fl%.1f %.1fl%.1f %.1fl%.1f %.1fz", x, y - 1.4 * r, 1.2 * r, 1.4 * r, -1.2 * r, 1.4 * r, -1.2 * r, -1.4 * r
            )
        default:
            String(
                format: "M%.1f %.1fh%.1fv%.1fh%.1fv%.1fh%.1fv%.1fh%.1fv%.1fh%.1fv%.1fh%.1fz", x - 0.45 * r, y - 1.3 * r, 0.9 * r, 0.85 * r,
                0.85 * r, 0.9 * r, -0.85 * r, 0.85 * r, -0.9 * r, -0.85 * r, -0.85 * r, -0.9 * r)
        }
    }
}
