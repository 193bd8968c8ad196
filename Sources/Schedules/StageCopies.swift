/// Copies between GPU and host beside a stage's passes, s of a micro-batch; one entry a stage.
///
/// Activations go down while the forward pass runs that makes them, and come up before the backward pass needs them. Parameters that live on the
/// host come before both passes, and where they are updated as they pass they return; gradients leave beside the backward pass.
public struct StageCopies: Hashable, Sendable {
    /// Activations on their way down and up.
    public var down, up: [Double]
    /// From the start of a forward pass until the first of them can leave: the time of its first layer.
    public var lead: [Double]
    /// Parameters that come for either pass, and that return beside the forward pass.
    public var loads, returns: [Double]
    /// Gradients that leave beside the backward pass.
    public var gradients: [Double]

    /// Copies from their times; none of parameters and gradients unless stated.
    public init(
        down: [Double], up: [Double], lead: [Double], loads: [Double]? = nil, returns: [Double]? = nil, gradients: [Double]? = nil
    ) {
        let none = [Double](repeating: 0, count: down.count)
        (self.down, self.up, self.lead) = (down, up, lead)
        (self.loads, self.returns, self.gradients) = (loads ?? none, returns ?? none, gradients ?? none)
    }

    func check(stages: Int) throws(ScheduleError) {
        for copies in [down, up] { try StageTimes.check("copies of activations", copies, stages) }
        try StageTimes.check("first layers", lead, stages)
        for copies in [loads, returns] { try StageTimes.check("copies of parameters", copies, stages) }
        try StageTimes.check("copies of gradients", gradients, stages)
    }
}
