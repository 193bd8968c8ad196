import Documents
import Quantities
import Testing
import Workload

/// Blocks with the largest number that each of their keys may hold, many in a layer: no count of them overflows.
@Suite struct LargestBlocksTests {
    /// The keys of a kind, each with the largest value that reading accepts; those that take no number, flag or word are left out.
    private func largest(_ kind: any BlockShape.Type, hidden: Int) -> Result<TransformerModel, DocumentError> {
        var values = keys(kind).map { (key: $0, value: "999999999999999999") }
        while true {
            let lines = ["    kind: \(kind.kind)"] + values.map { "    \($0.key): \($0.value)" }
            let head = "name: large\nhidden: \(hidden)\nvocabulary: \(ModelLimits.vocabulary.upperBound)\nblocks:\n  b:\n"
            let layer = Array(repeating: "b", count: 16).joined(separator: ", ")
            let text =
                head + lines.joined(separator: "\n")
                + "\npattern: {repeat: 512, layers: [[\(layer)]]}\nprediction_blocks: 64\n"
            do throws(DocumentError) { return .success(try ModelDocument.parse(text: text, file: "m.yaml")) } catch {
                let place = error.location.line - 7
                guard values.indices.contains(place) else { return .failure(error) }
                switch error.problem {
                case .outOfRange(_, let expected):
                    guard let limit = expected.split(separator: ".").last else { return .failure(error) }
                    values[place].value = String(limit)
                case .unknownChoice(_, _, let legal): values[place].value = legal.first ?? ""
                case .wrongType(_, let expected) where expected == "true or false": values[place].value = "true"
                case .wrongType, .notWhole: values.remove(at: place)
                default: return .failure(error)
                }
            }
        }
    }

    private func keys<Shape: BlockShape>(_ kind: Shape.Type) -> [String] { Shape.fields.map(\.key) }

    @Test(arguments: BlockKinds.names)
    func `sixteen of the largest blocks in each of 512 layers are counted or refused`(name: String) throws {
        let kind = try #require(BlockKinds.all.first { $0.kind == name })
        for hidden in [1, ModelLimits.hidden.upperBound] {
            switch largest(kind, hidden: hidden) {
            // A kind of vectors alone is small however often it comes.
            case .success(let model):
                #expect(Double(model.parameters.total) <= ModelLimits.parameters)
                #expect(model.forwardFLOPs(sequenceLength: 4096).total.count >= 0)
            case .failure(let error):
                // Sizes may contradict each other before they are too large together.
                let isTooLarge = error.description.contains("more than 1000000000000000 parameters")
                #expect(isTooLarge || error.location.line >= 5, "\(error)")
            }
        }
    }

    @Test func `two mixtures of the largest sizes side by side are too large, not a trap`() throws {
        let experts = "kind: mixture, count: 65536, per_token: 65536, width: 16777216, gated: true, shared_width: 16777216"
        let text = """
            name: two-mixtures
            hidden: 1048576
            vocabulary: 1000
            blocks:
              one: {\(experts)}
              two: {\(experts), bias: true}
            pattern: [one + two, [one, two, one, two, one, two]]
            """
        #expect(problem(of: text).contains("the model has more than 1000000000000000 parameters"))
    }

    @Test func `what lies outside the layers is counted or refused`() {
        let head = "name: wide\nhidden: 1048576\nvocabulary: 1000\nlayers: 65536\nattention: {heads: 1, head_dimension: 1}\n"
        let rows = """
            name: wide
            hidden: 1048576
            vocabulary: 1000
            layer_embedding: {vocabulary: 268435456, width: 1048576}
            blocks: {a: {kind: attention, heads: 1, head_dimension: 1}, row: {kind: layer-input, width: 1048576}}
            pattern: [{repeat: 65536, layers: [[a, row]]}]
            """
        #expect(problem(of: rows).contains("the model has more than 1000000000000000 parameters"))
        #expect(problem(of: head + "feed_forward: {width: 1, gated: true}\npositions: {learned: 1073741824}\n").contains("more than"))
    }

    private func problem(of text: String) -> String {
        do throws(DocumentError) { _ = try ModelDocument.parse(text: text, file: "m.yaml") } catch { return error.description }
        return "no error"
    }
}
