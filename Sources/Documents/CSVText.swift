/// Fields of CSV as they are written.
public enum CSVText {
    /// A field as RFC 4180 writes it; spaces at its ends, and a `#` that would begin a comment, stay only in quotes.
    public static func quoted(_ field: String) -> String {
        // Characters would take a line break of two scalars for neither of them.
        let isPlain =
            field.unicodeScalars.allSatisfy { !",\"\n\r".unicodeScalars.contains($0) } && !field.hasPrefix(" ") && !field.hasSuffix(" ")
        return isPlain && !field.hasPrefix("#") ? field : "\"\(field.replacing("\"", with: "\"\""))\""
    }
}
