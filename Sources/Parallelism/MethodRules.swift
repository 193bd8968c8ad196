public import Workload

/// Which methods of training a stack launches.
public enum MethodRules {
    /// Why a stack cannot train by a method, with those that it can; nil where it can.
    public static func problem(_ method: TrainingMethod, stack: SoftwareStack) -> String? {
        let known = stack.launches.methods
        guard !known.contains(method.kind) else { return nil }
        let words = TrainingMethod.Kind.allCases.filter(known.contains).map(\.rawValue).joined(separator: ", ")
        return "\(stack.name) does not train by \(method.kind.rawValue); it does by \(words)"
    }
}
