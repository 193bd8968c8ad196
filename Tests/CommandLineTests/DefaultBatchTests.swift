import Testing

@testable import meshwright

@Suite struct DefaultBatchTests {
    /// 4 Mi tokens where the GPUs are a power of two; their odd part times a power of two otherwise; one sequence for 8 GPUs at scale.
    @Test(arguments: [(8192, 512, 512), (8192, 24, 384), (4096, 16, 1024), (8192, 16_384, 2048), (8_388_608, 8, 1), (8192, 1000, 500)])
    func sequences(length: Int, gpus: Int, expected: Int) {
        #expect(DefaultBatch.sequences(of: length, gpus: gpus) == expected)
    }
}
