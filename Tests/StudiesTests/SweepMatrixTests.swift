import Documents
import Studies
import Testing

@Suite struct SweepMatrixTests {
    private func result(_ time: Double?) -> CellResult {
        let plan = time.map { time in
            CellResult.Plan(
                tp: 1, pp: 1, vpp: 1, cp: 1, ep: 1, etp: 1, dp: 1, microBatch: 1, schedule: "1f1b", sharding: "zero1", recompute: "none",
                offloads: false, stepTime: time, stepTimeLow: time, stepTimeHigh: time, trust: "measured", mfu: 0.4, memory: 10, goodput: 1,
                spareNodes: 0)
        }
        return CellResult(
            gpus: 8, nodes: 1, gpu: "g",
            job: .init(globalBatch: 8, sequenceLength: 8, precision: "bf16", method: "pretrain", stack: "s"), plan: plan,
            reason: plan == nil ? "does not fit" : nil)
    }

    @Test func `cells stand by their sizes, and the fastest is marked`() throws {
        let study = try StudyDocument.parse(
            text: "model: m\ncluster: [a, b]\ngpus: 8\nep: [4, 1]\npp: [1, 2, 4]\nwhere: ep * pp < 16\n", file: "s.yaml")
        let cells = try study.cells { _ in 8 }
        // Six pairs less ep 4 with pp 4, on two clusters.
        #expect(cells.count == 10)
        #expect(cells[0].pins.text == "EP4 PP1")
        let times: [Double?] = [5, 3, 9, nil, 4, 6, 7, 8, 2, 1]
        let rows = zip(cells, times).enumerated().map { index, pair in
            SweepRow(id: index + 1, cell: pair.0, result: result(pair.1), tokens: nil, hourPrice: nil)
        }
        let matrices = SweepAnswers(study, rows).matrices
        #expect(matrices.count == 2)
        let first = matrices[0]
        #expect((first.rowDimension, first.columnDimension) == (.ep, .pp))
        #expect((first.rowSizes, first.columnSizes) == ([4, 1], [1, 2, 4]))
        #expect(first.cells == [0, 1, nil, 2, 3, 4])
        #expect(first.best == 1)
        #expect(matrices[1].best == 9 && matrices[1][1, 2] == 9)
    }

    @Test func `one pinned size makes no matrix, and cells that differ in it no series`() throws {
        let study = try StudyDocument.parse(text: "model: m\ncluster: a\ngpus: [8, 16]\npp: [1, 2]\n", file: "s.yaml")
        let cells = try study.cells { _ in 8 }
        let rows = cells.enumerated().map { SweepRow(id: $0 + 1, cell: $1, result: result(1), tokens: nil, hourPrice: nil) }
        let answers = SweepAnswers(study, rows)
        #expect(answers.matrices.isEmpty)
        #expect(answers.series.count == 2 && answers.series.allSatisfy { $0.rows.count == 2 })
    }
}
