import Testing

@testable import PlanStore

/// Equal questions have equal keys, and different ones different keys.
struct CanonicalKeyTests {
    private func key(_ build: (inout CanonicalKey) -> Void) -> String {
        var key = CanonicalKey()
        build(&key)
        return key.hexadecimal
    }

    @Test func everyDifferenceInAFieldIsADifferenceInTheKey() {
        let keys = [
            key { _ in },
            key { $0.append("ab", "c") },
            key { $0.append("a", "bc") },
            key { $0.append("a", "") },
            key { $0.append("a", String?.none) },
            key { $0.append("a", Int?.none) },
            key { $0.append("a", 0) },
            key { $0.append("a", 1) },
            key { $0.append("a", -1) },
            key { $0.append("a", 1.0) },
            key { $0.append("a", 1.0.nextUp) },
            key { $0.append("a", true) },
            key { $0.append("a", false) },
            key { $0.append("a", bytes: Array("bc".utf8)) },
            key {
                $0.append("a", 1)
                $0.append("b", 2)
            },
            key {
                $0.append("b", 2)
                $0.append("a", 1)
            },
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test func theTwoZerosAreOne() {
        #expect(key { $0.append("a", 0.0) } == key { $0.append("a", -0.0) })
    }

    /// The bytes of the form written by hand: a key must mean the same in every run, machine and release.
    @Test func theFormIsFixed() {
        let bytes: [UInt8] = [4, 0, 0, 0, 0, 0, 0, 0] + Array("gpusi".utf8) + [1, 8, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0]
        #expect(key { $0.append("gpus", 512) } == SHA256.hexadecimal(of: bytes))
    }
}
