import Documents

extension PlanReport {
    /// Why no framework of a plan's stack can be given it, and who has one that can be given the model.
    public struct Export: Codable, Hashable, Sendable {
        /// A framework that cannot be given the plan.
        public struct Refusal: Codable, Hashable, Sendable {
            /// Its name as `export --target` takes it.
            public var target: String
            /// Why not.
            public var reason: String

            /// A framework with its reason.
            public init(target: String, reason: String) { (self.target, self.reason) = (target, reason) }
        }

        /// The frameworks of the stack, each with its reason.
        public var refusals: [Refusal]
        /// The shipped stacks with a framework that can be given the model.
        public var stacks: [String]

        /// The frameworks of a stack that refuse, and the stacks that do not.
        public init(refusals: [Refusal], stacks: [String]) { (self.refusals, self.stacks) = (refusals, stacks) }

        var document: YAMLContent {
            [
                "refused": .list(refusals.map { ["target": .text($0.target), "reason": .text($0.reason)] }),
                "stacks": stacks.document,
            ]
        }
    }
}
