import Documents

/// Runs a shell script as far as it is certain, without starting anything: which commands it would start, with which words.
///
/// What only the machine would know, such as variables of the environment and the output of programs, is carried along as a doubt. Where a
/// branch depends on one, both ways are run: what they agree on is certain, what they differ in is in doubt.
struct ShellEvaluator {
    /// A command that the script would start.
    struct Launch: Hashable {
        /// Its words, the program first.
        var words: [ShellWord]
        /// Assignments that stand before it, and exported variables of known value.
        var environment: [String: String]
        /// Why it may not be started.
        var maybe: ShellDoubt?
    }

    /// What a variable holds.
    enum Variable: Hashable {
        case scalar(ShellValue)
        case array([ShellValue])

        /// The value that a plain `$name` has: an array's first element.
        var first: ShellValue {
            switch self {
            case .scalar(let value): value
            case .array(let values): values.first ?? ShellValue("")
            }
        }

        /// All elements.
        var all: [ShellValue] {
            switch self {
            case .scalar(let value): [value]
            case .array(let values): values
            }
        }
    }

    /// What leaves a list of commands early.
    enum Leaving: Hashable { case no, round, loop, function, script }

    var variables: [String: Variable] = [:]
    /// Variables in the order in which they were first set.
    var order: [String] = []
    /// Arguments of the script or of the function that runs; nil where nobody knows them.
    var arguments: [ShellValue]?
    var functions: [String: ShellCommand] = [:]
    var exported: Set<String> = []
    /// Commands in the order in which they would start.
    var launches: [Launch] = []
    /// Assumptions that were made on the way, one sentence each.
    var notes: [String] = []
    var leaving = Leaving.no
    private var steps = 0
    private var depth = 0

    /// Steps after which a script is given up.
    private static let mostSteps = 200_000

    /// An evaluator with variables that the user states.
    init(stated: [String: String] = [:]) {
        for (name, value) in stated { variables[name] = .scalar(ShellValue(value)) }
    }

    /// Runs commands one after another and says whether the last succeeded; nil where nobody knows.
    @discardableResult
    mutating func run(_ commands: [ShellCommand]) throws(DocumentError) -> Truth {
        var status = Truth.yes
        for command in commands {
            guard leaving == .no else { break }
            status = try run(command)
        }
        return status
    }

    /// A condition that may be in doubt.
    enum Truth: Hashable {
        case yes, no
        case unknown(ShellDoubt)

        init(_ value: Bool) { self = value ? .yes : .no }

        static prefix func ! (truth: Truth) -> Truth {
            switch truth {
            case .yes: .no
            case .no: .yes
            case .unknown: truth
            }
        }
    }

