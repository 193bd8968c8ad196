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
        /// What it reads from its input, where the script says so.
        var input: ShellValue?
        /// Why it may not be started.
        var maybe: ShellDoubt?
    }

    /// What a variable holds.
    enum Variable: Hashable {
        case scalar(ShellValue)
        case array([ShellValue])
        /// Elements by words, of `declare -A`.
        case table([String: ShellValue])

        /// The value that a plain `$name` has: an array's first element.
        var first: ShellValue {
            switch self {
            case .scalar(let value): value
            case .array(let values): values.first ?? ShellValue("")
            case .table(let values): values["0"] ?? ShellValue("")
            }
        }

        /// All elements, those of a table by their words.
        var all: [ShellValue] {
            switch self {
            case .scalar(let value): [value]
            case .array(let values): values
            case .table(let values): values.sorted { $0.key < $1.key }.map(\.value)
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
    /// How the last command ended.
    var status = Truth.yes
    /// The file that is run, as the user names it.
    let script: String
    /// The file whose commands run now, from the folder of the script.
    var source: String
    /// Files that the script has written, by their names.
    var files: [String: ShellValue] = [:]
    /// What commands have printed, where the script reads it; nil where it does not.
    var printed: ShellValue?
    /// What `local` hides, for each function that runs.
    var hidden: [[String: Variable?]] = []
    /// Ways that have left a function or a loop which the other way goes on with.
    var departures: [Departure] = []
    /// Loops that run.
    var loops = 0
    /// Variables that hold whole numbers, of `declare -i`.
    var integers: Set<String> = []
    var steps = 0
    private var depth = 0

    /// Steps after which a script is given up.
    private static let mostSteps = 200_000

    /// An evaluator of a file with variables that the user states.
    init(stated: [String: String] = [:], script: String = "") {
        self.script = script
        source = script.split(separator: "/").last.map(String.init) ?? "bash"
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

    /// Runs one command and says how it ended.
    @discardableResult
    mutating func run(_ command: ShellCommand) throws(DocumentError) -> Truth {
        status = try ended(command)
        return status
    }

    private mutating func ended(_ command: ShellCommand) throws(DocumentError) -> Truth {
        steps += 1
        depth += 1
        defer { depth -= 1 }
        guard steps < Self.mostSteps, depth < 200 else {
            throw DocumentError(
                SourceLocation(file: "the script"),
                .invalid("it runs for more than \(Self.mostSteps) commands", remedy: "run it through 'meshwright capture'"))
        }
        switch command {
        case .simple(let assignments, let words, let places): return try runSimple(assignments, words, places)
        case .pipeline(let commands, let isNegated):
            if commands.count > 1, printed != nil { return try runPipe(commands) }
            var status = Truth.yes
            for command in commands {
                let before = variables
                status = try run(command)
                // Every command of a pipeline has variables of its own.
                if commands.count > 1 { variables = before }
            }
            return isNegated ? !status : status
        case .list(let left, let isAnd, let right):
            if isAnd, try isDefault(left, [right]) { return try run(right) }
            switch try run(left) {
            case .yes: return isAnd ? try run(right) : .yes
            case .no: return isAnd ? .no : try run(right)
            case .unknown(let doubt):
                // A program is taken to succeed, as it must where the script goes on.
                if case .simple(_, let words, _) = left, !Self.isTest(words) { return isAnd ? try run(right) : .yes }
                try either(doubt, { evaluator throws(DocumentError) in try evaluator.run(right) }, { _ throws(DocumentError) in })
                return .unknown(doubt)
            }
        case .choice(let branches, let otherwise, let place): return try choose(branches[...], otherwise, place)
        case .loop(let name, let words, let body, let place): return try loop(name, words, body, place)
        case .countedLoop(let start, let condition, let step, let body, let place):
            _ = calculate(start, place)
            loops += 1
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
            loops += 1
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
        loops += 1
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
            noteNoArguments()
            loops -= 1
            return .yes
        }
        try either(doubt, { evaluator throws(DocumentError) in _ = try evaluator.run(body) }, { _ throws(DocumentError) in })
        endLoop()
        return .yes
    }

    private mutating func endRound() {
        if leaving == .round { leaving = .no }
        settle(.round)
    }

    private mutating func endLoop() {
        if leaving == .loop || leaving == .round { leaving = .no }
        settle(.round)
        settle(.loop)
        loops -= 1
    }

    /// Says that nobody is taken to have given the script arguments.
    mutating func noteNoArguments() { note("the script is taken to be started without arguments") }

    /// Says an assumption once.
    mutating func note(_ text: String) { if !notes.contains(text) { notes.append(text) } }
}
