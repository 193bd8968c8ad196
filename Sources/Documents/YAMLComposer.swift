/// Builds the tree of a document from its events.
///
/// Nothing recurses: open collections stand on a stack whose depth is limited. Aliases share the storage of what they name, and the values
/// they repeat are counted, so that neither nesting nor repetition can exhaust memory here or in whoever walks the tree.
struct YAMLComposer {
    private let file: String
    private var open: [Collection] = []
    private var anchors: [String: (node: YAMLNode, size: Int)] = [:]
    private var repeated = 0

    init(file: String) { self.file = file }

    /// A collection whose end has not been met.
    private struct Collection {
        let isMapping: Bool
        let anchor: String?
        let location: SourceLocation
        var items: [YAMLNode] = []
        var entries: [YAMLEntry] = []
        var lines: [String: Int] = [:]
        var key: YAMLScalar?
        /// Values inside, those of aliases included.
        var size = 1
    }

    /// The only document of the stream.
    mutating func document(from events: inout YAMLEventStream) throws(DocumentError) -> YAMLNode {
        var root: YAMLNode?
        while true {
            let event = try events.next()
            let location = events.location
            switch event {
            case .streamStart, .documentEnd: continue
            case .streamEnd:
                guard let root else { throw DocumentError(SourceLocation(file: file), .empty) }
                return root
            case .documentStart:
                guard root == nil else { throw DocumentError(location, .severalDocuments) }
            case .sequenceStart(let anchor): try push(Collection(isMapping: false, anchor: anchor, location: location))
            case .mappingStart(let anchor): try push(Collection(isMapping: true, anchor: anchor, location: location))
            case .scalar(let text, let isQuoted, let anchor):
                let node = YAMLNode.scalar(YAMLScalar(text: text, isQuoted: isQuoted, location: location))
                try add(node, size: 1, anchor: anchor, to: &root)
            case .alias(let name):
                guard let target = anchors[name] else { throw DocumentError(location, .undefinedAlias(name)) }
                repeated += target.size
                guard repeated <= YAMLDocument.aliasLimit else {
                    throw DocumentError(location, .tooManyAliases(limit: YAMLDocument.aliasLimit))
                }
                try add(target.node, size: target.size, anchor: nil, to: &root)
            case .end:
                guard let collection = open.popLast() else { continue }
                let node: YAMLNode =
                    collection.isMapping
                    ? .mapping(collection.entries, location: collection.location)
                    : .sequence(collection.items, location: collection.location)
                try add(node, size: collection.size, anchor: collection.anchor, to: &root)
            }
        }
    }

    private mutating func push(_ collection: Collection) throws(DocumentError) {
        guard open.count < YAMLDocument.depthLimit else {
            throw DocumentError(collection.location, .tooDeep(limit: YAMLDocument.depthLimit))
        }
        if let innermost = open.last, innermost.isMapping, innermost.key == nil {
            throw DocumentError(collection.location, .keyIsNotText)
        }
        open.append(collection)
    }

    /// Adds a finished value to the innermost open collection, or makes it the document.
    private mutating func add(_ node: YAMLNode, size: Int, anchor: String?, to root: inout YAMLNode?) throws(DocumentError) {
        if let anchor { anchors[anchor] = (node, size) }
        guard !open.isEmpty else {
            root = node
            return
        }
        let last = open.count - 1
        open[last].size += size
        guard open[last].isMapping else {
            open[last].items.append(node)
            return
        }
        if let key = open[last].key {
            open[last].entries.append(YAMLEntry(key: key, value: node))
            open[last].key = nil
            return
        }
        guard case .scalar(let key) = node else { throw DocumentError(node.location, .keyIsNotText) }
        if let line = open[last].lines.updateValue(key.location.line, forKey: key.text) {
            throw DocumentError(key.location, .duplicateKey(key.text, firstLine: line))
        }
        open[last].key = key
    }
}
