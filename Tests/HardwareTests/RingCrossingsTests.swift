import Testing

@testable import Hardware

@Suite struct RingCrossingsTests {
    @Test func countsStepsBetweenGroups() {
        // 0 → 0 → 1 → 1 → back to 0: two steps, as many as two groups need.
        #expect(RingCrossings([0, 0, 1, 1]).count == 2)
        #expect(!RingCrossings([0, 0, 1, 1]).isShuffled)
        let shuffled = RingCrossings([0, 1, 0, 1, 0, 1])
        #expect(shuffled.count == 6 && shuffled.least == 2 && shuffled.isShuffled)
        #expect(shuffled.text == "3 times")
    }

    @Test func oneGroupIsNeverLeft() {
        #expect(RingCrossings([4, 4, 4]).count == 0 && RingCrossings([4, 4, 4]).least == 0)
        #expect(RingCrossings([]).count == 0 && !RingCrossings([]).isShuffled)
    }
}
