import Schedules

extension SVGRows {
    /// How a crowded lane's time divides among the kinds, as one area per kind.
    func appendShares(_ row: SVGLayout.Row, to text: inout ByteWriter) {
        let shares = LaneShares(timeline, row.lane.spans, columns: Int(SVGLayout.plotWidth))
        let base = row.top + row.height
        // Each kind's area reaches down to the base and the next is drawn over it, so edges between kinds cannot leave gaps.
        for kind in Timeline.Kind.allCases.reversed() {
            guard row.lane.spans.contains(where: { timeline.spans[Int($0)].kind == kind }) else { continue }
            text.append(text: "<path class=\"k\(kind.rawValue)c0\" d=\"M\(Int(SVGLayout.left)) ")
            text.append(coordinate: base)
            var level = base
            for column in 0..<shares.columns {
                let sum = shares.shares[column * LaneShares.kinds...column * LaneShares.kinds + Int(kind.rawValue)].reduce(0, +)
                let height = (base - min(sum, 1) * row.height).rounded(toMultipleOf: 0.25)
                guard height != level else { continue }
                text.append("H")
                text.append(Int(SVGLayout.left) + column)
                text.append("V")
                text.append(coordinate: height)
                level = height
            }
            text.append(text: "H\(Int(SVGLayout.left + SVGLayout.plotWidth))V")
            text.append(coordinate: base)
            text.append("z\"/>\n")
        }
    }

    /// Memory over time under a rank, its peak beside it, and the limit over it.
    func appendMemory(_ points: [Timeline.MemoryPoint], top: Double, to text: inout ByteWriter) {
        let base = top + layout.memoryHeight
        text.append("<path class=\"curve\" d=\"M")
        text.append(coordinate: SVGLayout.left)
        text.append(" ")
        text.append(coordinate: base)
        var column = SVGLayout.left
        var peak = 0.0
        for (index, point) in points.enumerated() {
            peak = max(peak, point.amount)
            // Within a pixel only the highest amount is drawn, so that no peak is lost however many steps it holds.
            let next = index + 1 < points.count ? layout.x(points[index + 1].time) : .infinity
            guard next - column >= 1 else { continue }
            let share = highest > 0 && peak.isFinite ? peak / highest : 0
            text.append("H")
            text.append(coordinate: max(column, layout.x(point.time)))
            text.append("V")
            text.append(coordinate: base - share * (layout.memoryHeight - 1))
            column = min(next, SVGLayout.left + SVGLayout.plotWidth)
            peak = 0
        }
        text.append("H")
        text.append(coordinate: SVGLayout.left + SVGLayout.plotWidth)
        text.append("V")
        text.append(coordinate: base)
        text.append(text: "z\"/>\n<text class=\"right\" x=\"\(SVGLayout.left - 12)\" font-size=\"10\" y=\"")
        text.append(coordinate: top + layout.memoryHeight / 2 + 4)
        text.append("\">")
        let most = points.reduce(0) { max($0, $1.amount) }
        text.append(text: timeline.memoryUnit.text(most))
        text.append("</text>\n")
        guard let limit = MemoryScale(timeline).limit else { return }
        text.append(text: "<path class=\"limit\" d=\"M\(Int(SVGLayout.left)) ")
        text.append(coordinate: base - limit / highest * (layout.memoryHeight - 1))
        text.append(text: "h\(Int(SVGLayout.plotWidth))\"/>\n")
    }

    /// A line under every operation of the critical path, and from each to the next.
    func appendPath(to text: inout ByteWriter) {
        var base = [Double](repeating: -1, count: timeline.spans.count)
        for row in layout.ranks.flatMap(\.rows) {
            for index in row.lane.spans where timeline.spans[Int(index)].isCritical { base[Int(index)] = row.top + row.height - 1 }
        }
        let critical = base.indices.filter { base[$0] >= 0 }.sorted { timeline.spans[$0].start < timeline.spans[$1].start }
        guard !critical.isEmpty else { return }
        var path = ByteWriter()
        for index in critical {
            let span = timeline.spans[index]
            let before = Int(span.waitsFor)
            let isJoined = base.indices.contains(before) && base[before] >= 0 && base[before] != base[index]
            path.append("M")
            path.append(coordinate: layout.x(isJoined ? timeline.spans[before].end : span.start))
            path.append(" ")
            path.append(coordinate: isJoined ? base[before] : base[index])
            if isJoined {
                path.append("L")
                path.append(coordinate: layout.x(span.start))
                path.append(" ")
                path.append(coordinate: base[index])
            }
            path.append("H")
            path.append(coordinate: layout.x(span.end))
        }
        for style in ["halo", "path"] {
            text.append(text: "<path class=\"\(style)\" d=\"")
            path.withBytes { text.append(bytes: $0) }
            text.append("\"/>\n")
        }
    }
}

extension Double {
    fileprivate func rounded(toMultipleOf step: Double) -> Double { (self / step).rounded() * step }
}
