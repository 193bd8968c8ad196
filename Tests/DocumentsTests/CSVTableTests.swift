import Documents
import Testing

/// Tables are read strictly, and a mistake is reported with its line.
@Suite struct CSVTableTests {
    @Test func fieldsKeepTheirTextAndPlace() throws {
        let text = "\u{FEFF}# source: x\r\n\r\ngpu, \"bytes\" ,note\r\na100,\"1,5\",\"say \"\"é\"\"\r\nagain\"\r\n\r\nh100, 7 ,\r\n"
        #expect(throws: DocumentError.self) { try CSVTable.parse(text: text, file: "t.csv") }
        let table = try CSVTable.parse(text: text.replacing(" \"bytes\" ", with: " bytes "), file: "t.csv")
        #expect(table.header == ["gpu", "bytes", "note"])
        #expect(table.rows == 2)
        let (bytes, note) = (try table.column("bytes"), try table.column("note"))
        #expect(table.text(bytes, row: 0) == "1,5")
        #expect(table.text(note, row: 0) == "say \"é\"\r\nagain")
        #expect(try table.value(bytes, row: 1, .int()) == 7)
        #expect(table.location(bytes, row: 1).line == 7)
        #expect(try table.optionalValue(note, row: 1, .positive) == nil)
        #expect(table.optionalColumn("nope") == nil)
    }

    @Test(arguments: [
        ("", "1:1", "the file is empty"),
        ("# c\n", "1:1", "the file is empty"),
        ("a,b\n1,2,3\n", "2:1", "the row has 3 fields, the header has 2"),
        ("a,b\n1,2\n3\n", "3:1", "the row has 1 fields, the header has 2"),
        ("a,b\n1,x\n", "2:3", "found 'x', expected a number above 0"),
        ("a,b\n1,\n", "2:3", "found nothing, expected a number above 0"),
        ("a,b\n1,nan\n", "2:3", "'nan' is not a finite number"),
        ("a,b\n1,-4\n", "2:3", "'-4' is out of range"),
        ("a,bb\n1,2\n", "1:1", "the table has no column 'b'"),
        ("a,b,a\n", "1:5", "the key 'a' is already given in line 1"),
        ("a,b\n\"1,2\n", "2:1", "this quote is never closed"),
        ("a,b\n1\"2,3\n", "2:2", "a quote inside an unquoted field"),
        ("a,b\n\"1\"2,3\n", "2:4", "text after a closing quote"),
        ("a,b\r1,x\r", "2:3", "found 'x'"),
    ]) func badTables(text: String, place: String, message: String) {
        let error = #expect(throws: DocumentError.self) {
            let table = try CSVTable.parse(text: text, file: "t.csv")
            let column = try table.column("b")
            for row in 0..<table.rows { _ = try table.value(column, row: row, .positive) }
        }
        #expect(error?.description.hasPrefix("t.csv:\(place): ") == true, "\(error?.description ?? "")")
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}

/// The files of csv-spectrum (Max Ogden, github.com/maxogden/csv-spectrum), by their content.
@Suite struct CSVSpectrumTests {
    @Test(arguments: [
        ("first,last,address\nJohn,Doe,\"120 any st., Anytown, WW\"\n", [["John", "Doe", "120 any st., Anytown, WW"]]),
        ("a,b,c\n1,\"\",\"\"\n2,3,4\n", [["1", "", ""], ["2", "3", "4"]]),
        ("a,b,c\r\n1,\"\",\"\"\r\n2,3,4\r\n", [["1", "", ""], ["2", "3", "4"]]),
        ("a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n", [["1", "ha \"ha\" ha"], ["3", "4"]]),
        (
            "key,val\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"at\"\": [102.0, 0.5]}\"\n",
            [["1", "{\"type\": \"Point\", \"at\": [102.0, 0.5]}"]]
        ),
        ("a,b,c\n1,2,3\n\"Once upon \na time\",5,6\n7,8,9\n", [["1", "2", "3"], ["Once upon \na time", "5", "6"], ["7", "8", "9"]]),
        ("a,b\r\n1,\"two\r\nlines\"\r\n", [["1", "two\r\nlines"]]),
        ("a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n3,4\n", [["1", "ha \n\"ha\" \nha"], ["3", "4"]]),
        ("a,b,c\n1,2,3\n4,5,ʤ\n", [["1", "2", "3"], ["4", "5", "ʤ"]]),
        ("a,b,c\r\n1,2,3\r\n", [["1", "2", "3"]]), ("a,b,c\n1,2,3", [["1", "2", "3"]]),
    ])
    func `every file reads as it should`(text: String, rows: [[String]]) throws {
        let table = try CSVTable.parse(text: text, file: "t.csv")
        let found = try (0..<table.rows).map { row in try table.header.map { table.text(try table.column($0), row: row) } }
        #expect(found == rows)
    }
}
