import CostModels
import Documents
import Hardware
import Search
import Workload

extension PlanReport {
    /// An operator of a plan's own shape that can be timed by itself, and what that is worth.
    public struct Timing: Codable, Hashable, Sendable {
        /// `product`, `grouped_product`, `attention`, `collective` or `token_exchange`.
        public var kind: String
        /// Which collective; nil for all else.
        public var collective: String?
        /// The format of its numbers: `bf16`, `fp16`, or `fp8` in all kinds below 16 bits.
        public var format: String
        /// Its sizes by name.
        public var sizes: [Term]
        /// The chance of choosing the fastest of the plans listed once it was timed.
        public var chanceAfter: Double

        init(_ found: OperatorToTime, _ inputs: CostInputs) {
            kind = found.operation.kind
            if case .collective(let name, _, _, _) = found.operation.work { collective = name.rawValue }
            format = found.operation.isLow ? "fp8" : inputs.job.precision == .fp16 ? "fp16" : "bf16"
            sizes = found.operation.sizes.map { Term(key: $0.name, value: Double($0.value)) }
            chanceAfter = found.chanceAfter
        }

        private subscript(name: String) -> String { sizes.first { $0.key == name }.map { CountText.grouped(Int($0.value)) } ?? "–" }

        /// The operator in words.
        var words: String {
            switch kind {
            case "product": return "a product of \(self["m"]) × \(self["k"]) by \(self["k"]) × \(self["n"]) in \(format)"
            case "grouped_product":
                return
                    "a grouped product of \(self["experts"]) experts with \(self["rows"]) rows each, \(self["k"]) × \(self["n"]), in \(format)"
            case "attention":
                let window = sizes.contains { $0.key == "window" } ? ", window \(self["window"])" : ""
                return
                    "causal attention of \(self["batch"]) × \(self["sequence"]) tokens, \(self["heads"]) heads of \(self["width"])\(window), "
                    + "forward and backward"
            case "collective":
                let apart = sizes.first { $0.key == "stride" }.map { $0.value > 1 } ?? false
                return "\(collective ?? kind) of \(self["bytes"]) bytes over \(self["ranks"]) ranks"
                    + (apart ? " that are \(self["stride"]) GPUs apart, \(self["stride"]) groups at once" : "")
            default:
                return "the exchange of \(self["tokens"]) tokens of a rank with \(self["experts_per_token"]) experts each over "
                    + "\(self["ranks"]) ranks, \(self["width"]) wide"
            }
        }

        /// The operator for programs.
        var fields: [YAMLField] {
            [YAMLField("what", .text(kind))] + (collective.map { [YAMLField("collective", .text($0))] } ?? [])
                + [YAMLField("format", .text(format))] + sizes.map { YAMLField($0.key, .integer(Int($0.value))) }
        }
    }
}
