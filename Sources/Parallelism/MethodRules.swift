public import Workload

/// Which methods of training a stack launches.
public enum MethodRules {
    /// Why a stack cannot train by a method, with those that it can; nil where it can.
    public static func problem(_ method: TrainingMethod, stack: SoftwareStack) -> String? {
        let known = stack.launches.methods
        if known.contains(method.kind) {
            guard let teacher = method.teacher, let lacking = stack.launches.lacks(ModelDivisions(teacher).kinds) else { return nil }
            return "\(stack.name) has no code for the blocks \(lacking) of the teacher \(teacher.name)"
        }
        let words = TrainingMethod.Kind.allCases.filter(known.contains).map(\.rawValue).joined(separator: ", ")
        return "\(stack.name) does not train by \(method.kind.rawValue); it does by \(words)"
    }
}
