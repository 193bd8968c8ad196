import Documents
import Workload

/// Reads the YAML of NeMo 1 (`trainer`, `model`), NeMo 2 (`trainer.strategy`, `model.config`) and Megatron-Bridge (`train`, `model`, `ddp`): flags
/// of Megatron under sections.
struct NeMoReader {
    private let document: ConfigurationDocument
    private let file: String
    private let framework: UserConfiguration.Framework
    private var flags: [MegatronReader.NamedFlag] = []
    private var paths: [SourceLocation: String] = [:]
    private var own: UserConfiguration

    init(text: String, file: String, _ framework: UserConfiguration.Framework) throws(DocumentError) {
        let node: YAMLNode
        if let overrides = OverrideLines.node(text: text, file: file) {
            node = overrides
        } else {
            node = try YAMLDocument.parse(text: text, file: file)
        }
        document = try ConfigurationDocument(node, NeMoKeys.table, unstated: ["???"], flat: true, as: "the file")
        self.file = file
        self.framework = framework
        own = UserConfiguration(framework, stack: "megatron-core")
    }

    /// Everything that the file says.
    func configuration() throws(DocumentError) -> UserConfiguration {
        try document.refuse()
        var reader = self
        for leaf in document.leaves { try reader.translate(leaf) }
        guard !reader.flags.isEmpty else {
            throw DocumentError(
                SourceLocation(file: file),
                .invalid(
                    "the file has no key of \(framework.rawValue) that a plan decides", remedy: "it has sections such as model and trainer")
            )
        }
        var result = try MegatronReader(flags: reader.flags, file: file).configuration()
        result.framework = framework
        result.origin = nil
        result.gpus = try reader.gpus()
        if result.model == nil, let target = Self.target(of: document) {
            result.modelName = NeMoModels.shipped(target)
            if result.modelName == nil { result.unknownModel = target }
        }
        if result.model == nil { keepExperts(reader, &result) }
        result.unread = reader.own.unread
        result.unmodelled =
            reader.own.unmodelled
            + result.unmodelled.map { setting in
                var setting = setting
                if let path = reader.paths[setting.location] { setting.name = path }
                return setting
            }
        if framework == .bridge { completeRecipe(reader, &result) }
        return result
    }

    /// Keeps the sizes for experts, which mean something where the model stands elsewhere.
    private func keepExperts(_ reader: NeMoReader, _ result: inout UserConfiguration) {
        func size(_ name: String) -> String? { reader.flags.last { $0.name == name }?.values.first?.text }
        if let expert = size("expert-model-parallel-size"), expert != "1" { result.strategy["ep"] = expert }
        let tensor = result.strategy["tp"] ?? "1"
        if let own = size("expert-tensor-parallel-size"), tensor != "1" {
            result.strategy["etp"] = own
        } else if result.strategy["ep"] != nil, tensor != "1" {
            result.strategy["etp"] = tensor
            result.defaults["etp"] = "as tp, the framework's default"
        }
    }

    /// The class of the model's configuration.
    private static func target(of document: ConfigurationDocument) -> String? {
        for path in ["model.config._target_", "model._target_"] {
            if let leaf = document.leaves.first(where: { $0.path == path }), let word = words(of: leaf.node).first { return word.text }
        }
        return nil
    }

    /// What an override does not state is the recipe's, not Megatron's default.
    private func completeRecipe(_ reader: NeMoReader, _ result: inout UserConfiguration) {
        let given = Set(reader.flags.map(\.name))
        if result.stack != "megatron-fsdp", !given.contains("use-distributed-optimizer"),
            !document.has(prefix: "ddp.use_distributed_optimizer")
        {
            result.strategy["optimizer-sharding"] = "zero1"
            result.defaults["optimizer-sharding"] = "not stated; the recipes shard the optimizer's state"
        }
        if result.precision == .fp32, !document.has(prefix: "mixed_precision") {
            result.precision = .bf16
            result.defaults["precision"] = "not stated; the recipes' bf16"
            if !document.has(prefix: "ddp.grad_reduce_in_fp32") {
                result.gradientFormat = .fp32
                result.defaults["grad-dtype"] = "not stated; the recipes' fp32"
            }
        }
        if !given.contains("overlap-grad-reduce"), !document.has(prefix: "ddp.overlap_grad_reduce") { result.overlapsDataParallel = nil }
        if !document.has(prefix: "model.sequence_parallel") { result.defaults["sequence-parallel"] = "not stated; the recipe may" }
        if !given.contains("global-batch-size") { result.defaults["global-batch-size"] = "micro-batch × dp; the recipe may state another" }
        if !given.contains("recompute-granularity") {
            result.defaults["recompute"] = "not stated; the recipe may"
        }
    }

