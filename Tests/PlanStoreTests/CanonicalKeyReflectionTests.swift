import PlanStore
import Testing

@Suite struct CanonicalKeyReflectionTests {
    private enum Shade: Hashable { case plain, deep(Int) }
    private enum Grade: UInt8 { case low, high }

    private struct Modules: OptionSet {
        let rawValue: UInt8
    }

    private struct Thing {
        var name = "a"
        var size = 1.5
        var limit: Int?
        var shade = Shade.plain
        var names: [String: Int] = ["x": 1, "y": 2, "z": 3]
        var values: Set = [3, 1, 2]
        var matrix = [1.0, 2.0]
        var modules: Modules = []  // an integer of another width
        var grade = Grade.low
        var small: Float = 1
        var counts: [UInt16] = [1]
        var pair = (1 as Int32, true)
    }

    private func key(_ value: Any) throws -> String {
        var key = CanonicalKey()
        try key.append("value", reflecting: value)
        return key.hexadecimal
    }

    @Test func equalValuesHaveEqualKeysWhateverTheOrderOfSetsAndDictionaries() throws {
        var other = Thing()
        other.names = [:]
        for name in ["z", "y", "x"] { other.names[name] = ["x": 1, "y": 2, "z": 3][name] }
        other.values = []
        for value in [2, 3, 1] { other.values.insert(value) }
        #expect(try key(Thing()) == key(other))
    }

    @Test func everyPropertyCounts() throws {
        let changes: [(inout Thing) -> Void] = [
            { $0.name = "b" }, { $0.size = 1.25 }, { $0.limit = 0 }, { $0.shade = .deep(1) }, { $0.shade = .deep(2) },
            { $0.names["x"] = 2 },
            { $0.values.insert(4) }, { $0.matrix = [2, 1] },
            { $0.modules = Modules(rawValue: 1) }, { $0.modules = Modules(rawValue: 2) }, { $0.grade = .high }, { $0.small = 2 },
            { $0.counts = [2] }, { $0.pair.0 = 2 }, { $0.pair.1 = false },
        ]
        var keys: Set = [try key(Thing())]
        for change in changes {
            var thing = Thing()
            change(&thing)
            keys.insert(try key(thing))
        }
        #expect(keys.count == changes.count + 1)
    }

    private struct Area {
        var width = 2
        var height = 3
        var product = Product(value: 6)
        struct Product { var value: Int }
    }

    @Test func whatFollowsFromOthersIsLeftOutWhereAsked() throws {
        func key(_ area: Area, leavingOut derived: [Any.Type]) throws -> String {
            var key = CanonicalKey()
            try key.append("area", reflecting: (area, [area]), leavingOut: derived)
            return key.hexadecimal
        }
        let other = Area(product: Area.Product(value: 7))
        #expect(try key(Area(), leavingOut: [Area.Product.self]) == key(other, leavingOut: [Area.Product.self]))
        #expect(try key(Area(), leavingOut: []) != key(other, leavingOut: []))
        #expect(try key(Area(), leavingOut: [Area.Product.self]) != key(Area(width: 3), leavingOut: [Area.Product.self]))
    }

    private final class Box { var content = 1 }
    private enum Masked: CustomStringConvertible {
        case first, second
        var description: String { "the same" }
    }
    private struct Veiled: CustomReflectable {
        var content = 1
        var customMirror: Mirror { Mirror(self, children: [:]) }
    }

    /// What reflection cannot see into is refused: two such values would otherwise share an answer.
    @Test func whatHidesItsContentIsRefused() {
        let hidden: [(Any, String)] = [
            (Box(), "value"), ([Box()], "value[]"), ((inner: Masked.first, 1), "value.inner"),
            ([Veiled()], "value[]"),
            ({ 1 } as () -> Int, "value"), (Int.self, "value"), ("a" as Character, "value"), ("abc".dropFirst(), "value"),
        ]
        for (value, path) in hidden {
            #expect { try key(value) } throws: { ($0 as? UnkeyableValue)?.path == path }
        }
    }
}
