import PlanStore
import Testing

@Suite struct CanonicalKeyReflectionTests {
    private enum Shade: Hashable { case plain, deep(Int) }

    private struct Thing {
        var name = "a"
        var size = 1.5
        var limit: Int?
        var shade = Shade.plain
        var names: [String: Int] = ["x": 1, "y": 2, "z": 3]
        var values: Set = [3, 1, 2]
        var matrix = [1.0, 2.0]
    }

    private func key(_ value: Any) -> String {
        var key = CanonicalKey()
        key.append("value", reflecting: value)
        return key.hexadecimal
    }

    @Test func equalValuesHaveEqualKeysWhateverTheOrderOfSetsAndDictionaries() {
        var other = Thing()
        other.names = [:]
        for name in ["z", "y", "x"] { other.names[name] = ["x": 1, "y": 2, "z": 3][name] }
        other.values = []
        for value in [2, 3, 1] { other.values.insert(value) }
        #expect(key(Thing()) == key(other))
    }

    @Test func everyPropertyCounts() {
        let changes: [(inout Thing) -> Void] = [
            { $0.name = "b" }, { $0.size = 1.25 }, { $0.limit = 0 }, { $0.shade = .deep(1) }, { $0.shade = .deep(2) },
            { $0.names["x"] = 2 },
            { $0.values.insert(4) }, { $0.matrix = [2, 1] },
        ]
        var keys: Set = [key(Thing())]
        for change in changes {
            var thing = Thing()
            change(&thing)
            keys.insert(key(thing))
        }
        #expect(keys.count == changes.count + 1)
    }
}
