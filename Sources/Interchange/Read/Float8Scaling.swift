import Documents
import Workload

extension UserConfiguration {
    /// Reads how torchao scales 8-bit products: a scale a tensor, or one for each row of inputs and column of weights
    /// (`Float8LinearRecipeName`: `tensorwise`, `rowwise`, `rowwise_with_gw_hp`).
    ///
    /// - Throws: `DocumentError` where the key names another recipe.
    mutating func readScaling(_ document: inout ConfigurationDocument, _ key: String) throws(DocumentError) {
        guard let word = try document.text(key), !word.isEmpty else { return }
        switch word {
        case "tensorwise": return
        case "rowwise", "rowwise_with_gw_hp":
            if precision == .fp8 { precision = .fp8Rowwise }
            guard word != "rowwise" else { return }
            unmodelled.append(
                Unmodelled(
                    name: "\(key) \(word)", location: document.location(of: key),
                    instead: "weight gradients are priced in 8 bits, and run in 16"))
        default:
            let legal = ["rowwise", "rowwise_with_gw_hp", "tensorwise"]
            throw DocumentError(document.location(of: key), .unknownChoice(word, nearest: nil, legal: legal))
        }
    }
}
