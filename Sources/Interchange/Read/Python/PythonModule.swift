import Documents

/// A module of Python whose functions return configurations: assignments, calls of classes with keywords, and functions that change what others
/// return.
///
/// Nothing is imported or run. What only a running Python would know is carried along as a doubt; what might change a configuration in a way that is
/// not certain is an error that names the line.
struct PythonModule {
    /// A function of the module.
    struct Function {
        var name: String
        var parameters: [(name: String, standard: PythonValue?)]
        var body: [PythonLine]
        var location: SourceLocation
    }

    /// The functions in the order of the file.
    private(set) var functions: [Function] = []
    /// Names from other modules: the module and the name there.
    private(set) var imports: [String: (module: String, name: String)] = [:]
    private var constants: [String: PythonValue] = [:]
    private let file: String
    /// Calls and expressions so far, of all evaluators together.
    let work = Work()

    /// Counts steps, so that functions that call each other many times are given up.
    final class Work {
        private var steps = 0

        /// Counts a step.
        func step(_ location: SourceLocation) throws(DocumentError) {
            steps += 1
            if steps > 200_000 { throw PythonEvaluator.uncertain("more than 200000 expressions", location) }
        }
    }
    /// What a function of another module returns; nil where nobody knows.
    private let imported: (_ module: String, _ name: String, SourceLocation) throws(DocumentError) -> PythonObject?

    /// Reads a module.
    ///
    /// - Parameter imported: what a function of another module returns; nil where nobody knows.
    /// - Throws: `DocumentError` where it is no Python.
    init(
        text: String, file: String,
        imported: @escaping (_ module: String, _ name: String, SourceLocation) throws(DocumentError) -> PythonObject?
    ) throws(DocumentError) {
        self.file = file
        self.imported = imported
        let lines = try PythonTokens.lines(text, file: file)
        var index = 0
        while index < lines.count {
            let line = lines[index]
            var end = index + 1
            while end < lines.count, lines[end].indent > line.indent { end += 1 }
            try read(line, Array(lines[(index + 1)..<end]))
            index = end
        }
    }

    /// Functions that may return a configuration: those that are public and take nothing.
    var candidates: [String] {
        functions.filter { !$0.name.hasPrefix("_") && $0.parameters.allSatisfy { $0.standard != nil } }.map(\.name)
    }

    /// What a function returns.
    ///
    /// - Throws: `DocumentError` where it cannot be told.
    func value(of name: String) throws(DocumentError) -> PythonValue {
        guard let function = functions.last(where: { $0.name == name }) else {
            throw DocumentError(SourceLocation(file: file), .unknownChoice(name, nearest: nil, legal: functions.map(\.name)))
        }
        return try PythonEvaluator(self, depth: 0).call(function, [:])
    }

    /// A name of the module that is no function.
    func constant(_ name: String) -> PythonValue? { constants[name] }

    /// What a function of another module returns, by its name here.
    func result(of name: String, _ location: SourceLocation) throws(DocumentError) -> PythonObject? {
        guard let origin = imports[name] else { return nil }
        return try imported(origin.module, origin.name, location)
    }

    private mutating func read(_ line: PythonLine, _ body: [PythonLine]) throws(DocumentError) {
        guard let first = line.tokens.first, first.kind == .name else { return }
        switch first.text {
        case "from": readImport(line.tokens)
        case "def":
            guard line.tokens.count > 1 else { return }
            var reader = PythonExpression(line.tokens.dropFirst(2), PythonEvaluator(self, depth: 0))
            let parameters = try reader.parameters()
            functions.append(Function(name: line.tokens[1].text, parameters: parameters, body: body, location: first.location))
        default:
            guard line.tokens.count > 2, line.tokens[1].text == "=", body.isEmpty else { return }
            var reader = PythonExpression(line.tokens.dropFirst(2), PythonEvaluator(self, depth: 0))
            constants[first.text] = try reader.expression()
        }
    }

    /// Notes the names of `from module import name as other, …`.
    private mutating func readImport(_ tokens: [PythonToken]) {
        guard let middle = tokens.firstIndex(where: { $0.text == "import" }) else { return }
        let module = tokens[1..<middle].map(\.text).joined()
        for part in tokens[(middle + 1)...].split(whereSeparator: { $0.text == "," || $0.text == "(" || $0.text == ")" }) {
            guard let name = part.first?.text, let alias = part.last?.text else { continue }
            imports[alias] = (module, name)
        }
    }
}

/// Runs functions of a module as far as they are certain.
struct PythonEvaluator {
    let module: PythonModule
    private let depth: Int
    private var names: [String: PythonValue] = [:]

