import Documents
import Foundation
import Workload

extension PlanReport {
    /// What of the model a plan trains.
    public struct Method: Codable, Hashable, Sendable {
        /// The method's name.
        public var kind: String
        /// Parameters that are trained.
        public var trainedParameters: Int
        /// Format of matrices that are not trained.
        public var baseFormat: String
        /// Rank of the adapters, if there are any.
        public var rank: Int?
        /// Their scale.
        public var alpha: Double?
        /// The matrices that have adapters.
        public var targets: [String]?
        /// Share of inputs that they drop.
        public var dropout: Double?
        /// Whether magnitudes are trained apart.
        public var isDecomposed: Bool?
        /// Parts that are frozen besides, as they are written; empty for none.
        public var frozen: String

        /// The file of the model that is learned from, if there is one.
        public var teacher: Source?

        /// The method of a job; nil where everything is trained from scratch.
        init?(_ method: TrainingMethod, _ model: TransformerModel, teacher: Source? = nil) {
            guard method != .pretrain else { return nil }
            kind = method.kind.rawValue
            trainedParameters = model.trainedParameters(method)
            baseFormat = method.baseFormat.rawValue
            rank = method.adapters?.rank
            alpha = method.adapters?.alpha
            targets = method.adapters.map { adapters in Projection.allCases.filter(adapters.targets.contains).map(\.rawValue) }
            dropout = method.adapters?.dropout
            isDecomposed = method.adapters?.isDecomposed
            frozen = method.frozen.text
            self.teacher = teacher ?? method.teacher.map { Source(name: $0.name, sha256: "") }
        }

        /// The method as plans write it.
        var document: YAMLContent {
            var fields: [YAMLField] = [
                YAMLField("kind", .text(kind)), YAMLField("trained_parameters", .integer(trainedParameters)),
                YAMLField("base_format", .text(baseFormat)),
            ]
            if !frozen.isEmpty { fields.append(YAMLField("frozen", .text(frozen))) }
            if let rank { fields.append(YAMLField("lora_rank", .integer(rank))) }
            if let alpha { fields.append(YAMLField("lora_alpha", .number(alpha))) }
            if let targets { fields.append(YAMLField("lora_targets", .list(targets.map { .text($0) }))) }
            if let dropout { fields.append(YAMLField("lora_dropout", .number(dropout))) }
            if let teacher { fields.append(YAMLField("teacher", .mapping(teacher.fields))) }
            if let isDecomposed { fields.append(YAMLField("dora", .flag(isDecomposed))) }
            return .mapping(fields)
        }

        /// The method in a few words.
        var text: String {
            if let teacher { return "\(kind) from \(teacher.name), \(CountText.counted(Double(trainedParameters))) parameters trained" }
            let trained = "\(kind), \(CountText.counted(Double(trainedParameters))) parameters trained"
            guard let rank, let targets else { return trained + (frozen.isEmpty ? "" : ", frozen \(frozen)") }
            return trained + ": rank \(rank) on \(targets.joined(separator: ", "))"
                + (baseFormat == "16-bit" ? "" : ", base in \(baseFormat)")
                + (frozen.isEmpty ? "" : ", frozen \(frozen)")
        }
    }
}
