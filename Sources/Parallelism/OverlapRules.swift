public import Workload

/// Whether a stack and a model can run a stated way of hiding exchanges.
public enum OverlapRules {
    /// Why a way of hiding tensor-parallel collectives is no choice of a run, or none of a stack's where one is given; nil where it is.
    public static func problem(tensor technique: OverlapTechnique, on stack: SoftwareStack?) -> String? {
        switch technique {
        case .ladder: return "ladder residuals make another model; write residual: ladder into its file"
        case .parallelBlocks: return "blocks side by side make another model; write them as a + b in its file's pattern"
        case .noExchange: return "nothing runs without collectives; meshwright overlap prints that bound"
        default: break
        }
        guard let stack, !stack.launches.tensorOverlap.contains(technique) else { return nil }
        return "\(stack.name) runs \(words(stack.launches.tensorOverlap.map(\.rawValue))); \(technique.rawValue) is launched by "
            + "\(technique.launchers), and --stack any prices it"
    }

    /// The same of the exchange of tokens, for a model.
    public static func problem(expert technique: ExpertOverlap, _ model: TransformerModel, on stack: SoftwareStack?) -> String? {
        let mixtures = model.layerClasses.classes.compactMap(\.mixture)
        if technique == .noExchange { return "nothing runs without an exchange; meshwright overlap prints that bound" }
        guard !mixtures.isEmpty else { return "\(model.name) has no experts, so that no token travels; leave it out" }
        if technique == .sharedExperts, !mixtures.contains(where: { $0.sharedWidth > 0 }) {
            return "\(model.name) has no shared experts that could run beside the exchange"
        }
        guard let stack, !stack.launches.expertOverlap.contains(technique) else { return nil }
        return "\(stack.name) runs \(words(stack.launches.expertOverlap.map(\.rawValue))); \(technique.rawValue) is launched by "
            + "\(technique.launchers), and --stack any prices it"
    }

    private static func words(_ names: [String]) -> String { names.joined(separator: " or ") }
}
