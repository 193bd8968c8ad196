import Hardware

/// A GPU as drivers and logs name it, such as `NVIDIA A100-SXM4-80GB`: its model, and memory and form where the name has them.
struct GPUProduct: Hashable, Sendable {
    /// The model in lower case, such as `a100`.
    var model: String
    /// Marketed memory in GB.
    var gigabytes: Int?
    /// `sxm` or `pcie`.
    var form: String?

    /// Letters and digits that models are made of, such as H100, GB200, MI300X and L40S; shipped names begin with one.
    private static let models: Set<String> = [
        "v100", "p100", "k80", "t4", "a10", "a10g", "a16", "a30", "a40", "a100", "a800", "l4", "l20", "l40", "l40s", "h20", "h100", "h200",
        "h800",
        "b100", "b200", "b300", "gh200", "gb200", "gb300", "mi50", "mi60", "mi100", "mi200", "mi210", "mi250", "mi250x", "mi300a", "mi300x",
        "mi308x", "mi325x", "mi350x", "mi355x",
    ]

    /// The product of a name; nil where no word of it is a model.
    init?(_ name: String) {
        let words = name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        guard let model = words.first(where: { Self.models.contains(String($0)) }).map(String.init) ?? Self.card(words) else { return nil }
        self.model = model
        gigabytes = words.compactMap { $0.hasSuffix("gb") ? Int($0.dropLast(2)) : nil }.first
        form = words.contains { $0.hasPrefix("sxm") } ? "sxm" : words.contains("pcie") ? "pcie" : words.contains("nvl") ? "pcie" : nil
    }

    /// A GeForce, Titan or RTX card, whose model takes several words: `rtx 4090`, `rtx 2080 ti`, `rtx 6000 ada`, `rtx pro 6000`, `titan rtx`.
    private static func card(_ words: [Substring]) -> String? {
        if words.contains("titan"), words.contains("rtx") { return "titan rtx" }
        guard let place = words.firstIndex(where: { $0 == "rtx" || $0 == "gtx" }) else { return nil }
        var rest = words[(place + 1)...]
        var name = [words[place]]
        if rest.first == "pro" { name.append(rest.removeFirst()) }
        guard let number = rest.popFirst(), number.contains(where: \.isNumber) else { return nil }
        name.append(number)
        name += rest.prefix { ["ti", "super", "ada"].contains($0) }
        return name.joined(separator: " ")
    }

    /// Whether links and kernels of this product can be those of a GPU type; types with names of their own can be any.
    func fits(_ type: GPU) -> Bool {
        guard let other = GPUProduct(type.name) else { return true }
        guard model == other.model else { return false }
        return form == nil || other.form == nil || form == other.form
    }

    /// Whether a type has another size of memory, which changes no measured bandwidth.
    func hasOtherMemory(than type: GPU) -> Bool {
        guard let gigabytes, let size = GPUProduct(type.name)?.gigabytes else { return false }
        return gigabytes != size
    }

    /// The name for messages: only words that are known get into them.
    var text: String {
        ([model.uppercased()] + (form.map { [$0.uppercased()] } ?? []) + (gigabytes.map { ["\($0) GB"] } ?? [])).joined(separator: " ")
    }
}
