import Documents
import Foundation
import Quantities
import Testing

@testable import Sequences

/// Distributions, files and packing.
@Suite struct LengthsTests {
    private func file(_ text: String, _ name: String = "lengths.csv") throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lengths-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: name).path(percentEncoded: false)
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    private func problem(_ text: String) throws -> String {
        let path = try file(text)
        do { _ = try LengthsFile.read(path: path) } catch { return "\(error)".replacing(path, with: "FILE") }
        return ""
    }

    @Test func readsHistogramsListsAndJSON() throws {
        let histogram = try LengthsFile.read(path: file("length,share\n100,0.5\n200,0.25\n400,0.25\n"))
        #expect(histogram.lengths == [100, 200, 400] && histogram.mean == 200)
        #expect(histogram.quantile(0.5) == 200 && histogram.quantile(0.49) == 100 && histogram.longest == 400)
        let counts = try LengthsFile.read(path: file("# of a dataset\nlength,count\n10,3\n20,1\n"))
        #expect(counts.shares == [0.75, 0.25])
        let list = try LengthsFile.read(path: file("# tokens\n30\n10\n\n30\n"))
        #expect(list.lengths == [10, 30] && abs(list.shares[1] - 2.0 / 3) < 1e-12)
        let json = try LengthsFile.read(
            path: file(
                """
                {"text": "a \\"length\\": 7, {", "num_tokens": 12}
                {"meta": {"length": 5, "ids": [1, 2]}, "input_ids": [1, 2, 3]}
                {"tokens":[4,5], "x": 1}
                {"length" : 12}

                """))
        #expect(json.lengths == [2, 3, 12] && json.shares[2] == 0.5)
    }

    @Test(arguments: [
        ("length,share\n100,0.5\n200,0.4\n", "the shares sum to 0.9"),
        ("length,share\n200,0.5\n100,0.5\n", "FILE:3:1: length 100 follows 200"),
        ("length,share\n100,0.5\n100,0.5\n", "FILE:3:1: length 100 stands twice"), ("length,share\n0,1\n", "FILE:2:1"),
        ("12\n0\n", "FILE:2"),
        ("12\n-4\n", "FILE:2:1: found '-4'"), ("12\n99999999999999999999\n", "FILE:2"), ("length,part\n1,1\n", "share"), ("", "FILE"),
        ("{\"a\": 1}\n", "FILE:1:1: no token count"), ("{\"length\": 3}\nx\n", "FILE:2"), ("PAR1xxxx", "is Parquet"),
        ("ab\u{0}cd", "byte 2 is 0"),
        ("length,share\n1,nan\n", "FILE:2:3"),
    ])
    func saysWhatIsWrongWhere(text: String, words: String) throws {
        let problem = try problem(text)
        #expect(problem.contains(words), "\(problem)")
    }

    /// What ByteScale publishes of its long-context data (arXiv:2502.21231): shares of samples and of tokens.
    @Test func theLongMixHasItsPublishedShares() {
        let long = ShippedLengths.byted
        #expect(abs(1 - long.shares(atLeast: 4097).samples - 0.8) < 0.001)
        let (hundred, quarter, two) = (long.shares(atLeast: 131_072), long.shares(atLeast: 262_144), long.shares(atLeast: 2_097_152))
        #expect(abs(hundred.samples - 0.01) < 1e-4 && abs(hundred.tokens - 0.443) < 0.002)
        #expect(abs(quarter.tokens - 0.37) < 0.002)
        #expect(abs(two.samples - 0.0005) < 1e-6 && abs(two.tokens - 0.121) < 0.001)
        let code = ShippedLengths.github
        #expect(abs(code.shares(atLeast: 131_073).tokens - 0.162) < 0.002 && abs(code.shares(atLeast: 262_145).tokens - 0.098) < 0.002)
    }

    @Test func shippedOnesHaveTheirMeansAndTheirTails() throws {
        for name in ShippedLengths.names {
            let one = try #require(ShippedLengths.distribution(name, longest: 32_768))
            #expect(!one.source.isEmpty)
            #expect(abs(one.shares.reduce(0, +) - 1) < 1e-9)
        }
        #expect(ShippedLengths.distribution("uniform", longest: 32_768)?.longest == 32_768)
        let chat = try #require(ShippedLengths.distribution("sft-chat", longest: 1 << 20))
        #expect(abs(chat.mean / 568 - 1) < 0.01)
        // Quantiles of the log-normal itself: exp(μ + σ z) with μ = ln 4000 − σ²/2 and σ = 1; the middle of a share is within 12 % of its end.
        let rollouts = try #require(ShippedLengths.distribution("rl-rollout", longest: 1 << 20))
        for (share, z) in [(0.5, 0.0), (0.9, 1.28155), (0.999, 3.09023), (0.9999, 3.71902), (0.99999, 4.26489)] {
            let exact = 4000 * exponential(z - 0.5)
            #expect(abs(Double(rollouts.quantile(share)) / exact - 1) < 0.12, "\(share): \(rollouts.quantile(share)) for \(exact)")
        }
        #expect(ShippedLengths.distribution("nothing", longest: 1) == nil)
        #expect(abs(normalQuantile(0.975) - 1.959963985) < 1e-6 && abs(normalQuantile(0.001) + 3.090232306) < 1e-6)
    }

    @Test func drawsDependOnTheSeedAlone() {
        var (a, b) = (SeededRandom(seed: 1), SeededRandom(seed: 1))
        let lengths = ShippedLengths.byted
        #expect(lengths.draw(tokens: 1 << 22, &a) == lengths.draw(tokens: 1 << 22, &b))
        var random = SeededRandom(seed: 5)
        let mean = (0..<200_000).reduce(0.0) { sum, _ in sum + Double(ShippedLengths.github.draw(&random)) } / 200_000
        #expect(abs(mean / ShippedLengths.github.mean - 1) < 0.08)
    }

    @Test func packingKeepsWhatItPromises() {
        let samples = [700, 300, 900, 100, 500, 500, 1500]
        let none = PackedRows(samples, .none, capacity: 1000)
        #expect(none.rows.count == 7 && none.cut == 1)
        let cut = PackedRows(samples, .pack, capacity: 1000)
        #expect(cut.rows.allSatisfy { $0.reduce(0, +) <= 1000 } && cut.rows.joined().reduce(0, +) == 4500 && cut.rows.count == 5)
        let best = PackedRows(samples, .bestFit, capacity: 1000)
        #expect(best.rows == [[1000], [900, 100], [700, 300], [500, 500]] && best.padding == 0)
        #expect(PackedRows([], .bestFit, capacity: 10).rows.isEmpty)
    }

    /// Best fit, the longest first, takes at most 11/9 of the fewest rows and 6/9 more (Dósa, 2007); here against the tokens.
    @Test func bestFitWastesLittle() {
        var random = SeededRandom(seed: 9)
        let samples = (0..<20_000).map { _ in min(32_768, ShippedLengths.github.draw(&random)) }
        let packed = PackedRows(samples, .bestFit, capacity: 32_768)
        #expect(packed.rows.allSatisfy { $0.reduce(0, +) <= 32_768 })
        #expect(packed.rows.joined().reduce(0, +) == samples.reduce(0, +) && packed.padding < 0.01)
    }
}
