public import Schedules

/// A timeline as one HTML page that needs nothing else, not even a network.
///
/// The page draws on a canvas, so that it stays quick with hundreds of thousands of operations: zoom, pan, hover for an operation's
/// name, times and what it waits for, memory under each rank, the critical path, light and dark. Its script and style are the files
/// in `Page/`, which are compiled into the program; its data are columns in base 64.
public struct TimelineHTML: Sendable {
    private let timeline: Timeline

    /// A page for a timeline.
    public init(_ timeline: Timeline) { self.timeline = timeline }

    /// Writes the page to a file that appears when it is complete.
    ///
    /// - Throws: `ReportsError.unwritable`.
    public func write(to path: String) throws(ReportsError) { try AtomicFile.write(bytes(), to: path) }

    /// The page, in UTF-8.
    public func bytes() -> [UInt8] {
        let data = TimelinePageData(timeline)
        var page = ByteWriter(capacity: 1 << 20)
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        // The page can reach nothing: whatever it shows is in it.
        page.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        page.append("style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n")
        page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
        page.append(xml: timeline.title)
        page.append("</title>\n<style>\n")
        page.append(file: PackageResources.timeline_css)
        page.append("</style>\n</head>\n<body>\n<header>\n<h1>")
        page.append(xml: timeline.title)
        page.append("</h1>\n<div id=\"facts\"></div>\n<div id=\"tools\">\n")
        for (name, words) in [("memory", "Memory"), ("communication", "Communication"), ("path", "Critical path")] {
            page.append(text: "<button id=\"toggle-\(name)\" aria-pressed=\"true\">\(words)</button>\n")
        }
        page.append("<button id=\"fit\">Fit</button>\n<button id=\"theme\">Light / dark</button>\n</div>\n")
        if !timeline.facts.isEmpty {
            page.append("<div id=\"about\">\n")
            for fact in timeline.facts {
                page.append("<p>")
                page.append(xml: fact)
                page.append("</p>\n")
            }
            page.append("</div>\n")
        }
        page.append("</header>\n")
        page.append("<div id=\"legend\"></div>\n<main><canvas id=\"chart\" tabindex=\"0\" role=\"img\" aria-label=\"Timeline of ")
        page.append(xml: timeline.title)
        page.append("\"></canvas></main>\n<canvas id=\"overview\"></canvas>\n<footer>")
        page.append("<kbd>wheel</kbd> zoom · <kbd>drag</kbd> pan · <kbd>click</kbd> follow a micro-batch · <kbd>double click</kbd> all · ")
        page.append("<kbd>[ ]</kbd> row height · <kbd>m c p</kbd> memory, communication, critical path</footer>\n<div id=\"tip\"></div>\n")
        data.append(to: &page)
        page.append("<script>\n(() => {\n")
        page.append(file: PackageResources.data_js)
        page.append(file: PackageResources.view_js)
        page.append(file: PackageResources.rows_js)
        page.append(file: PackageResources.draw_js)
        page.append(file: PackageResources.overview_js)
        page.append(file: PackageResources.interact_js)
        page.append("})();\n</script>\n</body>\n</html>\n")
        return page.array()
    }
}

extension ByteWriter {
    /// Appends an embedded file.
    mutating func append(file: [UInt8]) { file.withUnsafeBytes { append(bytes: $0) } }

    /// Appends text as the content or an attribute of an XML or HTML element; control characters, which XML forbids, are left out.
    mutating func append(xml text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): append("&lt;")
            case UInt8(ascii: ">"): append("&gt;")
            case UInt8(ascii: "&"): append("&amp;")
            case UInt8(ascii: "\""): append("&quot;")
            case 0..<32: append(" ")
            default: append(byte: byte)
            }
        }
    }
}
