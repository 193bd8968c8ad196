import Quantities
import Testing

@Suite struct MedianTests {
    @Test func `the middle, or the mean of the middle two`() {
        #expect([3.0, 1, 2].median == 2)
        #expect([4.0, 1, 2, 10].median == 3)
        #expect([Double]().median == nil)
    }
}
