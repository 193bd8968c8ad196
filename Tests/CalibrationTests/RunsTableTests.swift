import Documents
import Testing

@testable import Calibration

@Suite struct RunsTableTests {
    private let header = "id,framework,model,layers,hidden,heads,seq_len,gpu,n_gpus,precision,gbs,tp,pp,dp"
    private let row = "x-1,Megatron-LM,gpt,24,2048,16,2048,A100,8,bf16,64,2,2,2"

    private func read(_ text: String) throws(DocumentError) -> [RunRecord] {
        try RunsTable.runs(in: CSVTable.parse(text: text, file: "runs.csv"))
    }

    private func fault(_ text: String) -> String {
        do throws(DocumentError) {
            _ = try read(text)
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test func `reads words and numbers, and leaves what is missing unset`() throws {
        let runs = try read("\(header),mbs,quality,colour\n\(row),,,red\n\(row.replacing("x-1", with: "y-2")),4,B,blue\n")
        #expect(runs.map(\.id) == ["x-1", "y-2"])
        #expect(runs.map(\.source) == ["x", "y"])
        #expect(runs[0].framework == "Megatron-LM")
        #expect(runs[0]["hidden"] == 2048)
        #expect(runs[0]["mbs"] == nil)
        #expect(runs[1]["mbs"] == 4)
        #expect(runs.map(\.quality) == ["A", "B"])
        #expect(runs[1].location.line == 3)
    }

    @Test func `a missing column is named with its nearest neighbour`() {
        let text = fault("\(header.replacing("seq_len", with: "sq_len"))\n\(row)\n")
        #expect(text == "runs.csv:1:1: the table has no column 'seq_len'; did you mean 'sq_len'?")
    }

    @Test func `text in a number is refused where it stands`() {
        let text = fault("\(header)\n\(row)\n\(row.replacing("2048,16", with: "many,16"))\n")
        #expect(text.hasPrefix("runs.csv:3:"))
        #expect(text.contains("'many'"))
        #expect(text.contains("number"))
    }

    @Test func `negative numbers are out of range`() {
        #expect(fault("\(header)\n\(row.replacing(",64,", with: ",-64,"))\n").contains("'-64' is out of range"))
    }

    @Test func `a ragged row says how many fields it has`() {
        #expect(fault("\(header)\n\(row)\n\(row),9\n") == "runs.csv:3:1: the row has 15 fields, the header has 14")
    }

    @Test func `byte-order mark, CRLF and quotes are read`() throws {
        let text = "\u{FEFF}\(header),notes\r\n\(row),\"a \"\"b\"\", c\"\r\n"
        let runs = try read(text)
        #expect(runs[0].id == "x-1")
        #expect(runs[0].notes == "a \"b\", c")
        #expect(runs[0]["dp"] == 2)
    }

    @Test func `an unclosed quote is refused at its line`() {
        let text = fault("\(header)\n\(row)\n\"x-2\(row.dropFirst(3))\n")
        #expect(text.hasPrefix("runs.csv:3:1:"))
        #expect(text.contains("never closed"))
    }

    @Test func `an empty table has no runs`() throws {
        #expect(try read("\(header)\n").isEmpty)
        #expect(fault("").contains("the file is empty"))
    }

    @Test func `measured time comes from the step, the recomputed step, or tokens per second`() throws {
        let runs = try read(
            "\(header),step_time_s,chk_step_time_s,tokens_per_s_per_gpu\n\(row),2,3,4096\n\(row),,3,4096\n\(row),,,4096\n\(row),,,\n")
        #expect(runs.map(\.measuredStepTime) == [2, 3, 4, nil])
    }

    // MARK: YAML

    private func yaml(_ text: String) throws(DocumentError) -> [RunRecord] {
        try YAMLDocument.parse(text: text, file: "runs.yaml").object(as: "a table of runs") { file throws(DocumentError) in
            try RunsTable.runs(in: file)
        }
    }

    private let facts = """
        framework: Megatron-LM, model: gpt, layers: 24, hidden: 2048, heads: 16, seq_len: 2048, gpu: A100, n_gpus: 8, precision: bf16, \
        gbs: 64, tp: 2, pp: 2, dp: 2
        """

    @Test func `the same columns as YAML`() throws {
        let runs = try yaml("sources: {x: A paper}\nruns:\n  - {id: x-1, \(facts), step_time_s: 1.5}\n")
        #expect(runs.count == 1)
        #expect(runs[0]["hidden"] == 2048)
        #expect(runs[0].measuredStepTime == 1.5)
    }

    @Test func `YAML refuses unknown keys, missing keys and sources without citation`() {
        #expect(throws: DocumentError.self) { try yaml("sources: {x: A paper}\nruns:\n  - {id: x-1, \(facts), hiden: 3}\n") }
        #expect(throws: DocumentError.self) { try yaml("sources: {x: A paper}\nruns:\n  - {id: x-1, framework: Megatron-LM}\n") }
        #expect(throws: DocumentError.self) { try yaml("sources: {y: A paper}\nruns:\n  - {id: x-1, \(facts)}\n") }
    }
}
