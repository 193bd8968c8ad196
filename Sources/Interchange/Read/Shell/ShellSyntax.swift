import Documents

/// A command of a shell script.
indirect enum ShellCommand {
    /// Assignments before a command, its words, and where its input and output go; each may be missing.
    case simple([ShellAssignment], [ShellNode], [ShellRedirection])
    /// Commands whose output runs into each other; the last one's status counts.
    case pipeline([ShellCommand], isNegated: Bool)
    /// `left && right`, or `left || right`.
    case list(ShellCommand, isAnd: Bool, ShellCommand)
    /// `if … then … elif … else … fi`.
    case choice([(condition: [ShellCommand], body: [ShellCommand])], otherwise: [ShellCommand], SourceLocation)
    /// `for name in words`; without words over the arguments.
    case loop(name: String, words: [ShellNode]?, body: [ShellCommand], SourceLocation)
    /// `for ((start; condition; step))`.
    case countedLoop(start: String, condition: String, step: String, body: [ShellCommand], SourceLocation)
    /// `while` or `until`.
    case conditionLoop(condition: [ShellCommand], isUntil: Bool, body: [ShellCommand], SourceLocation)
    /// `case word in patterns) body;; esac`.
    case match(ShellNode, [ShellBranch], SourceLocation)
    /// `name() { body; }`.
    case function(name: String, body: ShellCommand)
    /// `{ …; }`, or `( … )`, whose assignments end with it.
    case group([ShellCommand], isSubshell: Bool)
    /// `[[ … ]]` as its words.
    case test([ShellNode], SourceLocation)
    /// `(( … ))`.
    case arithmetic(String, SourceLocation)
}

/// A branch of `case`.
struct ShellBranch {
    /// What its subject may look like.
    var patterns: [ShellNode]
    /// What it runs.
    var body: [ShellCommand]
    /// What happens behind it.
    var end: End

    /// `;;`, `;&` and `;;&`.
    enum End {
        /// Nothing more of the `case` runs.
        case stop
        /// The next branch runs without being asked.
        case fallThrough
        /// The branches behind it are asked too.
        case goOn
    }
}

/// Where a command's input comes from, or its output goes.
enum ShellRedirection {
    /// `<<< word`.
    case text(ShellNode)
    /// `<< END`.
    case document(HereDocument)
    /// `< file`.
    case input(ShellNode)
    /// `> file` and `>> file`.
    case output(ShellNode, isAppending: Bool)
    /// `>&2`, and whatever else takes the output away from where it went.
    case elsewhere

    /// Lines of a script that a command reads, which stand behind the line of the command.
    final class HereDocument {
        /// The lines.
        var text = ""
        /// Whether variables in it stay as they are spelt.
        let isQuoted: Bool
        /// Where it begins.
        let location: SourceLocation

        init(isQuoted: Bool, location: SourceLocation) {
            self.isQuoted = isQuoted
            self.location = location
        }
    }
}

/// `NAME=value`, `NAME+=value`, `NAME[index]=value` or `NAME=(words)`.
struct ShellAssignment {
    /// The variable.
    var name: String
    /// The element of an array that is set.
    var index: String?
    /// Whether the value is added behind what is there.
    var isAppending: Bool
    /// One word, or the words of an array.
    var value: Value
    /// Where it stands.
    var location: SourceLocation
    /// Whether the value is what a template leaves to its user, such as `<path>`.
    var isPlaceholder = false

    /// What is assigned.
    enum Value {
        /// A word, which is not split.
        case word(ShellNode)
        /// The elements of an array.
        case array([ShellNode])
    }
}

/// A word before it is expanded.
struct ShellNode {
    /// What it is joined of.
    var parts: [ShellPart]
    /// Where it begins.
    var location: SourceLocation

    /// The text of a word that is neither quoted nor expanded; nil for any other.
    var plain: String? {
        guard parts.count == 1, case .text(let text, isQuoted: false) = parts[0] else { return parts.isEmpty ? "" : nil }
        return text
    }
}

/// A part of a word.
indirect enum ShellPart {
    /// Text as it stands.
    case text(String, isQuoted: Bool)
    /// `$name` or `${…}`.
    case parameter(ShellParameter, isQuoted: Bool, source: String)
    /// `$((…))`.
    case arithmetic(String, isQuoted: Bool, source: String)
    /// `$(…)` or backquotes.
    case command([ShellCommand], isQuoted: Bool, source: String)
}

/// What stands between `${` and `}`.
struct ShellParameter {
    /// The variable, a number, or one of `@ * # ? $ ! -`.
    var name: String
    /// `@`, `*` or an expression for an element of an array.
    var index: String?
    /// `${#name}`.
    var isLength = false
    /// `${!name}`.
    var isIndirect = false
    /// `:-`, `-`, `:=`, `=`, `:?`, `?`, `:+`, `+`, `%`, `%%`, `#`, `##`, `/`, `//`, `/#`, `/%`, `:`, `^`, `^^`, `,`, `,,`.
    var operation: String?
    /// The word behind the operation.
    var argument: ShellNode?
    /// The second word: what a pattern is replaced by, or the length of a part.
    var second: ShellNode?
}
