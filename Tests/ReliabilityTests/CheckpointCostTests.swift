import Quantities
import Reliability
import Testing

@Suite struct CheckpointCostTests {
    /// 1.6 TB over 16 nodes of 8 GPUs.
    private let traffic = CheckpointTraffic(
        bytes: 1.6e12, writingGPUs: 128, writingNodes: 16, copyRate: BytesPerSecond(12.5e9), nodeWrite: BytesPerSecond(2e9),
        nodeRead: BytesPerSecond(4e9), nodeExchange: BytesPerSecond(100e9))

    @Test func `standing still is what is not beside training`() {
        // 12.5 GB a GPU in 1 s; 100 GB a node in 50 s out and 25 s in, or 1 s to another node.
        #expect(CheckpointCost(traffic, .synchronous) == CheckpointCost(stall: 51, load: 26))
        #expect(CheckpointCost(traffic, .asynchronous) == CheckpointCost(stall: 1, pending: 50, load: 26))
        #expect(CheckpointCost(traffic, .inMemory) == CheckpointCost(stall: 1, pending: 1, load: 2))
    }

    @Test func `a narrow store is the bound of all nodes`() {
        var narrow = traffic
        (narrow.storeWrite, narrow.storeRead) = (BytesPerSecond(8e9), BytesPerSecond(16e9))
        #expect(CheckpointCost(narrow, .synchronous) == CheckpointCost(stall: 201, load: 101))
    }

    @Test func `the next one begins when the last one is away`() {
        #expect(CheckpointCost(traffic, .asynchronous).shortestInterval == 49)
        #expect(CheckpointCost(traffic, .synchronous).shortestInterval == 0)
    }
}
