import Documents

/// Reads TorchTitan's configurations in Python (0.3 and main of August 2026): functions that return a `Trainer.Config`, or change one that is shipped.
struct TorchTitanPython {
    /// The settings that a function of the file returns, and what was assumed.
    private(set) var result = TorchTitanEntries()
    private let file: String

    /// Whether a text is Python rather than a document.
    static func isMeant(_ text: String, file: String) -> Bool {
        file.hasSuffix(".py") || text.firstMatch(of: /(?m)^def +[A-Za-z_][A-Za-z0-9_]*\(/) != nil
    }

    /// Reads the function that is asked for, or the one that there is.
    ///
    /// - Throws: `DocumentError` where there are several, or what it returns cannot be told.
    init(text: String, file: String, function asked: String?) throws(DocumentError) {
        self.file = file
        let isInTokens = text.contains("num_tokens_per_microbatch_per_dp_rank") || text.contains("max_context_length")
        let module = try PythonModule(text: text, file: file) {
            (module: String, name: String, location: SourceLocation) throws(DocumentError) -> PythonObject? in
            guard module.hasSuffix("config_registry") else { return nil }
            guard let shipped = TorchTitanShipped.configuration(module, name) else {
                throw TorchTitanEntries.unknown(module, name, location)
            }
            return Self.object(shipped, inTokens: isInTokens, location)
        }
        let functions = module.candidates
        guard let name = asked ?? (functions.count == 1 ? functions[0] : functions.first { $0 == "plan" }) else {
            throw DocumentError(
                SourceLocation(file: file),
                functions.isEmpty
                    ? .invalid("no function of the file returns a configuration", remedy: "name a file with one")
                    : .invalid(
                        "the file has several configurations: \(functions.joined(separator: ", "))",
                        remedy: "name one behind the file, as in torchtitan:\(file):\(functions[0])"))
        }
        guard case .object(let config) = try module.value(of: name) else {
            throw DocumentError(
                SourceLocation(file: file), .invalid("'\(name)' returns no configuration", remedy: "name a function that does"))
        }
        if config.kind.hasSuffix("Config") { standard(config, inTokens: isInTokens) }
        for (key, value) in config.fields { try read(key, value, name) }
        if let origin = config["__shipped__"]?.text {
            result.notes.append("What the file does not state is as \(origin) of TorchTitan 0.3 has it.")
        }
    }

    /// A shipped configuration as an object.
    private static func object(_ shipped: TorchTitanShipped, inTokens: Bool, _ location: SourceLocation) -> PythonObject {
        let config = PythonObject(kind: "shipped", location: location)
        for (key, value) in shipped.settings(inTokens: inTokens) {
            let path = key.split(separator: ".").map(String.init)
            let isText = ["model", "activation_checkpoint"].contains(path[0])
            config.inner(path[0], location)[path[1]] = .scalar(YAMLScalar(text: value, isQuoted: isText, location: location))
        }
        config["__shipped__"] = .text("\(shipped.model.name) \(shipped.model.flavour)", location)
        return config
    }

    /// What a `Trainer.Config` has where nothing is stated: 8 sequences of 2,048 tokens, selective recomputation.
    private mutating func standard(_ config: PythonObject, inTokens: Bool) {
        if !inTokens {
            for (key, value) in TorchTitanShipped.batch(8, 2048, inTokens: false) { result.set(key, [value], config.location) }
        }
        result.set("activation_checkpoint.mode", ["selective"], config.location)
        result.set("activation_checkpoint.selective_ac_option", ["op"], config.location)
    }

    private mutating func read(_ key: String, _ value: PythonValue, _ function: String) throws(DocumentError) {
        switch (key, value) {
        case ("__shipped__", _): return
        case ("activation_checkpoint", .object(let policy)) where policy.kind.contains("AC"):
            let kinds = ["SelectiveAC": "selective", "FullAC": "full", "MemoryBudgetAC": "memory_budget"]
            let name = policy.kind.split(separator: ".").first { $0.hasSuffix("AC") }.map(String.init) ?? policy.kind
            guard let kind = kinds[name] else {
                throw DocumentError(policy.location, .unknownChoice(name, nearest: nil, legal: kinds.keys.sorted()))
            }
            result.set("activation_checkpoint.mode", [kind], policy.location)
            result.set("activation_checkpoint.selective_ac_option", ["op"], policy.location)
        case ("activation_checkpoint", .scalar(let scalar)) where scalar.text == "null" && !scalar.isQuoted:
            result.set("activation_checkpoint.mode", ["none"], scalar.location)
        case ("model_spec", .object(let spec)): model(spec, function)
        case ("optimizer", .object(let optimizer)):
            let name = optimizer.kind
            if name != "default_adamw", !name.hasSuffix(".Config") { result.set("optimizer.name", [name], optimizer.location) }
        default: try set(key, value)
        }
    }

    /// The model that `model_registry("8B", …)` builds; its module stands in the file's place alone, and so is told by the function's name.
    private mutating func model(_ spec: PythonObject, _ function: String) {
        let module = TorchTitanShipped.module(with: function) ?? Self.module(of: function) ?? spec.kind
        result.set("model.name", [module], spec.location)
        result.set("model.flavor", [spec.arguments.first?.text ?? spec["flavor"]?.text ?? function], spec.location)
        if case .list(let converters, _)? = spec["converters"] {
            let names = converters.compactMap { converter -> String? in
                guard case .object(let object) = converter else { return nil }
                let kind = object.kind.lowercased()
                if kind.contains("float8"), let recipe = object["recipe_name"]?.text {
                    result.set("float8.recipe_name", [recipe], object.location)
                }
                return kind.contains("float8") ? "float8" : kind.contains("mxfp8") ? "mx" : object.kind
            }
            let nodes = names.map { YAMLNode.scalar(YAMLScalar(text: $0, isQuoted: true, location: spec.location)) }
            result.set("model.converters", .sequence(nodes, location: spec.location), spec.location)
        }
    }

    /// The module that a function's name begins with: `llama3_8b_long` is of `llama3`.
    private static func module(of function: String) -> String? {
        let beginnings = TorchTitanShipped.modules.map { ($0, $0 == "qwen3_5" ? "qwen35" : $0) }
        return beginnings.filter { function.hasPrefix($0.1 + "_") }.max { $0.1.count < $1.1.count }?.0
    }

    /// Sets a key and what is below it; what is not certain matters only where the key does.
    private mutating func set(_ path: String, _ value: PythonValue) throws(DocumentError) {
        let entry = TorchTitanKeys.table.entry(for: path)
        if entry?.effect == .nothing { return }
        switch value {
        case .scalar(let scalar): result.set(path, .scalar(scalar), scalar.location)
        case .object(let object):
            for (name, field) in object.fields { try set("\(path).\(name)", field) }
        case .list(_, let location):
            if let node = Self.node(value) { return result.set(path, node, location) }
            throw PythonEvaluator.uncertain("a part of \(path)", location)
        case .unknown(let what, let location):
            guard entry != nil || TorchTitanKeys.table.hasSection(path) else { return }
            throw PythonEvaluator.uncertain(what, location)
        }
    }

    private static func node(_ value: PythonValue) -> YAMLNode? {
        switch value {
        case .scalar(let scalar): return .scalar(scalar)
        case .list(let items, let location):
            var nodes: [YAMLNode] = []
            for item in items {
                guard let node = node(item) else { return nil }
                nodes.append(node)
            }
            return .sequence(nodes, location: location)
        case .object, .unknown: return nil
        }
    }
}
