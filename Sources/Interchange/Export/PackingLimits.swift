/// Who makes rows of samples where a target's own files do not say how.
enum RowMaker {
    /// The user's training script.
    case script
    /// The data set of the recipe that is changed.
    case recipe
    /// A data set that cuts rows from the stream of documents, as TorchTitan's does.
    case stream
    /// A trainer that packs whole samples and shows each its own tokens alone.
    case trainer
}

extension LaunchConfiguration {
    /// What of the planned rows a target's files do not say, one sentence; empty where every sequence fills a row, or all of it is said.
    func packingLimits(_ maker: RowMaker) -> [String] {
        guard let packing else { return [] }
        let ends = "tell attention where documents end"
        switch maker {
        case .script: return ["Rows are the script's affair, which must make them as planned (packing \(packing)) and \(ends)."]
        case .recipe:
            return ["Rows are the affair of the recipe's data set, which must make them as planned (packing \(packing)) and \(ends)."]
        case .stream:
            let other = packing == "pack" ? "" : "; there is no packing \(packing)"
            return [
                "Rows are cut from the stream of documents, and attention runs over whole rows unless the model's mask is block_causal, which "
                    + "takes longer than planned\(other)."
            ]
        case .trainer: return packing == "pack" ? ["Samples are packed whole, not cut where a row is full."] : []
        }
    }
}
