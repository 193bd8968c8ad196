extension StepModel {
    /// Memory of a rank part by part, in bytes; `expected` applies the usual allocator factor.
    public struct MemoryParts: Hashable, Sendable {
        /// Parameters, gradients and optimizer state.
        public var states = 0.0
        /// Activations of micro-batches in flight.
        public var activations = 0.0
        /// Logits and loss, or the largest transient of a layer, whichever is larger.
        public var transient = 0.0
        /// Buffers for weight gradients and gathered parameters.
        public var buffers = 0.0
        /// Context, communicators and workspaces.
        public var fixed = 0.0
        /// What lies in the host's memory instead.
        public var host = 0.0
        /// What lies on drives instead.
        public var storage = 0.0
        /// Gradients among the states that come only as activations go.
        public var awaited = 0.0
        /// What of transients and buffers is there at the end of the backward pass: the head and its logits are gone.
        public var late = 0.0
        /// What the update makes for itself, when activations and buffers are gone.
        public var update = 0.0

        /// No memory at all.
        public init() {}

        /// What the allocator hands out and may fragment.
        public var dynamic: Double { activations + transient + buffers }

        /// Bytes beyond `states` before the backward pass, when all activations are alive and awaited gradients are not; at its end, when it is the
        /// other way round; and while the update runs.
        @inline(__always)
        private func moments(factor: Double) -> (before: Double, end: Double, update: Double) {
            (factor * dynamic - awaited, factor * late, factor * update)
        }

        /// Bytes of the fullest moment with an allocator's factor, without what is fixed.
        @inline(__always)
        public func bytes(factor: Double) -> Double {
            if awaited == 0, update == 0 { return states + factor * dynamic }
            let moments = moments(factor: factor)
            return states + max(moments.before, moments.end, moments.update)
        }

        /// The parts that are there at the fullest moment.
        public func atFullestMoment(factor: Double) -> MemoryParts {
            if awaited == 0, update == 0 { return self }
            let moments = moments(factor: factor)
            var parts = self
            (parts.awaited, parts.late, parts.update) = (0, 0, 0)
            if moments.before >= max(moments.end, moments.update) {
                parts.states -= awaited
            } else {
                (parts.activations, parts.buffers) = (0, 0)
                parts.transient = moments.end >= moments.update ? late : update
            }
            return parts
        }
    }
}
