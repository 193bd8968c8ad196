import Foundation
import Schedules
public import Sequences

/// How the sequences of a step were dealt to ranks, each way a panel on the same scale of time: a row a rank, a bar a micro-batch, coloured by the ranks
/// that share it.
public struct DealingSVG: Sendable {
    private let panels: [(title: String, step: DealtStep)]
    private let ranks: [Int]
    private let allRanks: Int

    /// Rows at most; of more ranks as many are shown, evenly spread.
    private static let mostRows = 64
    private static let (left, width, row) = (70.0, 1000.0, 7.0)

    /// A picture of the first batch of a study, dealt in every way that can serve it.
    public init(_ study: LengthStudy) {
        var dealer = study.dealer
        dealer.recordsSpans = true
        let batch = study.batch(0)
        panels = Dealing.allCases.filter { $0 != .padded }.compactMap { dealing in
            dealer.step(batch, dealing).map { step in
                (
                    "\(dealing.rawValue): \(DurationText.text(step.seconds)), ranks idle \(PercentText.string(step.idle))"
                        + (step.padding > 0.0005 ? ", padding \(PercentText.string(step.padding))" : "")
                        + (step.waiting > 0 ? ", \(CountText.grouped(step.waiting)) tokens wait for a later step" : ""), step
                )
            }
        }
        let all = dealer.prices.ranks
        let rows = min(Self.mostRows, all)
        allRanks = all
        ranks = (0..<rows).map { $0 * all / rows }
    }

    /// The picture as text.
    public var text: String {
        let end = max(panels.map(\.step.seconds).max() ?? 0, .leastNormalMagnitude)
        var (top, body) = (84.0, "")
        var sizes: Set<Int> = []
        for panel in panels {
            body += label(panel.title, x: 12, y: top - 8, style: "font-weight=\"600\"")
            var rows: [Int: Double] = [:]
            for (index, rank) in ranks.enumerated() {
                rows[rank] = top + Double(index) * Self.row
                body += rectangle(0, Self.width, top + Double(index) * Self.row, fill: "#f1f3f6")
            }
            for span in panel.step.spans {
                guard let y = rows[span.rank] else { continue }
                sizes.insert(span.ranks)
                body += rectangle(
                    span.start / end * Self.width, max(span.seconds / end * Self.width - 0.3, 0.3), y, fill: colour(span.ranks))
            }
            body += label("rank 0", x: Self.left - 8, y: top + 7, style: "text-anchor=\"end\" font-size=\"10\"")
            if let last = ranks.last, last > 0 {
                let y = top + Double(ranks.count - 1) * Self.row + 7
                body += label("\(last)", x: Self.left - 8, y: y, style: "text-anchor=\"end\" font-size=\"10\"")
            }
            top += Double(ranks.count) * Self.row + 34
        }
        var (legend, x) = ("", 12.0)
        for size in sizes.sorted() {
            legend += "<rect x=\"\(x)\" y=\"40\" width=\"12\" height=\"12\" fill=\"\(colour(size))\"/>\n"
            let words = size == 1 ? "one rank a sequence" : "\(size)"
            legend += label(words, x: x + 17, y: 50, style: "")
            x += 26 + 7 * Double(words.count) + 8
        }
        let (wide, high) = (Int(Self.left + Self.width + 20), Int(top - 10))
        let shown = ranks.count < allRanks ? ", \(ranks.count) of \(allRanks) ranks shown" : ""
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(wide) \(high)" width="\(wide)" height="\(high)" \
            font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#10151c">
            <rect width="100%" height="100%" fill="#ffffff"/>
            \(label("Sequences of one step on context and data ranks\(shown)", x: 12, y: 24, style: "font-size=\"15\" font-weight=\"600\""))\(legend)\(body)</svg>

            """
    }

    /// Writes the picture.
    ///
    /// - Throws: `ReportsError.unwritable`.
    public func write(to path: String) throws(ReportsError) { try AtomicFile.write(Array(text.utf8), to: path) }

    /// Blue for a rank alone, warmer with every doubling up to all of them.
    private func colour(_ ranks: Int) -> String {
        let share = min(1, log2(Double(max(1, ranks))) / max(1, log2(Double(allRanks))))
        let (cold, middle, warm) = (Colour(0x2F74B5), Colour(0x2BA884), Colour(0xD9652B))
        return (share < 0.5 ? cold.mixed(with: middle, 2 * share) : middle.mixed(with: warm, 2 * share - 1)).hex
    }

    private func rectangle(_ x: Double, _ wide: Double, _ y: Double, fill: String) -> String {
        let numbers = [Self.left + x, y, wide, Self.row - 1].map { DurationText.decimal($0, 1) }
        return "<rect x=\"\(numbers[0])\" y=\"\(numbers[1])\" width=\"\(numbers[2])\" height=\"\(numbers[3])\" fill=\"\(fill)\"/>\n"
    }

    private func label(_ words: String, x: Double, y: Double, style: String) -> String {
        "<text x=\"\(DurationText.decimal(x, 1))\" y=\"\(DurationText.decimal(y, 1))\" \(style)>\(words)</text>\n"
    }
}