    init(_ module: PythonModule, depth: Int) {
        self.module = module
        self.depth = depth
    }

    /// What a function returns when it is called with values of parameters.
    func call(_ function: PythonModule.Function, _ values: [String: PythonValue]) throws(DocumentError) -> PythonValue {
        guard depth < 16 else { throw Self.uncertain("functions that call each other", function.location) }
        var inner = PythonEvaluator(module, depth: depth + 1)
        for parameter in function.parameters {
            inner.names[parameter.name] =
                values[parameter.name] ?? parameter.standard ?? .unknown("the parameter \(parameter.name)", function.location)
        }
        return try inner.run(function.body, function.location)
    }

    private mutating func run(_ lines: [PythonLine], _ location: SourceLocation) throws(DocumentError) -> PythonValue {
        var index = 0
        while index < lines.count {
            let line = lines[index]
            var end = index + 1
            while end < lines.count, lines[end].indent > line.indent { end += 1 }
            let first = line.tokens[0]
            switch first.text {
            case "return" where first.kind == .name:
                var reader = PythonExpression(line.tokens.dropFirst(), self)
                return try reader.expression()
            case "def", "class", "import", "from", "assert", "pass", "global": break
            default:
                if end > index + 1 { throw Self.uncertain("'\(first.text)'", first.location) }
                try run(line.tokens)
            }
            index = end
        }
        return .unknown("a function that returns nothing", location)
    }

    /// Runs an assignment, or passes over what changes nothing.
    private mutating func run(_ tokens: [PythonToken]) throws(DocumentError) {
        let first = tokens[0]
        if first.kind == .text, tokens.count == 1 { return }
        var place = 1
        var path = [first.text]
        while place + 1 < tokens.count, tokens[place].text == ".", tokens[place + 1].kind == .name {
            path.append(tokens[place + 1].text)
            place += 2
        }
        // `name: Type = value`
        if place < tokens.count, tokens[place].text == ":", tokens[place].kind == .sign,
            let equals = tokens[place...].firstIndex(where: { $0.kind == .sign && $0.text == "=" })
        {
            place = equals
        }
        guard first.kind == .name, place < tokens.count, tokens[place].kind == .sign, tokens[place].text == "=" else {
            throw Self.uncertain("a statement that is no assignment", first.location)
        }
        var reader = PythonExpression(tokens[(place + 1)...], self)
        let value = try reader.expression()
        guard path.count > 1 else {
            names[first.text] = value
            return
        }
        guard case .object(var object)? = names[first.text] else {
            throw Self.uncertain("\(first.text), of which nothing is known", first.location)
        }
        for name in path[1..<(path.count - 1)] { object = object.inner(name, first.location) }
        object[path[path.count - 1]] = value
    }

    /// The value of a name with its fields, such as `config.compile.enable`.
    func value(of path: [String], _ location: SourceLocation) -> PythonValue {
        let unknown = PythonValue.unknown(path.joined(separator: "."), location)
        guard var value = names[path[0]] ?? module.constant(path[0]) else { return unknown }
        for name in path.dropFirst() {
            guard case .object(let object) = value, let field = object[name] else { return unknown }
            value = field
        }
        return value
    }

    /// What a call returns: of a function of this module or of one that is known what it says, an object of a class otherwise.
    func call(
        _ path: [String], _ arguments: [PythonValue], _ keywords: [(name: String, value: PythonValue)], _ location: SourceLocation
    ) throws(DocumentError) -> PythonValue {
        if path.count == 1, let function = module.functions.last(where: { $0.name == path[0] }) {
            var values: [String: PythonValue] = [:]
            for (parameter, value) in zip(function.parameters, arguments) { values[parameter.name] = value }
            for (name, value) in keywords { values[name] = value }
            return try call(function, values)
        }
        if path.count == 1, let object = try module.result(of: path[0], location) { return .object(object) }
        if path.last == "replace" || path.last == "deepcopy" || path.last == "copy", case .object(let object)? = arguments.first {
            let copy = object.copy()
            for (name, value) in keywords { copy[name] = value }
            return .object(copy)
        }
        let object = PythonObject(kind: path.joined(separator: "."), arguments: arguments, location: location)
        for (name, value) in keywords { object[name] = value }
        return .object(object)
    }

    static func uncertain(_ what: String, _ location: SourceLocation) -> DocumentError {
        DocumentError(
            location,
            .invalid(
                "what the configuration is depends on \(what), which only Python can tell",
                remedy: "save it from TorchTitan (--debug.save_config_file) and read that file"))
    }
}
