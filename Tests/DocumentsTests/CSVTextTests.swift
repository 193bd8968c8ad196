import Documents
import Testing

@Suite struct CSVTextTests {
    /// What RFC 4180 asks to stand in quotes, and what a reader of ours would drop or split without them.
    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("a\nb", "\"a\nb\""),
        ("a\r\nb", "\"a\r\nb\""), (" a", "\" a\""), ("#1", "\"#1\""),
    ])
    func `fields are quoted where they would be read otherwise`(field: String, written: String) {
        #expect(CSVText.quoted(field) == written)
    }
}
