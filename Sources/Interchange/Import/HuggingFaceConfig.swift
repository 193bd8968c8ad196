public import Documents
public import Workload

/// Turns the `config.json` of a Hugging Face model into a `TransformerModel`.
///
/// The families of `knownFamilies` are read; text models nested under `text_config` are found. Fields that do not decide parameters,
/// arithmetic or memory are passed over. The JSON may hold what Python writes.
public enum HuggingFaceConfig {
    /// The values of `model_type` that can be imported.
    public static var knownFamilies: [String] { HuggingFaceFamily.allCases.map(\.rawValue) + HuggingFaceFamily.aliases.keys.sorted() }

    /// The model of a configuration file; `name` replaces the one the file gives.
    public static func read(path: String, name: String? = nil) throws(DocumentError) -> TransformerModel {
        try parse(text: TextFile.read(path: path), file: path, name: name)
    }

    /// The model of a configuration text; `file` is its name in messages.
    public static func parse(text: String, file: String, name: String? = nil) throws(DocumentError) -> TransformerModel {
        // Python writes numbers without end as Infinity.
        try model(of: JSONDocument.parse(text: text, file: file, acceptsNonFinite: true), name: name)
    }

    private static func model(of root: YAMLNode, name: String?) throws(DocumentError) -> TransformerModel {
        let outer = try MappingReader(root, as: "a Hugging Face configuration")
        let reader: MappingReader
        if let text = try outer.optional("text_config", .node) {
            reader = try MappingReader(text, as: "text_config")
        } else {
            reader = outer
        }
        let (type, family) = try family(reader, outer: outer)
        let origin = try outer.optional("_name_or_path", .text) ?? ""
        // Where the text model is nested, either level may say whether the head is tied.
        let inner = try reader.optional("tie_word_embeddings", .bool)
        let isTied = try inner != nil ? inner : outer.optional("tie_word_embeddings", .bool)
        let shape = HuggingFaceShape(reader: reader, family: family, isTied: isTied ?? family.tiesEmbeddings)
        var model = try shape.model()
        model.name = name ?? modelName(of: origin) ?? type.replacing("_", with: "-")
        model.source = "Hugging Face configuration of family \(type)" + (origin.isEmpty ? "" : ", \(origin)")
        do throws(ModelProblem) { try model.validate() } catch {
            throw DocumentError(reader.location, .invalid("the configuration describes no model: \(error.what)", remedy: error.remedy))
        }
        return model
    }

    /// The family and its type as it is stated: the nested `model_type` or, where the nested part has none, the outer one.
    private static func family(
        _ reader: MappingReader, outer: MappingReader
    ) throws(DocumentError) -> (type: String, family: HuggingFaceFamily) {
        let owner = reader.has("model_type") ? reader : outer
        let type = try owner.required("model_type", .string)
        // A nested text part may carry a type of its own: llama4_text.
        let bare = type.hasSuffix("_text") ? String(type.dropLast(5)) : type
        if let family = HuggingFaceFamily(rawValue: bare) ?? HuggingFaceFamily.aliases[bare] { return (bare, family) }
        throw DocumentError(
            owner.location(of: "model_type"),
            .invalid("the model family '\(type)' is not known", remedy: "known families are \(knownFamilies.joined(separator: ", "))"))
    }

    /// `meta-llama/Llama-2-7b-hf` → `llama-2-7b-hf`; nil where nothing of a name is left.
    private static func modelName(of origin: String) -> String? {
        let last = origin.split(separator: "/").last ?? ""
        let name = last.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" }
        let trimmed = String(name).trimming("-.")
        return trimmed.isEmpty ? nil : trimmed
    }
}

extension YAMLType where Value == String {
    /// A text that may be empty.
    static var text: YAMLType {
        YAMLType("a text") { node throws(DocumentError) in
            guard case .scalar(let scalar) = node else {
                throw DocumentError(node.location, .wrongType(found: node.kind, expected: "a text"))
            }
            return scalar.text
        }
    }
}

extension String {
    /// The text without any of `characters` at its ends.
    fileprivate func trimming(_ characters: String) -> String {
        var slice = self[...]
        while let first = slice.first, characters.contains(first) { slice = slice.dropFirst() }
        while let last = slice.last, characters.contains(last) { slice = slice.dropLast() }
        return String(slice)
    }
}
