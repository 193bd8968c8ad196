import Testing

@testable import Sequences

/// Rows split over context ranks whatever documents lie in them, by hand and in dealt steps.
@Suite struct RowShardingTests {
    @Test func `documents split one by one are even`() {
        #expect(RowSharding.documents.factor([6, 2], tokens: 8, ranks: 4) == 1)
        for sharding in RowSharding.allCases {
            #expect(abs(sharding.factor([64], tokens: 64, ranks: 4) - 1) < 1e-12)
            #expect(sharding.factor([3, 5], tokens: 8, ranks: 1) == 1)
        }
    }

    /// Pairs before tokens 0, 2, 4, 6, 8 of documents of 6 and 2: 0, 2, 8, 18, 20. The ranks of two have slices 0 and 3, and 1 and 2: 4 and 16 of 20.
    @Test func `a rank of long documents computes most`() {
        #expect(abs(RowSharding.headTail.factor([6, 2], tokens: 8, ranks: 2) - 1.6) < 1e-12)
        // Halves have 8 and 12, of one document 8 and 24.
        #expect(abs(RowSharding.contiguous.factor([6, 2], tokens: 8, ranks: 2) - 1.2 / 1.5) < 1e-12)
        // Documents that fill slices exactly are even again.
        #expect(abs(RowSharding.headTail.factor([4, 4, 4, 4], tokens: 16, ranks: 2) - 1) < 1e-12)
        // Padding at the end of a row has no pairs.
        #expect(RowSharding.headTail.factor([4], tokens: 16, ranks: 2) == 2)
    }

    @Test func `rows split whole take longer, and not longer than the rank with everything`() throws {
        func step(_ sharding: RowSharding) throws -> Double {
            let price = GroupPrice(ranks: 8, perToken: 0, perSquare: 1)
            let prices = SequencePrices(groups: [price], mesh: price, capacity: 128, ranks: 8, sharding: sharding)
            return try #require(StepDealer(prices, rowTokens: 1024).step([700, 300, 24, 512, 400], .packed)).seconds
        }
        let (even, whole) = (try step(.documents), try step(.headTail))
        #expect(whole > 1.05 * even && whole < 8 * even)
    }
}

/// Long sequences on ranks that hold them because some of their activations are on the host.
@Suite struct SelectiveOffloadTests {
    @Test func `what stays moves nothing, and what moves hides under compute while it can`() {
        var price = GroupPrice(ranks: 1, perToken: 1, perSquare: 0)
        (price.copyPerToken, price.staying) = (3, 100)
        #expect(price.seconds(100) == 100 && price.seconds(140) == 140)
        // 100 tokens more than stay, 3 s each.
        #expect(price.seconds(200) == 300)
        price.copyPerToken = 0
        #expect(price.seconds(200) == 200)
    }

    /// ByteScale's 64K tokens on a GPU (arXiv:2502.21231, table of selective offloading): time is flat until half of the activations move.
    @Test func `a long sequence hides as many copies as its attention lasts`() {
        // Attention of 64K tokens takes most of 5.08 s; all activations take 6.49 s both ways.
        var price = GroupPrice(ranks: 1, perToken: 2e-5, perSquare: (5.08 - 65_536 * 2e-5) / (65_536.0 * 65_536))
        price.copyPerToken = 6.49 / 65_536
        func time(moving share: Double) -> Double {
            price.staying = 65_536 * (1 - share)
            return price.seconds(65_536)
        }
        for (share, published) in [(0, 5.08), (0.5, 5.08), (0.6, 5.38), (0.8, 5.93), (1, 6.49)] {
            #expect(abs(time(moving: share) / published - 1) < 0.13, "\(share): \(time(moving: share))")
        }
        // A short one has less to hide them under.
        price.staying = 0
        #expect(price.seconds(4096) > 1.05 * GroupPrice(ranks: 1, perToken: 2e-5, perSquare: price.perSquare).seconds(4096))
    }
}
