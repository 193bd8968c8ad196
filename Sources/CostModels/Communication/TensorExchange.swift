import Hardware

/// Tensor-parallel communication of half a layer (attention or feed-forward) for one micro-batch.
///
/// With sequence parallelism: one all-gather and one reduce-scatter each way and, backward, a second gather of the inputs for the weight
/// gradients (Korthikanti et al., arXiv:2205.05198, §4.2.2). Without: one all-reduce each way (Shoeybi et al., arXiv:1909.08053).
struct TensorExchange: Sendable {
    let collectives: CollectiveTime
    let constants: SharedConstants

    /// Forward and backward times in s before hiding; `bytes` is the whole activation, 2·tokens·h.
    func seconds(bytes: Double, tensor: Int, sequenceParallel: Bool) -> (forward: Double, backward: Double) {
        guard tensor > 1 else { return (0, 0) }
        guard sequenceParallel else {
            let reduce = collectives.seconds(.allReduce, bytes: bytes, ranks: tensor)
            return (reduce, reduce)
        }
        let gather = collectives.seconds(.allGather, bytes: bytes, ranks: tensor)
        let scatter = collectives.seconds(.reduceScatter, bytes: bytes, ranks: tensor)
        return (gather + scatter, gather + scatter + constants.regatherShare * gather)
    }

    /// Whether one of these collectives lies outside the measured curves of a profile that has some.
    func isExtrapolated(bytes: Double, tensor: Int, sequenceParallel: Bool) -> Bool {
        let used: [Collective] = sequenceParallel ? [.allGather, .reduceScatter] : [.allReduce]
        return used.contains { collectives.isExtrapolated($0, bytes: bytes, ranks: tensor) }
    }
}
