import Documents

/// Everything that was read of a user's own configuration and everything that was assumed, said before any number.
public struct ConfigurationEcho: Codable, Hashable, Sendable {
    /// A setting: what it is, what it is worth, and why.
    public struct Setting: Codable, Hashable, Sendable {
        /// What is set, such as `tp`, or a flag of the configuration.
        public var name: String
        /// Its value; nil where the name says all.
        public var value: String?
        /// Why it is assumed, what is priced instead of it, or what it may have been meant for.
        public var why: String?

        /// A setting from its parts.
        public init(_ name: String, _ value: String? = nil, why: String? = nil) {
            self.name = name
            self.value = value
            self.why = why
        }

        fileprivate var text: String { value.map { "\(name) \($0)" } ?? name }
    }

    /// The configuration, the line of the training command and its program.
    public var source: String
    /// What the configuration or an option states.
    public var read: [Setting] = []
    /// What neither states.
    public var assumed: [Setting] = []
    /// What changes time or memory and has no model.
    public var notModelled: [Setting] = []
    /// What is not understood and left out.
    public var notUnderstood: [Setting] = []

    private enum CodingKeys: String, CodingKey {
        case source, read, assumed
        case notModelled = "not_modelled"
        case notUnderstood = "not_understood"
    }

    /// An echo of a source.
    public init(source: String) { self.source = source }

    /// The lines for people.
    public var lines: [String] {
        var lines = [source + ":"]
        func add(_ title: String, _ parts: [String], _ separator: String) {
            guard !parts.isEmpty else { return }
            lines.append("  \(title.padding(to: 13)) \(parts.joined(separator: separator))")
        }
        add("read", read.map(\.text), ", ")
        add("assumed", Self.grouped(assumed), "; ")
        add("not modelled", Self.grouped(notModelled), "; ")
        add("not understood and left out:", Self.grouped(notUnderstood), ", ")
        return lines
    }

    /// Settings with the same reason behind one another, and the reason once.
    private static func grouped(_ settings: [Setting]) -> [String] {
        var reasons: [String] = []
        for setting in settings where !reasons.contains(setting.why ?? "") { reasons.append(setting.why ?? "") }
        return reasons.map { reason in
            let texts = settings.filter { ($0.why ?? "") == reason }.map(\.text).joined(separator: ", ")
            return reason.isEmpty ? texts : "\(texts) (\(reason))"
        }
    }

    /// The key `read_from` of answers.
    var document: YAMLContent {
        func list(_ settings: [Setting]) -> YAMLContent {
            .list(
                settings.map { setting in
                    var fields = [YAMLField("name", .text(setting.name))]
                    if let value = setting.value { fields.append(YAMLField("value", .text(value))) }
                    if let why = setting.why { fields.append(YAMLField("why", .text(why))) }
                    return .mapping(fields)
                })
        }
        return [
            "source": .text(source), "read": list(read), "assumed": list(assumed), "not_modelled": list(notModelled),
            "not_understood": list(notUnderstood),
        ]
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
