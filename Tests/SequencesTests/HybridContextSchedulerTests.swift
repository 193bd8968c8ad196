import Documents
import Foundation
import Testing

@testable import Sequences

/// Megatron's hybrid scheduler: the groups that its own code makes, and by hand.
@Suite struct HybridContextSchedulerTests {
    /// A batch of the oracle.
    private struct Batch: Decodable {
        let ranks, cap: Int
        let lengths: [Int]
        let groups: [[[Int]]]

        enum CodingKeys: String, CodingKey {
            case ranks, cap, lengths
            case groups = "sample_ids"
        }
    }

    private static let path: String? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let path = root.appending(path: "shared/data/schedules/hybrid_cp_oracle.jsonl").standardized.path(percentEncoded: false)
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()

    @Test(.enabled(if: path != nil, "needs ../shared/data/schedules/hybrid_cp_oracle.jsonl"))
    func dealsAsMegatronDeals() throws {
        let text = try String(contentsOfFile: #require(Self.path), encoding: .utf8)
        var count = 0
        for line in text.split(separator: "\n") {
            let batch = try JSONDecoder().decode(Batch.self, from: Data(line.utf8))
            let groups = try #require(HybridContextScheduler(ranks: batch.ranks, capacity: batch.cap).groups(batch.lengths))
            #expect(groups == batch.groups, "batch \(count)")
            count += 1
        }
        #expect(count == 30)
    }

    /// A batch of the oracle with eight ranks of 8,192 tokens: the longest sequence alone, then four ranks beside one each.
    @Test func aSmallBatchByHand() throws {
        let lengths = [51_979, 31_376, 507, 782, 202, 175, 100, 516]
        let groups = try #require(HybridContextScheduler(ranks: 8, capacity: 8192).groups(lengths))
        #expect(groups == [Array(repeating: [0], count: 8), [[1], [1], [1], [1], [3], [7], [2], [4, 5, 6]]])
    }

    @Test func groupsArePowersOfTwo() {
        #expect(HybridContextScheduler.needed(8192, capacity: 8192) == 1)
        #expect(HybridContextScheduler.needed(8193, capacity: 8192) == 2)
        #expect(HybridContextScheduler.needed(40_000, capacity: 8192) == 8)
        #expect(HybridContextScheduler(ranks: 4, capacity: 8192).groups([40_000]) == nil)
        #expect(HybridContextScheduler(ranks: 4, capacity: 8192).groups([]) == [])
    }
}
