import Parallelism
import Schedules

/// What an update of offloaded state takes, in s a parameter that a rank owns.
///
/// Lanes run beside each other, so that an update takes as long as its busiest lane unless its groups run one after the other.
///
/// With a share f on the host, D and H the seconds a byte down and up, U those of the host's update and g of the GPU's:
/// - `hybrid-device`: gradients go down and weights come back in fp32, g(1−f) + f(4D + U + 4H) one after the other, and the longest of the four
///   where they overlap (Megatron-Core, `HybridDeviceOptimizer`).
/// - `host-adam`: the copies of 16-bit weights hide under the update, the longest of g(1−f), fU and 2fH (Ren et al., ZeRO-Offload, arXiv:2101.06840).
/// - with a stride k, one of k groups visits the GPU, 12 B a parameter up and 14 B down: the longest of (k−1)/k·U, 12H/k, 14D/k and g/k, and of
///   what all of it moves through the host's memory (Maurya et al., Deep Optimizer States, arXiv:2410.21316).
/// - `sharded`: U alone, since gradients come down during the backward pass and weights go up in the next forward pass (PyTorch FSDP2).
/// - on drives, 12 B a parameter are read and written one after the other, beside which the host updates (Rajbhandari et al., ZeRO-Infinity,
///   arXiv:2104.07857); in a published log the two add up to the whole update.
struct HostUpdate: Sendable {
    /// Seconds a parameter of the passes of what the host updates, and of what the GPU updates.
    private let groups: [[UpdateSchedule.Pass]]
    /// Whether lanes run beside each other.
    private let overlaps: Bool
    /// Seconds of the update until the next step may begin.
    let seconds: Double
    /// Seconds of gradients on their way down during a backward pass, and whether compute hides them.
    let flush: Double
    let hidesFlush: Bool

    /// Bytes a parameter of a master weight and two moments in fp32, which visit GPU or drives.
    static let stateBytes = 12.0
    /// The same going down, with the 16-bit weight that the GPU keeps.
    static let returnedBytes = 14.0

    /// The update of a strategy's offload; `device` are the seconds of a parameter's update on the GPU, `gradient` the bytes of a gradient.
    init(_ offload: Offload, _ method: OffloadSupport.Method, _ rates: HostRates, device g: Double, gradient: Double) {
        let f = offload.optimizerShare
        let isOnDrives = offload.place == .storage
        var overlaps = true
        // What lanes share: a link in both directions, the host's memory.
        var shared = 0.0
        switch method {
        case .hybridDevice:
            overlaps = offload.overlaps
            groups = [
                [.init(.down, f * gradient * rates.down), .init(.host, f * rates.update), .init(.up, f * 4 * rates.up)],
                [.init(.device, (1 - f) * g)],
            ]
            (flush, hidesFlush) = (0, true)
        case .hostAdam where offload.stride > 0:
            let visits = 1 / Double(offload.stride)
            groups = [
                [.init(.host, (1 - visits) * rates.update)],
                [
                    .init(.up, visits * Self.stateBytes * rates.up), .init(.device, visits * g),
                    .init(.down, visits * Self.returnedBytes * rates.down),
                ],
            ]
            let moved = visits * (Self.stateBytes + Self.returnedBytes)
            shared = max(moved * rates.both, ((1 - visits) * HostRates.updateTraffic + moved) * rates.memory)
            (flush, hidesFlush) = (4 * rates.down, true)
        case .hostAdam:
            let drives = isOnDrives ? f * Self.stateBytes : 0
            groups = [
                [
                    .init(.drives, isOnDrives ? drives * rates.read : 0), .init(.host, f * rates.update), .init(.up, f * 2 * rates.up),
                    .init(.drives, isOnDrives ? drives * rates.write : 0),
                ], [.init(.device, (1 - f) * g)],
            ]
            // Half-precision gradients wait on the drives for their update.
            flush = max(f * 4 * (rates.flush ?? rates.down), isOnDrives ? f * 2 * rates.write : 0)
            hidesFlush = rates.flush == nil && !isOnDrives
        case .sharded:
            groups = [[.init(.host, rates.update)]]
            (flush, hidesFlush) = (4 * rates.down, true)
        }
        self.overlaps = overlaps
        let passes = groups.flatMap(\.self)
        let busiest = UpdateSchedule.Lane.allCases.map { lane in passes.reduce(0) { $0 + ($1.lane == lane ? $1.seconds : 0) } }.max() ?? 0
        seconds = overlaps ? max(busiest, shared) : passes.reduce(0) { $0 + $1.seconds }
    }

    /// The update in groups, those of the host and those of the GPU in turn, for one parameter's worth of time.
    func schedule(groups count: Int = 8) -> UpdateSchedule {
        let parts = groups.map { passes in passes.map { UpdateSchedule.Pass($0.lane, $0.seconds / Double(count)) } }
        return UpdateSchedule(groups: (0..<count).flatMap { _ in parts }, overlaps: overlaps)
    }
}
