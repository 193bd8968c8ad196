import Documents

/// Branches, and what is left of two ways of which nobody knows which is taken.
extension ShellEvaluator {
    /// A way that has left a function or a loop, of which nobody knows whether it was taken.
    struct Departure {
        /// How things stood when it left.
        var way: ShellEvaluator
        /// What it left.
        var leaving: Leaving
        /// Why nobody knows.
        var doubt: ShellDoubt
        /// Functions and loops that ran.
        var scope: [Int]
        /// Commands that both ways have started.
        var begun: Int
    }

    /// Takes back everything but what was started, written and noted.
    mutating func restore(_ before: ShellEvaluator) {
        let inner = self
        self = before
        (launches, notes, steps) = (inner.launches, inner.notes, inner.steps)
        (files, printed) = (inner.files, inner.printed)
    }

    /// Runs the first branch whose condition holds.
    mutating func choose(
        _ branches: ArraySlice<(condition: [ShellCommand], body: [ShellCommand])>, _ otherwise: [ShellCommand], _ place: SourceLocation
    ) throws(DocumentError) -> Truth {
        guard let branch = branches.first else { return try run(otherwise) }
        if branch.condition.count == 1, try isDefault(branch.condition[0], branch.body) { return try run(branch.body) }
        switch try run(branch.condition) {
        case .yes: return try run(branch.body)
        case .no: return try choose(branches.dropFirst(), otherwise, place)
        case .unknown(let doubt):
            return try either(
                doubt, { evaluator throws(DocumentError) in _ = try evaluator.run(branch.body) },
                { evaluator throws(DocumentError) in
                    evaluator.status = try evaluator.choose(branches.dropFirst(), otherwise, place)
                })
        }
    }

    /// Runs the branches of `case` that its subject looks like.
    mutating func match(
        _ subject: ShellNode, _ branches: ArraySlice<ShellBranch>, _ place: SourceLocation
    ) throws(DocumentError) -> Truth {
        guard let branch = branches.first else { return .yes }
        let value = try self.value(of: subject)
        let isCatchAll = branch.patterns.contains { $0.plain == "*" }
        if let doubt = value.doubt, !isCatchAll {
            return try either(
                doubt, { evaluator throws(DocumentError) in evaluator.status = try evaluator.take(branch, of: subject, branches, place) },
                { evaluator throws(DocumentError) in evaluator.status = try evaluator.match(subject, branches.dropFirst(), place) })
        }
        for pattern in branch.patterns {
            let own = try self.pattern(of: pattern)
            if isCatchAll || own.matches(value.text) { return try take(branch, of: subject, branches, place) }
        }
        return try match(subject, branches.dropFirst(), place)
    }

    /// Runs a branch and what its end leads to.
    private mutating func take(
        _ branch: ShellBranch, of subject: ShellNode, _ branches: ArraySlice<ShellBranch>, _ place: SourceLocation
    ) throws(DocumentError) -> Truth {
        let status = try run(branch.body)
        guard leaving == .no else { return status }
        let rest = branches.dropFirst()
        switch branch.end {
        case .stop: return status
        case .goOn: return try match(subject, rest, place)
        case .fallThrough:
            guard let next = rest.first else { return status }
            return try take(next, of: subject, rest, place)
        }
    }

    /// Whether a condition is `-z "$NAME"` of a variable that the file has not set and that the branch sets: the file's own default, which
    /// counts as `${NAME:-value}` does.
    mutating func isDefault(_ condition: ShellCommand, _ body: [ShellCommand]) throws(DocumentError) -> Bool {
        let words: [ShellNode]
        switch condition {
        case .simple(let assignments, let nodes, _) where assignments.isEmpty:
            guard let name = nodes.first?.plain, ["[", "test"].contains(name) else { return false }
            words = Array(name == "[" ? nodes.dropFirst().dropLast() : nodes.dropFirst())
        case .test(let nodes, _): words = nodes
        default: return false
        }
        guard words.count == 2, words[0].plain == "-z", words[1].parts.count == 1,
            case .parameter(let parameter, _, _) = words[1].parts[0], parameter.index == nil, !parameter.isLength, !parameter.isIndirect,
            parameter.operation == nil || ["-", ":-"].contains(parameter.operation), parameter.argument?.parts.isEmpty ?? true,
            Self.isName(parameter.name), variables[parameter.name] == nil
        else { return false }
        return Self.sets(parameter.name, body)
    }

    private static func isName(_ text: String) -> Bool {
        text.unicodeScalars.enumerated().allSatisfy { ShellParser.isNameScalar($1, isFirst: $0 == 0) } && !text.isEmpty
    }

    /// Whether commands set a variable, whatever else they do.
    private static func sets(_ name: String, _ commands: [ShellCommand]) -> Bool {
        commands.contains { command in
            switch command {
            case .simple(let assignments, let words, _):
                assignments.contains { $0.name == name && $0.index == nil } && (words.isEmpty || words[0].plain == "export")
            case .group(let inner, isSubshell: false): sets(name, inner)
            default: false
            }
        }
    }

