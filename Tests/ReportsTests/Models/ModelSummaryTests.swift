import Foundation
import Quantities
import Reports
import Testing
import Workload

@Suite struct ModelSummaryTests {
    private static let mixture = TransformerModel(
        name: "tiny\u{1B}[2J", source: "here", layers: 4, hidden: 64, vocabulary: 1000,
        attention: Attention(heads: 4, keyValueHeads: 2, headDimension: 16), feedForward: FeedForward(width: 128, isGated: true),
        experts: Experts(count: 8, perToken: 2, width: 32, sharedWidth: 32, firstDenseLayers: 1), predictionBlocks: 1,
        maxSequenceLength: 2048)

    private func json(_ summary: ModelSummary) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(summary)) as? [String: Any])
    }

    @Test func `the contract's keys`() throws {
        let root = try json(ModelSummary(Self.mixture))
        #expect(root["schema"] as? String == "meshwright.model/1")
        let parameters = try #require(root["parameters"] as? [String: Int])
        let count = Self.mixture.parameters
        #expect(parameters["total"] == count.total && parameters["active"] == count.active && parameters["embedding"] == 64000)
        let flops = try #require(root["flops_per_token"] as? [String: Any])
        #expect(flops["sequence_length"] as? Int == 2048)
        let causal = try #require(flops["causal"] as? [String: Any])
        #expect(causal["training"] as? Double == Self.mixture.forwardFLOPs(sequenceLength: 2048).training.count)
    }

    @Test func `parts of the parameters add up to the total`() throws {
        let parameters = try #require(try json(ModelSummary(Self.mixture))["parameters"] as? [String: Int])
        let parts = parameters.filter { !["total", "active", "prediction_blocks"].contains($0.key) }
        #expect(parts.values.reduce(0, +) == parameters["total"])
    }

    @Test func `state counts the prediction blocks, which are trained too`() throws {
        let states = try #require(try json(ModelSummary(Self.mixture))["state_bytes"] as? [[String: Any]])
        let count = Self.mixture.parameters
        #expect(states[0]["per_parameter"] as? Double == 18)
        #expect(states[0]["total"] as? Double == 18 * Double(count.total + count.predictionBlocks))
    }

    @Test func `the text names every section and cannot steer a terminal`() {
        let text = ModelSummary(Self.mixture, sequenceLength: 1024).text
        for word in ["Shape", "Parameters", "1,024 tokens", "Training state", "shared ones of 32, on 3 layers", "2 key/value heads"] {
            #expect(text.contains(word), "\(word)")
        }
        #expect(!text.contains("\u{1B}"))
        #expect(text.split(separator: "\n").allSatisfy { $0.last != " " })
    }

    @Test(arguments: [(nil, 4096), (1024, 1024), (131_072, 8192)] as [(Int?, Int)])
    func `the usual sequence is no longer than the model's and than 8192`(longest: Int?, usual: Int) {
        var model = Self.mixture
        model.maxSequenceLength = longest
        #expect(ModelSummary(model).sequenceLength == usual)
    }
}
