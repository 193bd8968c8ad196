import Foundation
import Quantities
import Sequences

/// Times dealing sequences to ranks, drawn steps of a large cluster, and the reading of a million documents.
func benchSequences() throws -> [(name: String, value: Double, unit: String)] {
    func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return (ContinuousClock.now - start) / .seconds(1)
    }
    func price(_ size: Int) -> GroupPrice {
        let n = Double(size)
        return GroupPrice(
            ranks: size, perToken: 5e-4 / n, perSquare: 9.6e-9 / n, transferPerToken: 5e-5 * (n - 1) / n, hidingShare: (n - 1) / n)
    }
    let groups = (0...10).map { price(1 << $0) }
    let prices = SequencePrices(groups: groups, mesh: groups[8], capacity: 8192, ranks: 1024)
    var random = SeededRandom(seed: 1)
    let lengths = (0..<1_000_000).map { _ in ShippedLengths.byted.draw(&random) }
    let deal = seconds { _ = BalanceScheduler(prices).deal(lengths) }
    let study = LengthStudy(StepDealer(prices, rowTokens: 1 << 21), ShippedLengths.byted, budget: 1 << 25, draws: 200)
    let balanced = seconds { _ = study.result(.balanced) }
    let packed = seconds { _ = study.result(.packed) }
    let hybrid = seconds { _ = study.result(.hybrid) }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("meshwright-bench-\(UUID()).jsonl")
    defer { try? FileManager.default.removeItem(at: path) }
    var text = Data()
    for (index, length) in lengths.enumerated() {
        text.append(contentsOf: "{\"id\": \(index), \"source\": \"web\", \"text\": \"none kept\", \"num_tokens\": \(length)}\n".utf8)
    }
    try text.write(to: path)
    text = Data()
    let read = try seconds { _ = try LengthsFile.read(path: path.path) }
    return [
        ("balance scheduler, 1,000,000 sequences on 1,024 ranks", deal, "s"), ("200 drawn steps on 1,024 ranks, balanced", balanced, "s"),
        ("200 drawn steps on 1,024 ranks, packed", packed, "s"),
        ("200 drawn steps on 1,024 ranks, Megatron's hybrid scheduler", hybrid, "s"),
        ("a million documents read from JSON lines", read, "s"),
    ]
}
