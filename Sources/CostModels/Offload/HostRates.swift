import Hardware
import Parallelism
import Quantities

/// What one rank gets of its host, in seconds a byte or a parameter, while every GPU of the node asks for the same.
struct HostRates: Sendable {
    /// Seconds a byte to the host and from it, alone.
    let down: Double
    let up: Double
    /// Seconds a byte of either direction while both run.
    let both: Double
    /// Seconds that the host's optimizer takes a parameter.
    let update: Double
    /// Seconds a byte of the host's memory.
    let memory: Double
    /// Seconds a byte read from drives and written to them; infinite without drives.
    let read: Double
    let write: Double
    /// Seconds a byte of gradients that go down while the backward pass waits; nil where their copies run beside it.
    let flush: Double?
    /// Bytes of the node's memory and drives that a rank may take.
    let memoryRoom: Double
    let storageRoom: Double

    /// Bytes that Adam reads and writes in the host's memory a parameter: gradient, weight and moments in fp32, and all but the gradient back.
    static let updateTraffic = 28.0
    /// Share of the host's memory that a run may take; the rest is for the system, loaders and the page cache.
    static let usableMemory = 0.85

    /// The rates of a rank; nil where the link or the memory of some node is not known, or the stack moves nothing.
    init?(_ cluster: ClusterProfile, _ support: OffloadSupport?) {
        guard let support else { return nil }
        var slowest: HostRates?
        for group in cluster.groups {
            guard let link = group.host.link, let memory = group.host.memory else { return nil }
            let rates = HostRates(group.host, link, memory, ranks: Double(group.gpusPerNode), support)
            slowest = slowest.map { $0.slower(rates) } ?? rates
        }
        guard let slowest else { return nil }
        self = slowest
    }

    private init(_ host: Host, _ link: Host.Link, _ memory: Bytes, ranks: Double, _ support: OffloadSupport) {
        let bandwidth = (host.memoryBandwidth?.value ?? .infinity) / ranks
        func seconds(_ rate: BytesPerSecond) -> Double { 1 / min(rate.value, bandwidth) }
        (down, up) = (seconds(link.fromDevice), seconds(link.toDevice))
        both = 1 / min(link.both?.value ?? link.fromDevice.value + link.toDevice.value, bandwidth)
        self.memory = 1 / bandwidth
        let stack = support.updateRate / (support.updatesTogether ? ranks : 1)
        update = 1 / min(stack, (host.updateRate ?? .infinity) / ranks, bandwidth / Self.updateTraffic)
        read = host.storage.map { ranks / $0.read.value } ?? .infinity
        write = host.storage.map { ranks / $0.write.value } ?? .infinity
        flush = support.flushRate.map { max(1 / $0.value, 1 / link.fromDevice.value) }
        memoryRoom = Self.usableMemory * memory.count / ranks
        storageRoom = (host.storage?.capacity.count ?? 0) / ranks
    }

    private init(
        down: Double, up: Double, both: Double, update: Double, memory: Double, read: Double, write: Double, flush: Double?,
        memoryRoom: Double, storageRoom: Double
    ) {
        (self.down, self.up, self.both, self.update, self.memory) = (down, up, both, update, memory)
        (self.read, self.write, self.flush) = (read, write, flush)
        (self.memoryRoom, self.storageRoom) = (memoryRoom, storageRoom)
    }

    /// The slower of each of two kinds of nodes, for which all ranks wait.
    private func slower(_ other: HostRates) -> HostRates {
        HostRates(
            down: max(down, other.down), up: max(up, other.up), both: max(both, other.both), update: max(update, other.update),
            memory: max(memory, other.memory), read: max(read, other.read), write: max(write, other.write),
            flush: flush.map { max($0, other.flush ?? 0) }, memoryRoom: min(memoryRoom, other.memoryRoom),
            storageRoom: min(storageRoom, other.storageRoom))
    }
}
