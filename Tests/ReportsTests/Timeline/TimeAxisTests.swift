import Testing

@testable import Reports

@Suite struct TimeAxisTests {
    @Test func stepsAreRound() {
        let axis = TimeAxis(end: 0.328, limit: 8)
        #expect(axis.labels == ["0 ms", "50", "100", "150", "200", "250", "300"])
        #expect(TimeAxis(end: 1.12, limit: 6).labels == ["0 s", "0.2", "0.4", "0.6", "0.8", "1"])
        #expect(TimeAxis(end: 0, limit: 6).labels == ["0"])
        #expect(TimeAxis(end: .nan, limit: 6).labels == ["0"])
    }

    @Test(arguments: [1e-8, 3.3e-5, 0.0171, 0.5, 9, 47, 3600, 1e7])
    func thereAreNeverMoreLabelsThanAsked(_ end: Double) {
        for limit in 1...12 {
            let axis = TimeAxis(end: end, limit: limit)
            #expect(axis.ticks.count <= limit + 1)
            #expect(axis.ticks.allSatisfy { $0 <= end * (1 + 1e-9) })
            if limit > 4 { #expect(axis.ticks.count >= limit / 3) }
        }
    }

    @Test func durationsCarryTheirUnit() {
        #expect(DurationText.text(0.117) == "117 ms")
        #expect(DurationText.text(1.0425) == "1.043 s")
        #expect(DurationText.text(2.5e-6) == "2.5 µs")
        #expect(DurationText.text(0) == "0 s")
        #expect(DurationText.decimal(-0.04, 1) == "0")
        #expect(DurationText.decimal(-0.06, 1) == "-0.1")
    }
}