    /// Turns a key into flags, or notes what it is.
    private mutating func translate(_ leaf: ConfigurationDocument.Leaf) throws(DocumentError) {
        let section = NeMoKeys.sections.first { leaf.path.hasPrefix($0 + ".") }
        // What is built of a class is a mapping with its name: `exp_avg_dtype: {_target_: torch.float32}`.
        if leaf.path.hasSuffix("._call_") || leaf.path.hasSuffix("._args_") || leaf.path.hasSuffix("._partial_") { return }
        let key = section.map { String(leaf.path.dropFirst($0.count + 1).trimmingSuffix("._target_")) }
        if leaf.path == "trainer.precision" || leaf.path == "trainer.plugins.precision" || leaf.path == "mixed_precision" {
            return try precision(leaf)
        }
        if let key, !key.contains("."), NeMoKeys.table.entries[leaf.path] == nil, try flag(key, leaf, in: section ?? "") { return }
        guard document.isStated(leaf.node) else { return }
        guard let entry = leaf.entry else {
            own.unread.append(UserConfiguration.Unread(name: leaf.path, location: leaf.location))
            return
        }
        if case .unmodelled(let why) = entry.effect, !document.isNeutral(leaf, entry) {
            own.unmodelled.append(UserConfiguration.Unmodelled(name: leaf.path, location: leaf.location, instead: why))
        }
    }

    /// Adds the flags that a key stands for; false where it stands for none.
    private mutating func flag(_ key: String, _ leaf: ConfigurationDocument.Leaf, in section: String) throws(DocumentError) -> Bool {
        let words = Self.words(of: leaf.node)
        let first = words.first?.text ?? ""
        let isOff = ["false", "False"].contains(first)
        let isStated = document.isStated(leaf.node)
        switch (key, section) {
        case ("activation", _):
            if first.hasSuffix("swiglu") || first.hasSuffix("geglu") || first.hasSuffix("reglu") { add("swiglu", [], leaf) }
        case ("normalization", _):
            add(
                "normalization", [ShellWord(text: first.lowercased() == "rmsnorm" ? "RMSNorm" : "LayerNorm", location: leaf.location)], leaf
            )
        case ("num_query_groups", _):
            guard isStated else { return true }
            add("group-query-attention", [], leaf)
            add("num-query-groups", words, leaf)
        case ("fp8", _):
            guard isStated, !isOff else { return true }
            add("fp8-format", [ShellWord(text: ["true", "True"].contains(first) ? "hybrid" : first, location: leaf.location)], leaf)
        case ("fp8_e4m3", _), ("fp8_hybrid", _): return true
        case ("fsdp", "model"), ("use_fsdp2", _): if isStated, !isOff { add("use-torch-fsdp2", [], leaf) }
        case ("name", "model.optim"):
            if first.hasPrefix("distributed") || first.hasPrefix("mcore_distributed") { add("use-distributed-optimizer", [], leaf) }
            add("optimizer", [ShellWord(text: first.contains("sgd") ? "sgd" : "adam", location: leaf.location)], leaf)
        case ("grad_sync_dtype", _): if first == "bf16" { add("grad-reduce-in-bf16", [], leaf) }
        case ("grad_reduce_in_fp32", _) where isStated && !isOff: add("accumulate-allreduce-grads-in-fp32", [], leaf)
        case ("overlap_p2p_comm", _), ("dataset_kwargs", _): return true
        case ("_target_", _): return true
        default: return try plain(key, words, isStated: isStated, isOff: isOff, leaf, in: section)
        }
        return true
    }

