import Documents
import Testing

/// Mistyped names find the ones that were meant.
@Suite struct NearestNameTests {
    @Test func distanceCountsEdits() {
        #expect(NearestName.distance("", "abc") == 3)
        #expect(NearestName.distance("kitten", "sitting") == 3)
        #expect(NearestName.distance("nodse", "nodes") == 1)
        #expect(NearestName.distance("same", "same") == 0)
    }

    @Test func suggestionsAreNearOrNone() {
        let keys = ["micro_batch_size", "nodes", "gpus"]
        #expect(NearestName.best(for: "nodse", among: keys) == "nodes")
        #expect(NearestName.best(for: "Nodes", among: keys) == "nodes")
        #expect(NearestName.best(for: "micro", among: keys) == "micro_batch_size")
        #expect(NearestName.best(for: "zebra", among: keys) == nil)
        #expect(NearestName.best(for: "x", among: [String]()) == nil)
    }

    @Test func namesThatContainTheWordComeFirst() {
        let names = ["a100", "h100-80gb-sxm", "h200", "gh100", "dgx-h100"]
        #expect(NearestName.ranked(for: "h100", among: names, limit: 3) == ["h100-80gb-sxm", "gh100", "dgx-h100"])
    }

    @Test func aVersionMeansTheNearestVersion() {
        let models = ["llama-2-13b", "llama-2-70b", "llama-3.1-70b", "llama-3.1-8b", "qwen3-32b"]
        #expect(NearestName.ranked(for: "llama3-70b", among: models, limit: 1) == ["llama-3.1-70b"])
        #expect(NearestName.ranked(for: "llama2-70b", among: models, limit: 1) == ["llama-2-70b"])
        #expect(NearestName.ranked(for: "llama-3.3-70b", among: models, limit: 1) == ["llama-3.1-70b"])
    }
}