    /// Runs both ways from here, keeps what they agree on and says how both ended; a way that ends the script is none.
    @discardableResult
    mutating func either(
        _ doubt: ShellDoubt, _ one: (inout ShellEvaluator) throws(DocumentError) -> Void,
        _ other: (inout ShellEvaluator) throws(DocumentError) -> Void
    ) throws(DocumentError) -> Truth {
        var (first, second) = (self, self)
        try one(&first)
        second.steps = first.steps
        second.notes = first.notes
        try other(&second)
        let (begun, known) = (launches.count, departures.count)
        let (steps, notes) = (second.steps, second.notes)
        if first.leaving == .script || second.leaving == .script {
            // What ends the script starts nothing afterwards; what it started before counts, but only perhaps.
            let (stays, ends) = first.leaving == .script ? (second, first) : (first, second)
            self = stays
            launches += ends.launches.dropFirst(begun).map { Self.maybe($0, doubt) }
        } else if first.leaving != second.leaving {
            // One way leaves what the other goes on with; they meet where it is left.
            let (stays, leaves) = first.leaving == .no ? (first, second) : (second, first)
            self = stays
            departures += leaves.departures.dropFirst(known)
            departures.append(
                Departure(way: leaves, leaving: leaves.leaving, doubt: doubt, scope: scope, begun: begun))
        } else {
            departures = first.departures + second.departures.dropFirst(known)
            self = Self.met(first, second, doubt, begun: begun, departures)
        }
        (self.steps, self.notes) = (steps, notes)
        return status
    }

    /// Whether words are those of `[ … ]`.
    static func isTest(_ words: [ShellNode]) -> Bool { ["[", "test"].contains(words.first?.plain ?? "") }

    /// Functions and loops that run.
    private var scope: [Int] { [hidden.count, loops] }

    /// Brings ways together that have left what ends here.
    mutating func settle(_ leaving: Leaving) {
        let here = leaving == .function ? [hidden.count] : scope
        while let index = departures.lastIndex(where: { $0.leaving == leaving && $0.scope.starts(with: here) }) {
            let departure = departures.remove(at: index)
            var way = departure.way
            (way.leaving, way.steps, way.notes) = (self.leaving, steps, notes)
            self = Self.met(self, way, departure.doubt, begun: departure.begun, departures)
        }
    }

    /// What two ways agree on, with the rest in doubt.
    private static func met(
        _ first: ShellEvaluator, _ second: ShellEvaluator, _ doubt: ShellDoubt, begun: Int, _ departures: [Departure]
    ) -> ShellEvaluator {
        var (result, doubt) = (first, doubt)
        // What a branch has set is there, whatever the branch was asked by.
        doubt.isUnset = false
        result.departures = departures
        result.functions.merge(second.functions) { $1 }
        result.exported.formUnion(second.exported)
        result.integers.formUnion(second.integers)
        let started = [first.launches.dropFirst(begun), second.launches.dropFirst(begun)]
        result.launches =
            first.launches.prefix(begun)
            + (started[0].elementsEqual(started[1]) ? Array(started[0]) : (started[0] + started[1]).map { maybe($0, doubt) })
        result.order += second.order.filter { !first.order.contains($0) }
        for name in Set(first.variables.keys).union(second.variables.keys) {
            let (left, right) = (first.variables[name], second.variables[name])
            result.variables[name] = left == right ? left : merged(left, right, doubt, name)
        }
        for name in Set(first.files.keys).union(second.files.keys) where first.files[name] != second.files[name] {
            result.files[name] = ShellValue(unknown: doubt, source: name)
        }
        if first.printed != second.printed { result.printed = ShellValue(unknown: doubt, source: "") }
        if first.arguments != second.arguments { result.arguments = nil }
        if first.status != second.status { result.status = .unknown(doubt) }
        return result
    }

    private static func maybe(_ launch: Launch, _ doubt: ShellDoubt) -> Launch {
        var launch = launch
        launch.maybe = launch.maybe ?? doubt
        return launch
    }

    private static func merged(_ left: Variable?, _ right: Variable?, _ doubt: ShellDoubt, _ name: String) -> Variable {
        switch left ?? right {
        case .array?:
            let (first, second) = (left?.all ?? [], right?.all ?? [])
            let shared = zip(first, second).prefix { $0 == $1 }.count
            return .array(
                Array(first[..<shared]) + first[shared...].map { $0.maybe(doubt) } + second[shared...].map { $0.maybe(doubt) })
        case .table(let values)?:
            guard case .table(let others) = left == nil ? Variable.table([:]) : right ?? .table([:]) else { break }
            var result: [String: ShellValue] = [:]
            for key in Set(values.keys).union(others.keys) {
                result[key] =
                    values[key] == others[key] ? values[key] : ShellValue(unknown: doubt, source: "${\(name)[\(key)]}")
            }
            return .table(result)
        default: break
        }
        return .scalar(
            ShellValue.merged(left?.first ?? ShellValue(""), right?.first ?? ShellValue(""), doubt, source: "$\(name)"))
    }
}