    /// A key with the name of a flag, or of the flag that it turns off.
    private mutating func plain(
        _ key: String, _ words: [ShellWord], isStated: Bool, isOff: Bool, _ leaf: ConfigurationDocument.Leaf, in section: String
    ) throws(DocumentError) -> Bool {
        if let flag = NeMoKeys.flagsWhenOff[key] {
            if isStated, isOff { add(flag, [], leaf) }
            return true
        }
        let name = NeMoKeys.flags[key] ?? key.replacing("_", with: "-")
        if let entry = MegatronFlags.table.entries[name] {
            guard isStated, !isOff else { return true }
            let isSwitch = ["true", "True"].contains(words.first?.text ?? "")
            if case .sequence = leaf.node, entry.arity == .one {
                let list = "[\(words.map(\.text).joined(separator: ","))]"
                add(name, [ShellWord(text: list, location: leaf.location)], leaf)
            } else {
                add(name, isSwitch ? [] : words.map(Self.shortened), leaf)
            }
            return true
        }
        for prefix in ["no-", "disable-"] where MegatronFlags.table.entries[prefix + name] != nil {
            if isStated, isOff { add(prefix + name, [], leaf) }
            return true
        }
        return false
    }

    /// Types of PyTorch by Megatron's names.
    private static func shortened(_ word: ShellWord) -> ShellWord {
        let names = ["torch.bfloat16": "bf16", "torch.float16": "fp16", "torch.float32": "fp32"]
        return names[word.text].map { ShellWord(text: $0, location: word.location) } ?? word
    }

    private mutating func add(_ name: String, _ words: [ShellWord], _ leaf: ConfigurationDocument.Leaf) {
        flags.append(MegatronReader.NamedFlag(name: name, values: words, location: leaf.location))
        paths[leaf.location] = leaf.path
    }

    /// A format by name: Lightning's `bf16-mixed` and `16`, and recipes such as `bf16_with_mxfp8_mixed`.
    private mutating func precision(_ leaf: ConfigurationDocument.Leaf) throws(DocumentError) {
        guard document.isStated(leaf.node) else { return }
        let name = Self.words(of: leaf.node).first?.text.lowercased() ?? ""
        let place = leaf.location
        func word(_ text: String) -> [ShellWord] { [ShellWord(text: text, location: place)] }
        if name.hasPrefix("32") || name == "fp32" { return }
        guard name.contains("16") else {
            throw DocumentError(place, .invalid("'\(name)' is no precision that is known", remedy: "such as bf16-mixed or bf16_mixed"))
        }
        add(name.contains("bf16") ? "bf16" : "fp16", [], leaf)
        if name.contains("nvfp4") {
            add("fp4-format", word("e2m1"), leaf)
        } else if name.contains("fp8") {
            add("fp8-format", word("hybrid"), leaf)
            if name.contains("mxfp8") { add("fp8-recipe", word("mxfp8"), leaf) }
        }
    }

    /// `trainer.devices` × `trainer.num_nodes`; nil where either is left to the machine.
    private func gpus() throws(DocumentError) -> Int? {
        func leaf(_ name: String) -> ConfigurationDocument.Leaf? {
            document.leaves.first { $0.path == name && document.isStated($0.node) }
        }
        func size(_ leaf: ConfigurationDocument.Leaf) -> Int? {
            guard case .scalar(let scalar) = leaf.node, let size = Int(scalar.text), (1...65_536).contains(size) else { return nil }
            return size
        }
        guard let devices = leaf("trainer.devices").flatMap(size) else { return nil }
        guard let nodes = leaf("trainer.num_nodes") else { return devices }
        return size(nodes).map { $0 * devices }
    }

    /// The words of a value; the name of a type that is built (`_target_: torch.bfloat16`).
    private static func words(of node: YAMLNode) -> [ShellWord] {
        switch node {
        case .scalar(let scalar): return scalar.isNull ? [] : [ShellWord(text: scalar.text, location: scalar.location)]
        case .sequence(let items, _): return items.flatMap { words(of: $0) }
        case .mapping(let entries, _):
            return entries.first { $0.key.text == "_target_" || $0.key.text == "_call_" }.map { words(of: $0.value) } ?? []
        }
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ suffix: String) -> Substring { hasSuffix(suffix) ? dropLast(suffix.count) : self }
}
