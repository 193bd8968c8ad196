import Foundation

extension BandwidthHeatMap {
    /// The picture as SVG; the title of a cell says its link and bandwidth.
    public var svg: String {
        let side = max(6, min(22, 900 / max(names.count, 1)))
        let left = 8 + 7 * min(24, names.map(\.count).max() ?? 0)
        let extent = side * names.count
        let size = (width: max(left + extent + 12, left + 380), height: extent + left + 76)
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size.width) \(size.height)" width="\(size.width)" height="\(size.height)" \
            font-family="sans-serif" font-size="\(min(11, side))">
            <title>Bandwidth from every sender (row) to every receiver (column)</title>
            \(PictureStyle.css)
            <defs><pattern id="none" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
            <rect width="6" height="6" class="box"/><rect width="1.2" height="6" class="hatch"/></pattern></defs>
            <rect width="100%" height="100%" class="paper"/>\n
            """
        for (row, name) in names.enumerated() {
            let y = left + row * side
            let label = SVGText.escaped(String(name.prefix(24)))
            text += "<text x=\"\(left - 4)\" y=\"\(y + side / 2 + 4)\" text-anchor=\"end\">\(label)</text>\n"
            text += "<text transform=\"translate(\(left + row * side + side / 2 + 4) \(left - 4)) rotate(-90)\">\(label)</text>\n"
            for column in names.indices {
                guard let value = cells[row * names.count + column] else {
                    text += "<rect x=\"\(left + column * side)\" y=\"\(y)\" width=\"\(side)\" height=\"\(side)\" fill=\"url(#none)\">"
                    text += "<title>\(SVGText.escaped(name)) to \(SVGText.escaped(names[column])): no link</title></rect>\n"
                    continue
                }
                text += "<rect x=\"\(left + column * side)\" y=\"\(y)\" width=\"\(side)\" height=\"\(side)\" "
                text += "fill=\"\(SVGText.hex(colour(share(value))))\"><title>"
                text += "\(SVGText.escaped(name)) to \(SVGText.escaped(names[column])): \(brief(value)) GB/s</title></rect>\n"
            }
        }
        let foot = left + extent + 20
        for step in 0...20 {
            text +=
                "<rect x=\"\(left + step * 6)\" y=\"\(foot)\" width=\"6\" height=\"12\" fill=\"\(SVGText.hex(colour(Double(step) / 20)))\"/>\n"
        }
        let cell = perCell > 1 ? ", the slowest of \(perCell) × \(perCell) links a cell" : ""
        text += "<text x=\"\(left + 134)\" y=\"\(foot + 10)\" font-size=\"11\">\(brief(least)) to \(brief(most)) GB/s\(cell)</text>\n"
        text += "<rect x=\"\(left)\" y=\"\(foot + 18)\" width=\"126\" height=\"12\" fill=\"url(#none)\"/>"
        text += "<text x=\"\(left + 134)\" y=\"\(foot + 28)\" font-size=\"11\">no link, or none measured</text>\n"
        return text + "</svg>\n"
    }
}
