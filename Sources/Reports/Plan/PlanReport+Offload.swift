import Documents
public import Parallelism
import Workload

extension PlanReport {
    /// What of a plan lives beside the GPU, under the names of the JSON contract.
    public struct Offload: Codable, Hashable, Sendable {
        /// Percent of the optimizer's state that the host holds and updates.
        public var optimizerPercent: Int
        /// Whether parameters live there too.
        public var parameters: Bool
        /// Where states live: `host` or `storage`.
        public var place: String
        /// Of so many groups of state the GPU updates one; 0 where none.
        public var stride: Int
        /// Whether copies and updates run beside each other.
        public var overlaps: Bool
        /// Layers of a virtual stage whose activations move.
        public var layers: Int
        /// Whether inputs of recomputed layers move.
        public var checkpoints: Bool
        /// Names of the modules whose inputs move.
        public var modules: [String]

        /// What a strategy moves.
        public init(_ offload: Parallelism.Offload) {
            (optimizerPercent, parameters, place) = (offload.optimizerPercent, offload.parameters, offload.place.rawValue)
            (stride, overlaps, layers, checkpoints) = (offload.stride, offload.overlaps, offload.layers, offload.checkpoints)
            modules = offload.modules.names
        }

        /// Whether nothing does.
        public var isNone: Bool { optimizerPercent == 0 && !parameters && layers == 0 && !checkpoints && modules.isEmpty }

        var document: YAMLContent {
            [
                "optimizer_percent": .integer(optimizerPercent), "parameters": .flag(parameters), "place": .text(place),
                "interleaved_stride": .integer(stride), "overlaps": .flag(overlaps), "activation_layers": .integer(layers),
                "checkpoints": .flag(checkpoints), "modules": modules.document,
            ]
        }

        /// What moves in a few words: `optimizer 50 %, 8 layers`; `none`.
        func words(of most: Int) -> String {
            var words: [String] = []
            if optimizerPercent > 0 { words.append(optimizerPercent == 100 ? "optimizer" : "optimizer \(optimizerPercent) %") }
            if parameters { words.append("parameters") }
            if place == "storage" { words.append("on drives") }
            if stride > 0 { words.append("every \(stride). group on the GPU") }
            if layers > 0 { words.append("activations \(layers) of \(most)") }
            if checkpoints { words.append("checkpoints") }
            if !modules.isEmpty { words.append("inputs of \(modules.joined(separator: ", "))") }
            return words.isEmpty ? "none" : words.joined(separator: ", ")
        }
    }
}
