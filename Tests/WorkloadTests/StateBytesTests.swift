import Testing
import Workload

@Suite struct StateBytesTests {
    @Test func `bytes of a parameter by format and optimizer`() {
        #expect(StateBytes(precision: .bf16, optimizer: .adam).total == 18)
        #expect(StateBytes(precision: .bf16, optimizer: .adam, gradientBytes: 2).total == 16)
        #expect(StateBytes(precision: .fp16, optimizer: .adam).total == 20)
        #expect(StateBytes(precision: .fp32, optimizer: .adam).total == 16)
        #expect(StateBytes(precision: .bf16, optimizer: .adamBF16Moments).total == 14)
        #expect(StateBytes(precision: .mxfp8, optimizer: .adam) == StateBytes(precision: .bf16, optimizer: .adam))
    }

    /// Master weights in fp16 and moments in fp8 are 2 + 1 + 1; of fp32 master weights bf16 ones leave 2 bytes to keep.
    @Test func `formats of the precision-aware optimizer`() throws {
        let lean = try #require(Optimizer(rawValue: "adam:fp16/fp8/fp8"))
        #expect(lean == .precisionAware(StateFormats(master: .fp16, first: .fp8, second: .fp8)))
        #expect(StateBytes(precision: .bf16, optimizer: lean, gradientBytes: 2).total == 8)
        let rest = try #require(Optimizer(rawValue: "adam:remainder/fp32/bf16"))
        #expect(rest.stateBytesPerParameter == 8)
        for optimizer in Optimizer.allCases + [lean, rest] { #expect(Optimizer(rawValue: optimizer.rawValue) == optimizer) }
        for text in ["adam:", "adam:fp16", "adam:fp8/fp8/fp8", "adam:fp16/fp8/fp4", "adam:fp16/fp8/fp8/fp8", "sgd:fp16/fp8/fp8"] {
            #expect(Optimizer(rawValue: text) == nil)
        }
    }

    @Test func `what each level of sharding divides`() {
        let state = StateBytes(precision: .bf16, optimizer: .adam)
        #expect(state.perRank(8) == 6 + 12.0 / 8)
        #expect(state.perRank(8, gradients: true) == 2 + 16.0 / 8)
        #expect(state.perRank(8, gradients: true, parameters: true) == 18.0 / 8)
        #expect(StateBytes(precision: .fp16, optimizer: .adam).perRank(4) == 4 + 16.0 / 4)
        #expect(StateBytes(precision: .fp32, optimizer: .adam).perRank(4) == 8 + 8.0 / 4)
    }

    @Test(arguments: Precision.allCases)
    func `one rank holds everything however it shards`(precision: Precision) {
        let state = StateBytes(precision: precision, optimizer: .adam)
        #expect(state.perRank(1, gradients: true, parameters: true) == state.total)
        #expect(state.perRank(16, optimizer: false) == state.total)
    }
}
