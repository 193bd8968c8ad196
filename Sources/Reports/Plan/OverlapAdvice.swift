/// What it costs that data-parallel communication waits for compute.
public struct OverlapAdvice: Sendable {
    /// Expected time of a step as it runs, and with the communication beside compute, in s.
    private let exposed, overlapped: Double

    /// The times of one strategy without and with overlap.
    public init(exposed: Double, overlapped: Double) {
        self.exposed = exposed
        self.overlapped = overlapped
    }

    /// The advice in a sentence; nil where overlap would gain nothing.
    public var sentence: String? {
        let saved = exposed - overlapped
        guard saved > 0.0005 * exposed else { return nil }
        return "gradients are reduced and parameters gathered after compute; beside it (Megatron-LM: --overlap-grad-reduce "
            + "--overlap-param-gather) a step would take \(DurationText.text(overlapped)), \(DurationText.text(saved)) less"
    }
}
