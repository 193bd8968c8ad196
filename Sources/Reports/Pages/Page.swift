import Foundation

/// A page of HTML that needs nothing else, not even a network: sections one below the other, light and dark, and fit to print.
///
/// What it shows stands in its text; its script only sorts, filters, chooses and copies. Texts are escaped where they enter.
struct Page {
    private let title: String
    private let subtitle: String
    private var sections: [(id: String, title: String, content: String)] = []
    private let footer: String

    init(title: String, subtitle: String, footer: String) { (self.title, self.subtitle, self.footer) = (title, subtitle, footer) }

    /// Adds a section of markup; nothing where it is empty.
    mutating func add(_ id: String, _ title: String, _ content: String) {
        if !content.isEmpty { sections.append((id, title, content)) }
    }

    /// The page, in UTF-8.
    func bytes() -> [UInt8] {
        var page = ByteWriter(capacity: 1 << 18)
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        // The page can reach nothing: whatever it shows is in it.
        page.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        page.append("style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n")
        page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
        page.append(text: Markup.escaped(title))
        page.append("</title>\n<style>\n")
        page.append(file: PackageResources.report_css)
        page.append("</style>\n</head>\n<body>\n<header>\n")
        page.append(text: "<h1>\(Markup.escaped(title))</h1>\n<p>\(Markup.escaped(subtitle))</p>\n")
        page.append("<button id=\"theme\" type=\"button\">Light / dark</button>\n</header>\n<nav aria-label=\"Sections\">\n")
        for section in sections { page.append(text: "<a href=\"#\(section.id)\">\(Markup.escaped(section.title))</a>\n") }
        page.append("</nav>\n<main>\n")
        for section in sections {
            page.append(text: "<section id=\"\(section.id)\">\n<h2>\(Markup.escaped(section.title))</h2>\n\(section.content)</section>\n")
        }
        page.append(text: "</main>\n<footer>\(Markup.escaped(footer))</footer>\n<div id=\"tip\" role=\"status\"></div>\n")
        page.append("<script>\n(() => {\n")
        page.append(file: PackageResources.report_js)
        page.append("})();\n</script>\n</body>\n</html>\n")
        return page.array()
    }
}

/// Pieces of HTML.
enum Markup {
    /// A text with the characters of markup replaced, as content and as an attribute.
    static func escaped(_ text: String) -> String { SVGText.escaped(text).replacing("'", with: "&#39;") }

    /// Names and words beside each other.
    static func facts(_ facts: [(name: String, words: String)]) -> String {
        "<dl class=\"facts\">\n" + facts.map { "<dt>\(escaped($0.name))</dt><dd>\(escaped($0.words))</dd>\n" }.joined() + "</dl>\n"
    }

    /// A list of sentences.
    static func list(_ sentences: [String]) -> String {
        sentences.isEmpty ? "" : "<ul>\n" + sentences.map { "<li>\(escaped($0))</li>\n" }.joined() + "</ul>\n"
    }

    /// Sentences for whoever wants to know more.
    static func notes(_ sentences: [String]) -> String { sentences.map { "<p class=\"note\">\(escaped($0))</p>\n" }.joined() }

    /// A picture in the page's own colours: the style that it has for standing alone is left out.
    static func figure(_ svg: String) -> String {
        "<figure>\n\(svg.replacing(/<style>[^<]*<\/style>/, with: ""))</figure>\n"
    }

    /// A picture that stands in for what only a screen can show, on paper alone.
    static func printed(_ svg: [UInt8], title: String) -> String {
        "<img class=\"printed\" alt=\"\(escaped(title))\" src=\"data:image/svg+xml;base64,\(Data(svg).base64EncodedString())\">\n"
    }

    /// Another page inside this one.
    static func frame(_ page: [UInt8], title: String) -> String {
        let text = String(decoding: page, as: UTF8.self).replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
        return "<iframe class=\"screen\" title=\"\(escaped(title))\" srcdoc=\"\(text)\"></iframe>\n"
    }
}
