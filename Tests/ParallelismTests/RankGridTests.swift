import Testing

@testable import Parallelism

@Suite struct RankGridTests {
    /// t = 2, c = 2, d = 4, p = 2 with e = 4, x = 1: 32 ranks, expert data 4.
    private let strategy = ParallelStrategy(tensor: 2, pipeline: 2, context: 2, expert: 4, expertTensor: 1, data: 4)

    private func strategies() -> [ParallelStrategy] {
        RankOrder.allCases.flatMap { order in
            [
                ParallelStrategy(rankOrder: order), ParallelStrategy(tensor: 4, pipeline: 3, data: 2, rankOrder: order),
                ParallelStrategy(tensor: 2, pipeline: 2, context: 2, expert: 4, data: 4, rankOrder: order),
                ParallelStrategy(tensor: 2, pipeline: 4, expert: 3, expertTensor: 2, data: 6, rankOrder: order),
            ]
        }
    }

    @Test func denseRankFollowsMegatronsFormula() {
        let grid = RankGrid(strategy)
        #expect(grid.worldSize == 32)
        // 1 + 2·(1 + 2·(3 + 4·1)) = 31; 1 + 2·(0 + 2·(2 + 4·0)) = 9.
        #expect(grid.rank(of: .init(tensor: 1, context: 1, data: 3, pipeline: 1)) == 31)
        #expect(grid.rank(of: .init(tensor: 1, context: 0, data: 2, pipeline: 0)) == 9)
    }

    @Test func expertRankFollowsMegatronsFormula() {
        let grid = RankGrid(strategy)
        // 0 + 1·(3 + 4·(2 + 4·1)) = 27.
        #expect(grid.rank(of: .init(expert: 3, expertData: 2, pipeline: 1)) == 27)
        #expect(grid.expertCoordinate(of: 27) == .init(expert: 3, expertData: 2, pipeline: 1))
    }

    @Test func pipelineBeforeDataSwapsTheLastTwoDimensions() {
        var other = strategy
        other.rankOrder = .tpCpEpPpDp
        let grid = RankGrid(other)
        // 1 + 2·(1 + 2·(1 + 2·3)) = 31; data 2, stage 1: 0 + 4·(1 + 2·2) = 20.
        #expect(grid.rank(of: .init(data: 2, pipeline: 1)) == 20)
        #expect(grid.group(.pipeline, of: 0) == [0, 4])
        #expect(grid.group(.data, of: 0) == [0, 8, 16, 24])
        #expect(grid.rank(of: .init(expert: 1, expertData: 2, pipeline: 1)) == 21)
        #expect(grid.stagesAgree)
    }

    @Test func gridsMayDisagreeOnStagesOnlyWithThePipelineInTheMiddle() {
        var other = ParallelStrategy(tensor: 2, pipeline: 2, expert: 4, data: 4)
        #expect(RankGrid(other).stagesAgree)
        other.rankOrder = .tpCpEpPpDp
        let grid = RankGrid(other)
        #expect(!grid.stagesAgree)
        #expect((0..<16).contains { grid.coordinate(of: $0).pipeline != grid.expertCoordinate(of: $0).pipeline })
    }

    @Test func coordinatesAndRanksInvertEachOther() {
        for strategy in strategies() {
            let grid = RankGrid(strategy)
            for rank in 0..<grid.worldSize {
                #expect(grid.rank(of: grid.coordinate(of: rank)) == rank)
                #expect(grid.rank(of: grid.expertCoordinate(of: rank)) == rank)
            }
        }
    }

    @Test func groupsOfAKindPartitionTheWorld() {
        for strategy in strategies() {
            let grid = RankGrid(strategy)
            for kind in RankGrid.GroupKind.allCases where kind != .embedding {
                let groups = grid.groups(kind)
                #expect(groups.flatMap { $0 }.sorted() == Array(0..<grid.worldSize), "\(kind)")
                for group in groups { for rank in group { #expect(grid.group(kind, of: rank) == group) } }
            }
        }
    }

    @Test func groupsHaveTheSizesOfTheirDimensions() {
        let grid = RankGrid(strategy)
        let sizes: [RankGrid.GroupKind: Int] = [
            .tensor: 2, .context: 2, .data: 4, .dataContext: 8, .pipeline: 2, .expert: 4, .expertTensor: 1, .expertData: 4, .embedding: 2,
        ]
        for (kind, size) in sizes { #expect(grid.groups(kind).allSatisfy { $0.count == size }, "\(kind)") }
        #expect(grid.group(.tensor, of: 9) == [8, 9])
        #expect(grid.group(.context, of: 9) == [9, 11])
        #expect(grid.group(.data, of: 9) == [1, 5, 9, 13])
        #expect(grid.group(.dataContext, of: 1) == [1, 3, 5, 7, 9, 11, 13, 15])
    }

    @Test func embeddingGroupJoinsFirstAndLastStage() {
        let grid = RankGrid(ParallelStrategy(tensor: 2, pipeline: 4, data: 1))
        #expect(grid.groups(.embedding) == [[0, 6], [1, 7]])
        #expect(grid.group(.embedding, of: 2).isEmpty)
        #expect(RankGrid(ParallelStrategy(tensor: 2)).groups(.embedding) == [[0], [1]])
    }
}