    /// Runs one command.
    mutating func run(_ command: ShellCommand) throws(DocumentError) -> Truth {
        steps += 1
        depth += 1
        defer { depth -= 1 }
        guard steps < Self.mostSteps, depth < 200 else {
            throw DocumentError(
                SourceLocation(file: "the script"),
                .invalid("it runs for more than \(Self.mostSteps) commands", remedy: "run it through 'meshwright capture'"))
        }
        switch command {
        case .simple(let assignments, let words): return try runSimple(assignments, words)
        case .pipeline(let commands, let isNegated):
            var status = Truth.yes
            for command in commands {
                let before = variables
                status = try run(command)
                // Every command of a pipeline has variables of its own.
                if commands.count > 1 { variables = before }
            }
            return isNegated ? !status : status
        case .list(let left, let isAnd, let right):
            switch try run(left) {
            case .yes: return isAnd ? try run(right) : .yes
            case .no: return isAnd ? .no : try run(right)
            case .unknown(let doubt):
                // A program is taken to succeed, as it must where the script goes on.
                if case .simple(_, let words) = left, !Self.isTest(words) { return isAnd ? try run(right) : .yes }
                try either(doubt, { evaluator throws(DocumentError) in _ = try evaluator.run(right) }, { _ throws(DocumentError) in })
                return .unknown(doubt)
            }
        case .choice(let branches, let otherwise, let place): return try choose(branches[...], otherwise, place)
        case .loop(let name, let words, let body, let place): return try loop(name, words, body, place)
        case .countedLoop(let start, let condition, let step, let body, let place):
            _ = calculate(start, place)
            var rounds = 0
            while leaving == .no, rounds < 10_000 {
                rounds += 1
                let value = condition.allSatisfy(\.isWhitespace) ? ShellValue("1") : calculate(condition, place)
                if let doubt = value.doubt { return try uncertainLoop(doubt, body) }
                if value.text == "0" { break }
                try run(body)
                endRound()
                if leaving == .no { _ = calculate(step, place) }
            }
            endLoop()
            return .yes
        case .conditionLoop(let condition, let isUntil, let body, _):
            var rounds = 0
            while leaving == .no, rounds < 10_000 {
                rounds += 1
                let status = try run(condition)
                if case .unknown(let doubt) = status { return try uncertainLoop(doubt, body) }
                if status == (isUntil ? .yes : .no) { break }
                try run(body)
                endRound()
            }
            endLoop()
            return .yes
        case .match(let subject, let branches, let place): return try match(subject, branches[...], place)
        case .function(let name, let body):
            functions[name] = body
            return .yes
        case .group(let commands, let isSubshell):
            guard isSubshell else { return try run(commands) }
            let before = self
            let status = try run(commands)
            restore(before)
            return status
        case .test(let words, let place): return try truth(ofTest: words, isExtended: true, place)
        case .arithmetic(let text, let place):
            let value = calculate(text, place)
            return value.doubt.map(Truth.unknown) ?? Truth(value.text != "0")
        }
    }

    /// Takes back everything but what was started and noted.
    private mutating func restore(_ before: ShellEvaluator) {
        let (launches, notes, steps) = (launches, notes, steps)
        self = before
        (self.launches, self.notes, self.steps) = (launches, notes, steps)
    }

    private mutating func endRound() { if leaving == .round { leaving = .no } }
    private mutating func endLoop() { if leaving == .loop { leaving = .no } }

    private static func isTest(_ words: [ShellNode]) -> Bool { ["[", "test"].contains(words.first?.plain ?? "") }

    // MARK: Branches

    private mutating func choose(
        _ branches: ArraySlice<(condition: [ShellCommand], body: [ShellCommand])>, _ otherwise: [ShellCommand], _ place: SourceLocation
    ) throws(DocumentError) -> Truth {
        guard let branch = branches.first else { return try run(otherwise) }
        switch try run(branch.condition) {
        case .yes: return try run(branch.body)
        case .no: return try choose(branches.dropFirst(), otherwise, place)
        case .unknown(let doubt):
            try either(
                doubt, { evaluator throws(DocumentError) in try evaluator.run(branch.body) },
                { evaluator throws(DocumentError) in _ = try evaluator.choose(branches.dropFirst(), otherwise, place) })
            return .yes
        }
    }

    private mutating func match(
        _ subject: ShellNode, _ branches: ArraySlice<(patterns: [ShellNode], body: [ShellCommand])>, _ place: SourceLocation
    ) throws(DocumentError) -> Truth {
        guard let branch = branches.first else { return .yes }
        let value = try self.value(of: subject)
        let isCatchAll = branch.patterns.contains { $0.plain == "*" }
        if let doubt = value.doubt, !isCatchAll {
            try either(
                doubt, { evaluator throws(DocumentError) in try evaluator.run(branch.body) },
                { evaluator throws(DocumentError) in _ = try evaluator.match(subject, branches.dropFirst(), place) })
            return .yes
        }
        for pattern in branch.patterns {
            let own = try self.pattern(of: pattern)
            if isCatchAll || own.matches(value.text) { return try run(branch.body) }
        }
        return try match(subject, branches.dropFirst(), place)
    }

