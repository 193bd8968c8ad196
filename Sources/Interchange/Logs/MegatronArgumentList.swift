import Documents

/// The list of arguments that Megatron-LM prints when it starts: `  tensor_model_parallel_size ...... 4`, one a line, sorted by name.
///
/// Every argument is there with its value after `validate_args`, so that defaults and derived sizes need no guessing.
struct MegatronArgumentList {
    /// The line of its title.
    let line: Int
    /// Whether its end has not been seen yet.
    var isOpen = true
    /// Entries of the vocabulary as the tokenizer has them, which is printed later; nil where it was not.
    var vocabulary: Int?
    private var values: [String: (text: String, line: Int)] = [:]

    init(line: Int) { self.line = line }

    /// Takes a line; those of other ranks in between are passed over.
    mutating func add(_ text: Substring, _ number: Int) {
        // Long names have no dots; labels of launchers before a name have none either, which is why dots go first.
        guard
            let match = text.firstMatch(of: /(?:^|[\s:\]>])([A-Za-z_][A-Za-z_0-9]*) \.+ ?([^\s].*)$/)
                ?? text.firstMatch(of: /(?:^|[\s:\]>])([A-Za-z_][A-Za-z_0-9]*)  ?([^\s].*)$/)
        else { return }
        let name = String(match.1)
        if values[name] == nil { values[name] = (String(match.2).trimmingSuffix, number) }
    }

    /// What the arguments say; the reader of scripts does the rest.
    func configuration(file: String) throws(DocumentError) -> UserConfiguration {
        var flags: [MegatronReader.NamedFlag] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let words = Self.words(name, value.text) else { continue }
            let location = SourceLocation(file: file, line: value.line)
            flags.append(
                MegatronReader.NamedFlag(
                    name: Self.flag(name), values: words.map { ShellWord(text: $0, location: location) }, location: location))
        }
        if values["add_bias_linear"]?.text == "False" {
            flags.append(MegatronReader.NamedFlag(name: "disable-bias-linear", location: SourceLocation(file: file, line: line)))
        }
        // The number of virtual stages is there however it was stated.
        if let stages = values["virtual_pipeline_model_parallel_size"], stages.text != "None" {
            flags.removeAll { $0.name == "num-layers-per-virtual-pipeline-stage" }
            let word = ShellWord(text: stages.text, location: SourceLocation(file: file, line: stages.line))
            flags.append(
                MegatronReader.NamedFlag(name: "num-virtual-stages-per-pipeline-rank", values: [word], location: word.location))
        }
        if let vocabulary {
            let place = SourceLocation(file: file, line: line)
            flags.removeAll { $0.name == "vocab-size" || $0.name == "padded-vocab-size" }
            flags.append(
                MegatronReader.NamedFlag(
                    name: "vocab-size", values: [ShellWord(text: String(vocabulary), location: place)], location: place))
        }
        var result = try MegatronReader(flags: flags, file: file).configuration()
        // Every argument is listed, given or not.
        result.unread = []
        result.unmodelled = []
        result.gpus = values["world_size"].flatMap { Int($0.text) }
        return result
    }

    /// The flag that sets an argument.
    private static func flag(_ name: String) -> String {
        switch name {
        case "fp8": "fp8-format"
        case "fp4": "fp4-format"
        case "microbatch_group_size_per_vp_stage": "microbatch-group-size-per-virtual-pipeline-stage"
        default: name.replacing("_", with: "-")
        }
    }

    /// The words of a flag with a printed value: none for a switch that is on; nil for one that is off, or an argument without a value.
    private static func words(_ name: String, _ text: String) -> [String]? {
        switch text {
        case "None", "False", "[]": return nil
        case "True": return []
        default: break
        }
        if name == "num_experts" || name == "hierarchical_context_parallel_sizes" {
            return text.split { !$0.isNumber }.map(String.init)
        }
        if text.hasPrefix("['") || text.hasPrefix("[\"") {
            return text.dropFirst().dropLast().split(separator: ",").map { String($0.filter { !"'\" ".contains($0) }) }
        }
        if name == "position_embedding_type" {
            // Printed as the member of an enumeration, by the names that Megatron-DeepSpeed gives them.
            let kind = text.split(separator: ".").last.map(String.init) ?? text
            return [["absolute": "learned_absolute", "rotary": "rope", "alibi": "none"][kind] ?? kind]
        }
        switch text {
        case "torch.bfloat16": return ["bf16"]
        case "torch.float16": return ["fp16"]
        case "torch.float32": return ["fp32"]
        default: return [text]
        }
    }
}

extension String {
    /// The text without white space at its end.
    fileprivate var trimmingSuffix: String { String(reversed().drop(while: \.isWhitespace).reversed()) }
}
