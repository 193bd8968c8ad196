import Foundation
import Studies
import Testing

@testable import meshwright

/// The file of cells that a sweep writes: what is found is kept as soon as it can be.
@Suite struct CellStoreTests {
    private static let cell: StudyCell? = try? StudyDocument.parse(text: "model: m\ncluster: c\n", file: "s.yaml").cells { _ in 8 }.first

    private func result(_ gpus: Int) -> CellResult {
        CellResult(
            gpus: gpus, nodes: 1, gpu: "h100",
            job: CellResult.Job(globalBatch: 1, sequenceLength: 1, precision: "bf16", method: "pretrain", stack: "any"), plan: nil,
            reason: "does not fit")
    }

    @Test func whatCannotBeWrittenWaits() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "meshwright-cells-\(UUID())")
        defer { try? FileManager.default.removeItem(at: directory) }
        // A file where the store's folder has to be.
        try Data().write(to: directory)
        let path = directory.appending(path: "cells.sqlite").path
        let store = try CellStore(path: path)
        let cell = try #require(Self.cell)
        store.keep(result(8), of: cell, under: "eight")
        store.keep(result(16), of: cell, under: "sixteen")
        #expect(store.finish() == 2)
        #expect(store.warning?.contains("cannot be created") == true)
        try FileManager.default.removeItem(at: directory)
        #expect(store.finish() == 0)
        #expect(store.warning == nil)
        let again = try CellStore(path: path)
        #expect(again.result("eight") == result(8) && again.result("sixteen") == result(16))
    }
}
