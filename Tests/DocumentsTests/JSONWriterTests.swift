import Documents
import Testing

@Suite struct JSONWriterTests {
    @Test func keepsTheOrderOfKeysAndPutsSingleValuesInOneLine() {
        let content: YAMLContent = ["b": 1, "a": ["x", "y"], "none": [], "empty": [:], "deep": [["c": true], 2.5]]
        #expect(
            JSONWriter.text(content) == """
                {
                  "b": 1,
                  "a": ["x", "y"],
                  "none": [],
                  "empty": {},
                  "deep": [
                    {
                      "c": true
                    },
                    2.5
                  ]
                }

                """)
    }

    @Test func escapesWhatJSONForbids() {
        #expect(JSONWriter.text("a\"b\\c\n\t\u{01}é") == "\"a\\\"b\\\\c\\n\\t\\u0001é\"\n")
    }

    @Test func numbersReadBackExactly() {
        for number in [0.1, 1e-9, 1e300, -0.0, 123_456_789.125] {
            let text = JSONWriter.text(.number(number)).dropLast()
            #expect(Double(String(text)) == number)
        }
    }
}