    /// Runs both ways from here and keeps what they agree on; a way that ends the script is none.
    mutating func either(
        _ doubt: ShellDoubt, _ one: (inout ShellEvaluator) throws(DocumentError) -> Void,
        _ other: (inout ShellEvaluator) throws(DocumentError) -> Void
    ) throws(DocumentError) {
        var (first, second) = (self, self)
        try one(&first)
        second.steps = first.steps
        second.notes = first.notes
        try other(&second)
        steps = second.steps
        if first.leaving == .script || second.leaving == .script {
            // What ends the script starts nothing afterwards; what it started before counts, but only perhaps.
            let (stays, ends) = first.leaving == .script ? (second, first) : (first, second)
            let begun = launches.count
            self = stays
            notes = second.notes
            steps = second.steps
            launches += ends.launches.dropFirst(begun).map { Self.maybe($0, doubt) }
            return
        }
        let begun = launches.count
        notes = second.notes
        functions.merge(first.functions) { $1 }
        functions.merge(second.functions) { $1 }
        exported = first.exported.union(second.exported)
        let started = [first.launches.dropFirst(begun), second.launches.dropFirst(begun)]
        launches += started[0] == started[1] ? Array(started[0]) : (started[0] + started[1]).map { Self.maybe($0, doubt) }
        order += (first.order + second.order).filter { !order.contains($0) }
        for name in Set(first.variables.keys).union(second.variables.keys) {
            let (left, right) = (first.variables[name], second.variables[name])
            variables[name] = left == right ? left : Self.merged(left, right, doubt, name)
        }
        leaving = first.leaving == second.leaving ? first.leaving : .no
    }

    private static func maybe(_ launch: Launch, _ doubt: ShellDoubt) -> Launch {
        var launch = launch
        launch.maybe = launch.maybe ?? doubt
        return launch
    }

    private static func merged(_ left: Variable?, _ right: Variable?, _ doubt: ShellDoubt, _ name: String) -> Variable {
        if case .array = left ?? right ?? .array([]) {
            let (first, second) = (left?.all ?? [], right?.all ?? [])
            let shared = zip(first, second).prefix { $0 == $1 }.count
            return .array(
                Array(first[..<shared]) + first[shared...].map { $0.maybe(doubt) } + second[shared...].map { $0.maybe(doubt) })
        }
        return .scalar(
            ShellValue.merged(left?.first ?? ShellValue(""), right?.first ?? ShellValue(""), doubt, source: "$\(name)"))
    }

    // MARK: Loops

    private mutating func loop(
        _ name: String, _ words: [ShellNode]?, _ body: [ShellCommand], _ place: SourceLocation
    ) throws(DocumentError) -> Truth {
        var values: [ShellWord] = []
        if let words {
            for word in words { values += try self.words(of: word) }
        } else {
            values = (arguments ?? []).map { ShellWord($0, place) }
        }
        for value in values.prefix(10_000) where leaving == .no {
            if let doubt = value.maybe ?? value.unknown, value.text.contains("*") || value.maybe != nil {
                return try uncertainLoop(doubt, body)
            }
            variables[name] = .scalar(ShellValue([ShellPiece(text: value.text, unknown: value.unknown)]))
            try run(body)
            endRound()
        }
        endLoop()
        return .yes
    }

    /// A loop that runs nobody knows how often: once or not at all, and what it changes is in doubt.
    private mutating func uncertainLoop(_ doubt: ShellDoubt, _ body: [ShellCommand]) throws(DocumentError) -> Truth {
        // Without arguments a loop over them does not run.
        if doubt.what.hasPrefix("$#") {
            note("the script is taken to be started without arguments")
            return .yes
        }
        try either(doubt, { evaluator throws(DocumentError) in try evaluator.run(body) }, { _ throws(DocumentError) in })
        endLoop()
        return .yes
    }

    /// Says an assumption once.
    mutating func note(_ text: String) { if !notes.contains(text) { notes.append(text) } }
}
