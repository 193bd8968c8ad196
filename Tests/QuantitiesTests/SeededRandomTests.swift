import Quantities
import Testing

@Suite struct SeededRandomTests {
    @Test func reproducesThePublishedSequence() {
        var random = SeededRandom(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ]
        for value in expected { #expect(random.next() == value) }
    }

    @Test func staysInRangeAndCoversIt() {
        var random = SeededRandom(seed: 3)
        var seen = Set<Int>()
        for _ in 0..<1000 {
            let value = random.below(7)
            #expect((0..<7).contains(value))
            seen.insert(value)
            #expect((0..<1).contains(random.unit()))
        }
        #expect(seen.count == 7)
    }

    @Test func streamsDifferAndRepeat() {
        let random = SeededRandom(seed: 9)
        var first = random.stream(0)
        var second = random.stream(1)
        var again = random.stream(0)
        let value = first.next()
        #expect(value == again.next())
        #expect(value != second.next())
    }
}
