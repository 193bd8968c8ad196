import Documents
import Testing

@testable import Studies

/// What a study says, and what is wrong with one that says nonsense.
@Suite struct StudyDocumentTests {
    private static let plain = "model: m\ncluster: [a, b]\n"

    private func study(_ text: String) throws -> Study { try StudyDocument.parse(text: text, file: "s.yaml") }

    @Test func everyDimensionMultiplies() throws {
        let study = try study(
            """
            model: [m, n]
            cluster: [a, b]
            gpus: 64...1024
            global_batch_size: [512, 1Ki]
            seq_len: [4K, 8K]
            precision: [bf16, fp8]
            """)
        let cells = try study.cells { _ in 8 }
        #expect(study.sequenceLengths == [4096, 8192])
        // 2 models × 2 clusters × 64, 128, 256, 512, 1,024 GPUs × 2 batches × 2 lengths × 2 formats.
        #expect(cells.count == 160)
        #expect(Set(cells).count == 160)
        #expect(cells.map(\.gpus).prefix(6) == [64, 128, 256, 512, 1024, 64])
    }

    @Test func otherOptionsMultiplyToo() throws {
        let study = try study(Self.plain + "plan:\n  offload: [never, auto]\n  micro_batch_size: 1,2\n")
        let cells = try study.cells { _ in 8 }
        #expect(cells.count == 4)
        #expect(cells[0].label == "m, a, offload never, micro-batch-size 1,2")
        #expect(cells.map { $0.choices[0].value } == ["never", "auto", "never", "auto"])
    }

    @Test func rangesEndWhereTheyAreSaidTo() throws {
        #expect(StudySizes.range(96...500).grid == [96, 192, 384, 500])
        #expect(StudySizes.range(8...8).grid == [8])
    }

    @Test func aDeadlineAsksForEveryNode() throws {
        let study = try study(Self.plain + "gpus: 64...128\ntokens: 1T\ndeadline: 30d\n")
        let cells = try study.cells { $0.name == "a" ? 8 : 4 }
        #expect(cells.filter { $0.cluster.name == "a" }.map(\.gpus) == Array(stride(from: 64, through: 128, by: 8)))
        #expect(cells.count { $0.cluster.name == "b" } == 17)
        #expect(cells.count { $0.isInGrid } == 4)
        #expect(study.deadline?.value == 30)
    }

    @Test func rulesLeaveCellsOut() throws {
        let study = try study(
            Self.plain
                + "gpus: [64, 128, 256]\nglobal_batch_size: 1024\nwhere:\n  - gpus >= 128 or cluster == b\n  - global_batch_size / gpus > 4\n"
        )
        let cells = try study.cells { _ in 8 }
        #expect(cells.map { "\($0.cluster.name)\($0.gpus ?? 0)" } == ["a128", "b64", "b128"])
        let not = try self.study(Self.plain + "gpus: [64, 128]\nwhere: not (cluster == a and nodes > 8)\n")
        #expect(try not.cells { _ in 8 }.map { "\($0.cluster.name)\($0.gpus ?? 0)" } == ["a64", "b64", "b128"])
    }

    @Test func whatACellLeavesOpenIsNoReason() throws {
        let study = try study(Self.plain + "where: global_batch_size >= 512\n")
        #expect(try study.cells { _ in 8 }.count == 2)
    }

    @Test func pricesHaveTerms() throws {
        let study = try study(Self.plain + "pay: spot\nprices: {a: {reserved: 3 EUR, spot: 1.5 EUR}, b: 2}\ntokens: 1T\nbudget: 5M EUR\n")
        #expect(study.prices.hours == ["a": 1.5, "b": 2])
        #expect(study.prices.currency == "EUR")
        #expect(study.budget?.value == 5e6)
    }

