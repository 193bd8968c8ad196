import Quantities
import Search
import Testing
import Workload

@testable import Reports

@Suite("Remedies as text")
struct RemedyTextTests {
    @Test(arguments: [
        (Remedy.Change.memoryLimit(.gibibytes(80)), "allow the GPU's whole memory, 80.0 GiB", "without --max-memory"),
        (.unpin("tp"), "leave --tp open", "without --tp"),
        (.gpus(4), "use 4 GPUs", "--gpus 4"),
        (.gpus(16), "use 16 GPUs (2 nodes)", "--gpus 16"),
        (.optimizer(.adamBF16Moments), "keep less optimizer state (adam-bf16-moments)", "--optimizer adam-bf16-moments"),
        (.stack("fsdp"), "run it with fsdp", "--stack fsdp"),
        (.cluster("roomy", gpu: "h200", gpus: 64), "use 64 × h200 (roomy)", "--cluster roomy --gpus 64"),
    ])
    func saysWhatToDoAndWithWhichFlags(change: Remedy.Change, sentence: String, flags: String) {
        let text = RemedyText(change, gpusPerNode: 8)
        #expect(text.sentence == sentence && text.flags == flags)
    }

    /// Other GPUs and sequences would be given another batch where none is stated.
    @Test func saysWhereAnotherBatchWouldBeAssumed() {
        #expect(
            RemedyText(.gpus(16), gpusPerNode: 8).changesBatch
                && RemedyText(.sequenceLength(512), gpusPerNode: 8).changesBatch)
        #expect(!RemedyText(.stack("fsdp"), gpusPerNode: 8).changesBatch)
    }

    /// What cannot be simulated is never dropped without a word.
    @Test func namesWhatIsTooLongToSimulate() {
        #expect(RejectionText.words("micro-batches") == "more micro-batches than a schedule can hold")
    }
}
