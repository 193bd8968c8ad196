import Testing

@testable import meshwright

@Suite struct DefaultBatchTests {
    /// 4 Mi tokens where the GPUs are a power of two; otherwise the evenest multiple of at least three quarters of that: 6 for each of 72 GPUs
    /// rather than 7; where GPUs are more than sequences, their odd part times a power of two; one sequence for 8 GPUs at scale.
    @Test(arguments: [
        (8192, 512, 512), (8192, 24, 384), (8192, 72, 432), (8192, 40, 480), (8192, 136, 408), (8192, 384, 384), (4096, 16, 1024),
        (8192, 16_384, 2048), (8_388_608, 8, 1), (8192, 1000, 500), (8192, 264, 264),
    ])
    func sequences(length: Int, gpus: Int, expected: Int) {
        #expect(DefaultBatch.sequences(of: length, gpus: gpus) == expected)
    }
}