    /// Text after `model` and `cluster`, and what must be said of it, place first.
    @Test(arguments: [
        ("gpu_counts: 8\n", "3:1: unknown key 'gpu_counts'"),
        ("gpus: []\n", "3:7: the grid is empty: gpus has no value"),
        ("gpus:\n", "the grid is empty: gpus has no value"),
        ("gpus: 128...64\n", "3:7: the grid is empty: 128 is more than 64; write the smaller first: 64...128"),
        ("gpus: [64, 0]\n", "3:12: '0' is out of range"),
        ("gpus: [64, 64]\n", "3:12: the same gpus stands in line 3 already"),
        ("gpus: many\n", "3:7: found 'many', expected a whole number of GPUs"),
        ("precision: [bf16, fp7]\n", "3:19: unknown value 'fp7'"),
        ("tokens: 0\n", "3:9: '0' is out of range"),
        ("deadline: 30d\n", "3:11: a deadline says nothing without the tokens"),
        ("tokens: 1T\ndeadline: 30\n", "4:11: found '30', expected a time above 0 with its unit"),
        ("tokens: 1T\ndeadline: -3d\n", "4:11: '-3d' is out of range"),
        ("prices: {a: 2 USD, b: 2 EUR}\n", "3:23: EUR beside USD in line 3"),
        ("currency: USD\nprices: {a: 2 EUR}\n", "4:13: EUR beside USD in line 3"),
        ("prices: {c: 2}\n", "3:10: unknown key 'c'"),
        ("prices: {a: cheap}\n", "3:13: found 'cheap', expected an amount"),
        ("prices: {a: {spot: 2}}\n", "the price of a lacks the key 'reserved'"),
        ("plan: muon\n", "3:7: found 'muon', expected options of plan"),
        ("plan: {optimizer: }\n", "3:19: found nothing, expected a word or a number"),
        ("plan: {optimizer: []}\n", "3:19: the grid is empty: optimizer has no value"),
        ("plan: {vpp: [1, 1]}\n", "3:17: the same vpp stands in line 3 already"),
        ("plan: {micro-batch-size: 1, micro_batch_size: 2}\n", "the same option stands in line 3 already"),
        ("plan: {offload: [never, auto]}\nwhere: offload == nevr\n", "4:19: unknown value 'nevr'; did you mean 'never'?"),
        ("plan: {offload: [never, auto]}\nwhere: offload < never\n", "4:8: values of offload are neither more nor less"),
        ("plan: {lora-rank: 8}\nwhere: lora-rank > many\n", "4:20: unknown value 'many'"),
        ("where: gpus\n", "3:12: a comparison is expected behind 'gpus'"),
        ("where: gpu > 4\n", "3:8: unknown value 'gpu'; did you mean 'gpus'?"),
        ("where: cluster == d\n", "3:19: unknown value 'd'; expected one of a, b"),
        ("where: cluster > a\n", "3:8: a cluster is neither more nor less"),
        ("where: (gpus > 4\n", "a parenthesis is not closed"),
        ("where: gpus > 4 gpus\n", "3:17: 'gpus' is not expected here"),
    ]) func isRefusedAtItsPlace(text: String, said: String) throws {
        let error = #expect(throws: DocumentError.self) { try study(Self.plain + text) }
        #expect(error?.description.contains(said) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("s.yaml:") == true)
    }

    @Test func rulesThatLeaveNothingAreNamed() throws {
        let study = try study(Self.plain + "gpus: [8, 16]\nwhere:\n  - gpus > 8\n  - gpus < 16\n")
        let error = #expect(throws: DocumentError.self) { try study.cells { _ in 8 } }
        #expect(error?.description.hasPrefix("s.yaml:5:5: the grid is empty: the rules leave out all 4 cells") == true)
    }

    @Test func tooManyCellsAreRefused() throws {
        let study = try study(Self.plain + "gpus: 8...131072\ntokens: 1T\ndeadline: 1d\nglobal_batch_size: [1, 2, 3, 4, 5, 6, 7]\n")
        #expect(throws: DocumentError.self) { try study.cells { _ in 1 } }
    }
}
