public import Workload

/// Which optimizers a stack has, on its GPUs and on its hosts.
public enum OptimizerRules {
    /// Why a stack cannot train with an optimizer, with those that it has; nil where it can.
    public static func problem(_ optimizer: Optimizer, stack: SoftwareStack) -> String? {
        let known = stack.launches.optimizers
        guard !known.contains(optimizer.named) else { return nil }
        let words = Optimizer.allCases.filter(known.contains).map(\.rawValue).joined(separator: ", ")
        return "\(stack.name) has no such optimizer; it has \(words)"
    }

    /// Why a method of training has no use for an optimizer; nil where it has.
    public static func problem(_ optimizer: Optimizer, method: TrainingMethod) -> String? {
        guard !method.hasGradients else { return nil }
        return "training of zeroth order has no gradients and no states for \(optimizer.rawValue) to work on; leave it out"
    }
}

extension OffloadSupport {
    /// Whether the stack's code runs an optimizer's update on a host.
    ///
    /// Megatron-Core, `get_megatron_optimizer`: the precision-aware optimizer is Adam's, whose share on the host torch updates in fp32.
    /// DeepSpeed, `runtime/engine.py`: `DeepSpeedCPUAdam` and `DeepSpeedCPULion` beside Adagrad. PyTorch: whatever torch has for CPUs, which
    /// 8-bit states of bitsandbytes are not; the rate of Muon's products there nobody has published.
    public func updates(_ optimizer: Optimizer) -> Bool {
        switch method {
        case .hybridDevice: optimizer == .adam
        case .hostAdam: optimizer == .adam || optimizer == .lion
        case .sharded: optimizer != .muon && optimizer != .adam8Bit
        }
    }

    /// Why an optimizer's state cannot move; nil where it can.
    public func problem(_ optimizer: Optimizer, stack: String) -> (what: String, remedy: String)? {
        guard !updates(optimizer) else { return nil }
        let words = Optimizer.allCases.filter(updates).map(\.rawValue).joined(separator: ", ")
        return (
            "\(stack) has no update on the host for \(optimizer.rawValue)", "keep its state on the GPU, or use --optimizer \(words)"
        )
    }
}
