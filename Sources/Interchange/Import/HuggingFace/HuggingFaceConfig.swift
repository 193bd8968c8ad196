public import Documents
public import Workload

/// Turns the `config.json` of a Hugging Face model into a `TransformerModel`.
///
/// The families of `knownFamilies` are read; text models nested under `text_config` are found, and what stands beside them is left out and named.
/// Fields that do not decide parameters, arithmetic or memory are passed over. The JSON may hold what Python writes.
public enum HuggingFaceConfig {
    /// The values of `model_type` that can be imported.
    public static var knownFamilies: [String] { HuggingFaceFamilies.names }

    /// The model of a configuration file; `name` replaces the one the file gives.
    public static func read(path: String, name: String? = nil) throws(DocumentError) -> TransformerModel {
        try read(path: path, name: name, as: nil).model
    }

    /// The model of a configuration text; `file` is its name in messages.
    public static func parse(text: String, file: String, name: String? = nil) throws(DocumentError) -> TransformerModel {
        try parse(text: text, file: file, name: name, as: nil).model
    }

    /// The model of a configuration file with what was not used of it, read as a family whatever its `model_type`.
    public static func read(path: String, name: String?, as family: String?) throws(DocumentError) -> HuggingFaceImport {
        try parse(text: TextFile.read(path: path), file: path, name: name, as: family)
    }

    /// The model of a configuration text with what was not used of it, read as a family whatever its `model_type`.
    public static func parse(text: String, file: String, name: String?, as family: String?) throws(DocumentError) -> HuggingFaceImport {
        // Python writes numbers without end as Infinity.
        let root = try JSONDocument.parse(text: text, file: file, acceptsNonFinite: true)
        let outer = try MappingReader(root, as: "a Hugging Face configuration")
        let reader = try textPart(outer)
        let (type, rules) = try self.family(reader, outer: outer, forced: family)
        let fields = HuggingFaceFields(reader, outer: outer, isNested: reader !== outer, type: rules.type)
        let origin = try outer.optional("_name_or_path", .text) ?? ""
        var model = try HuggingFaceDecoder(fields, rules).model()
        model.name = name ?? modelName(of: origin) ?? type.replacing("_", with: "-")
        model.source = "Hugging Face configuration of family \(type)" + (origin.isEmpty ? "" : ", \(origin)")
        do throws(ModelProblem) { try model.validate() } catch {
            throw DocumentError(
                HuggingFacePlaces(fields: fields, family: rules).location(of: error.field),
                .invalid("the configuration describes no model: \(error.what)", remedy: error.remedy))
        }
        return HuggingFaceImport(model: model, notes: notes(fields, rules.type, isForced: family != nil))
    }

    /// The mapping of the text model: under one of the keys that hold it, or the file itself.
    private static func textPart(_ outer: MappingReader) throws(DocumentError) -> MappingReader {
        if let thinker = try outer.optional("thinker_config", .node) {
            return try textPart(MappingReader(thinker, as: "thinker_config"))
        }
        for key in ["text_config", "language_config", "llm_config"] {
            if let text = try outer.optional(key, .node) { return try MappingReader(text, as: key) }
        }
        return outer
    }

    /// The family and its type as it is stated: the nested `model_type` or, where the nested part has none, the outer one.
    private static func family(
        _ reader: MappingReader, outer: MappingReader, forced: String?
    ) throws(DocumentError) -> (type: String, family: HuggingFaceFamily) {
        if let forced {
            guard let family = HuggingFaceFamilies.family(forced) else {
                throw DocumentError(
                    outer.location,
                    .unknownChoice(forced, nearest: NearestName.best(for: forced, among: knownFamilies), legal: knownFamilies))
            }
            return (forced, family)
        }
        let owner = reader.has("model_type") ? reader : outer
        let type = try owner.required("model_type", .string)
        // A nested text part may carry a type of its own: llama4_text.
        let bare = type.hasSuffix("_text") ? String(type.dropLast(5)) : type
        // Grok-2's file has the type of another model beside its own class.
        let classes = (try? owner.optional("architectures", .list(of: .text))) ?? nil ?? []
        if let named = classes.lazy.compactMap({ HuggingFaceFamilies.classes[$0] }).first, let family = HuggingFaceFamilies.family(named) {
            return (named, family)
        }
        if let family = HuggingFaceFamilies.family(type) { return (bare, family) }
        let problem = HuggingFaceFamilies.problem(with: type, keys: reader.keys.map(\.text))
        throw DocumentError(owner.location(of: "model_type"), .invalid(problem.what, remedy: problem.remedy))
    }

    /// Parts beside the text model, the format of weights, and keys that may say something of the shape and were not used.
    private static func notes(_ fields: HuggingFaceFields, _ type: String, isForced: Bool) -> [HuggingFaceImport.Note] {
        func note(_ key: YAMLScalar, _ what: String) -> HuggingFaceImport.Note {
            HuggingFaceImport.Note(key: key.text, what: what, place: key.location.description)
        }
        var notes: [HuggingFaceImport.Note] = []
        let readers = fields.isNested ? [fields.outer, fields.reader] : [fields.reader]
        for reader in readers {
            for key in reader.keys {
                if key.text == "quantization_config" {
                    notes.append(note(key, "passed over: the shape is that of the model before its weights were quantised"))
                } else if key.text.hasSuffix("_config"), !parts.contains(key.text), !fields.used.contains(key.text) {
                    notes.append(note(key, "left out: no part of the text model"))
                }
            }
        }
        for key in fields.reader.keys { if let what = fields.remarks[key.text] { notes.append(note(key, what)) } }
        for key in fields.reader.keys
        where !fields.used.contains(key.text) && HuggingFaceNotes.isStructural(key.text) && !key.text.hasSuffix("_config") {
            // What the family's class takes was compared with its code; the rest may come from code that nobody here has seen.
            guard
                isForced || !fields.classTakes(key.text) && !fields.isOff(key.text) && !HuggingFaceNotes.isUsual(key.text, in: type, fields)
            else { continue }
            notes.append(note(key, isForced ? "not used" : "not used; what it adds to the model, if anything, is not counted"))
        }
        return notes
    }

    private static let parts: Set = ["text_config", "language_config", "llm_config", "thinker_config", "generation_config"]

    /// `meta-llama/Llama-2-7b-hf` → `llama-2-7b-hf`; nil where nothing of a name is left.
    private static func modelName(of origin: String) -> String? {
        let last = origin.split(separator: "/").last ?? ""
        let name = last.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" }
        let trimmed = String(name).trimming("-.")
        return trimmed.isEmpty ? nil : trimmed
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
