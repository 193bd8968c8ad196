import Parallelism

/// What an update of offloaded state takes, in s a parameter that a rank owns.
///
/// With a share f on the host, D and H the seconds a byte down and up, U those of the host's update and g of the GPU's:
/// - `hybrid-device`: gradients go down and weights come back in fp32, g(1−f) + f(4D + U + 4H) one after the other, and the longest of the four
///   where they overlap (Megatron-Core, `HybridDeviceOptimizer`).
/// - `host-adam`: the copies of 16-bit weights hide under the update, g(1−f) + f·max(U, 2H) (Ren et al., ZeRO-Offload, arXiv:2101.06840).
/// - with a stride k, one of k groups visits the GPU, 12 B a parameter up and 14 B down: the longest of (k−1)/k·U, 12H/k, 14D/k and g/k, and of
///   what all of it moves through the host's memory (Maurya et al., Deep Optimizer States, arXiv:2410.21316).
/// - `sharded`: U alone, since gradients come down during the backward pass and weights go up in the next forward pass (PyTorch FSDP2).
/// - on drives, 12 B a parameter are read and written one after the other, beside which the host updates (Rajbhandari et al., ZeRO-Infinity,
///   arXiv:2104.07857); in a published log the two add up to the whole update.
struct HostUpdate: Sendable {
    /// Seconds of the update on the GPU, on the host, and of copies; what `seconds` makes of them depends on what overlaps.
    let device, host, copies: Double
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
        var flush = 0.0
        var hidesFlush = true
        switch method {
        case .hybridDevice:
            let (down, up) = (f * gradient * rates.down, f * 4 * rates.up)
            (device, host, copies) = ((1 - f) * g, f * rates.update, down + up)
            seconds = offload.overlaps ? max(device, host, down, up) : device + host + copies
        case .hostAdam where offload.stride > 0:
            let visits = 1 / Double(offload.stride)
            let (down, up) = (visits * Self.returnedBytes * rates.down, visits * Self.stateBytes * rates.up)
            (device, host, copies) = (visits * g, (1 - visits) * rates.update, down + up)
            let duplex = visits * (Self.stateBytes + Self.returnedBytes) * rates.both
            let traffic = ((1 - visits) * HostRates.updateTraffic + visits * (Self.stateBytes + Self.returnedBytes)) * rates.memory
            seconds = max(device, host, down, up, duplex, traffic)
            flush = 4 * rates.down
        case .hostAdam:
            let drives = offload.place == .storage ? f * Self.stateBytes * (rates.read + rates.write) : 0
            (device, host, copies) = ((1 - f) * g, f * rates.update, f * 2 * rates.up + drives)
            seconds = device + max(host, f * 2 * rates.up, drives)
            flush = f * 4 * (rates.flush ?? rates.down)
            hidesFlush = rates.flush == nil
            // Half-precision gradients wait on the drives for their update.
            if offload.place == .storage { (flush, hidesFlush) = (max(flush, f * 2 * rates.write), false) }
        case .sharded:
            (device, host, copies) = (0, rates.update, 0)
            seconds = host
            flush = 4 * rates.down
        }
        self.flush = flush
        self.hidesFlush = hidesFlush
    }
}
