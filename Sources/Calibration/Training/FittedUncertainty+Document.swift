public import CostModels
public import Documents
import Parallelism

/// What a fit left open, as a file: `ClusterProfiles/Runs/uncertainty.yaml`, which `calibrate training` writes.
extension FittedUncertainty {
    /// Reads such a file.
    ///
    /// - Throws: `DocumentError` where the file is not one or was written for other constants.
    public static func read(path: String) throws(DocumentError) -> FittedUncertainty {
        let start = SourceLocation(file: path, line: 1, column: 1)
        return try YAMLDocument.read(path: path).object(as: "uncertainty of the fitted constants") { file throws(DocumentError) in
            let factor = try file.objects("factor", as: "a row of the factor") { row throws(DocumentError) in
                (name: try row.required("constant", .string), numbers: try row.required("row", .string))
            }
            guard factor.map(\.name) == TrainingConstant.all.map(\.name) else {
                throw DocumentError(
                    start,
                    .invalid(
                        "'factor' is of other constants than this release fits", remedy: "write the file again with calibrate training"))
            }
            let rows = factor.map { $0.numbers.split(separator: " ").compactMap { Double($0) } }
            guard rows.enumerated().allSatisfy({ $0.element.count == $0.offset + 1 }) else {
                throw DocumentError(
                    start, .invalid("a row of 'factor' of another length", remedy: "it has a number for each constant up to its own"))
            }
            let spreads = try file.objects("spreads", as: "a spread") { row throws(DocumentError) in
                (
                    Stratum(
                        stack: try row.required("stack", .string), architecture: try row.required("architecture", .string),
                        isMixture: try row.required("mixture", .bool)),
                    Spread(common: try row.required("common", .nonNegative), own: try row.required("own", .nonNegative))
                )
            }
            return FittedUncertainty(factor: rows, spreads: Dictionary(spreads) { first, _ in first })
        }
    }

    /// The file's content.
    public var document: YAMLContent {
        .mapping([
            YAMLField(
                "factor",
                .list(
                    zip(TrainingConstant.all, factor).map { constant, row in
                        .inline([
                            YAMLField("constant", .text(constant.name)),
                            YAMLField("row", .text(RowText.string(row))),
                        ])
                    })),
            YAMLField(
                "spreads",
                .list(
                    spreads.sorted { $0.key < $1.key }.map { stratum, spread in
                        .inline([
                            YAMLField("stack", .text(stratum.stack)), YAMLField("architecture", .text(stratum.architecture)),
                            YAMLField("mixture", .flag(stratum.isMixture)), YAMLField("common", .number(spread.common)),
                            YAMLField("own", .number(spread.own)),
                        ])
                    })),
        ])
    }
}
