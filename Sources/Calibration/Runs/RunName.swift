/// How names in tables are compared: letters, digits and dots alone, whatever their case.
enum RunName {
    private static let makers: Set<Substring> = ["nvidia", "amd", "instinct", "tesla", "geforce", "quadro"]
    private static let variants = ["instruct", "base", "chat", "pretrain", "hf", "it", "meta"]

    /// The name without case, spaces, hyphens and slashes: `megatronlm0.14`.
    static func key(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "." } }

    /// The same without the words for makers and brands that some tables put before a GPU's name.
    static func gpuKey(_ name: String) -> String {
        let words = name.lowercased().split { !($0.isLetter || $0.isNumber || $0 == ".") }.filter { !makers.contains($0) }
        return words.joined()
    }

    /// The same of a model, without what it was tuned for and whose it is.
    static func modelKey(_ name: String) -> String {
        let words = name.lowercased().split { !($0.isLetter || $0.isNumber || $0 == ".") }
        return words.filter { !variants.contains(String($0)) }.joined()
    }
}
