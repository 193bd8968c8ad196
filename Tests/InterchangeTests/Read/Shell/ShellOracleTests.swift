import Documents
import Foundation
import Testing

@testable import Interchange

/// Random scripts in the grammar that is evaluated, run by the real bash: the words of every command must be the same, or in doubt.
@Suite(
    .enabled(
        if: FileManager.default.isExecutableFile(atPath: "/bin/bash") && FileManager.default.isExecutableFile(atPath: "/usr/bin/timeout"),
        "needs bash and timeout"))
struct ShellOracleTests {
    /// Writes scripts from a seed.
    private struct Writer {
        var state: UInt64

        mutating func draw(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }

        mutating func pick(_ values: [String]) -> String { values[draw(values.count)] }

        mutating func scalar() -> String { pick(["A", "B", "C", "D"]) }
        mutating func array() -> String { pick(["L", "M"]) }

        mutating func expression(_ depth: Int = 0) -> String {
            if depth > 2 || draw(3) == 0 { return pick(["1", "2", "7", "0x10", "N", "K", "$N", "${K}"]) }
            let (left, right) = (expression(depth + 1), expression(depth + 1))
            switch draw(5) {
            case 0: return "(\(left) \(pick(["+", "-", "*"])) \(right))"
            case 1: return "\(left) \(pick(["<", ">", "==", "!=", "<=", ">=", "&&", "||"])) \(right)"
            case 2: return "\(left) ? \(right) : 3"
            case 3: return "-\(pick(["1", "N", "K"])) + \(right)"
            default: return "\(left) \(pick(["+", "-", "*", "<<", "&", "|", "^", "%", "/"])) \(pick(["1", "2", "3"]))"
            }
        }

        /// An expansion that may stand quoted or bare.
        mutating func expansion() -> String {
            let name = scalar()
            switch draw(22) {
            case 0: return "$\(name)"
            case 1: return "${\(name)}"
            case 2: return "${\(name):-fall back}"
            case 3: return "${UNSET:-\(pick(["x", "a b", "$\(scalar())"]))}"
            case 4: return "${\(name):+set \(pick(["y", "z"]))}"
            case 5: return "${#\(name)}"
            case 6: return "${\(name)%\(pick(["*", "b*", "?", "o"]))}"
            case 7: return "${\(name)%%\(pick([" *", "o*", "[a-m]*"]))}"
            case 8: return "${\(name)#\(pick(["*", "?", "a", "*o"]))}"
            case 9: return "${\(name)##\(pick(["* ", "*o", "[!b]*"]))}"
            case 10: return "${\(name)/\(pick(["o", "a", " "]))/\(pick(["0", "", "xy"]))}"
            case 11: return "${\(name)//\(pick(["o", "a", "?"]))/\(pick(["0", "", "_"]))}"
            case 12: return "${\(name):\(draw(4))}"
            case 13: return "${\(name):\(draw(3)):\(draw(4))}"
            case 14: return "${\(name)^^}"
            case 15: return "${\(name),,}"
            case 16: return "$((\(expression())))"
            case 17: return "$(echo $\(name) \(pick(["", "more", "\"two  words\""])))"
            case 18: return "$(expr \(draw(9)) + \(draw(9)))"
            case 19: return "${\(array())[\(draw(3))]}"
            case 20: return "${#\(array())[@]}"
            default: return "$(basename /a/b/\(pick(["c.sh .sh", "d", "$N.txt .txt"])))"
            }
        }

        mutating func word() -> String {
            switch draw(9) {
            case 0: return pick(["plain", "--flag", "a=b", "x.y", "7"])
            case 1: return "'single $A \"q\"'"
            case 2: return "\"\(pick(["pre ", "", "--v="]))\(expansion())\(pick(["", " post", "\\\"x\\\""]))\""
            case 3: return expansion()
            case 4: return "\(pick(["p", "--k=", ""]))\(expansion())\(pick(["", "s", "\"q r\""]))"
            case 5: return "\"${\(array())[@]}\""
            case 6: return "${\(array())[@]}"
            case 7: return "\"${\(array())[*]}\""
            default: return "\(pick(["a\\ b", "\\$A", "$'t\\tx'", "\"\""]))"
            }
        }

        mutating func test() -> String {
            let name = scalar()
            switch draw(8) {
            case 0: return "[ \"$\(name)\" = \"\(pick(["foo", "bar baz", ""]))\" ]"
            case 1: return "[ $N -\(pick(["eq", "ne", "lt", "le", "gt", "ge"])) \(draw(12)) ]"
            case 2: return "[[ $\(name) == \(pick(["f*", "*o*", "\"foo\"", "b?r*"])) ]]"
            case 3: return "[[ -z $\(name) || $N -gt \(draw(9)) ]]"
            case 4: return "[ -n \"$\(name)\" ] && [ $K != \(draw(9)) ]"
            case 5: return "(( \(expression()) ))"
            case 6: return "! [ -z \"$\(name)\" ]"
            default: return "[[ ! ( $\(name) != foo && $K -lt 5 ) ]]"
            }
        }

        mutating func statement(_ depth: Int) -> String {
            let inner = { (writer: inout Writer) in writer.statement(depth + 1) }
            switch draw(depth > 2 ? 8 : 15) {
            case 0: return "\(scalar())=\(draw(3) == 0 ? "foo" : "\"\(pick(["", "x ", "b"]))\(expansion())\"")"
            case 1: return "\(scalar())=\(expansion())"
            case 2: return "\(scalar())+=\"\(pick([" more", "o", " --x 1"]))\""
            case 3: return "\(array())=(\((0..<draw(4)).map { _ in word() }.joined(separator: " ")))"
            case 4: return "\(array())+=(\(word()))"
            case 5: return "N=$((\(expression())))"
            case 6: return "export K=$((K + \(draw(4))))"
            case 7: return "python train.py \((0..<(1 + draw(4))).map { _ in word() }.joined(separator: " "))"
            case 8: return "if \(test()); then\n\(inner(&self))\nelif \(test()); then\n\(inner(&self))\nelse\n\(inner(&self))\nfi"
            case 9: return "case \"$\(scalar())\" in\n foo|b*) \(inner(&self)) ;;\n *o*) \(inner(&self)) ;;\n *) \(inner(&self)) ;;\nesac"
            case 10: return "for I in \(word()) 1 2; do\n A=\"$A$I\"\n\(inner(&self))\ndone"
            case 11: return "for ((J\(depth)=0; J\(depth)<\(1 + draw(3)); J\(depth)++)); do\n B+=\" $J\(depth)\"\n\(inner(&self))\ndone"
            case 12:
                return
                    "f\(draw(3))() {\n local R=\"$1\"\n python train.py in \"$R\" \"$#\" \"$@\"\n}\nf\(draw(3)) \(word()) \(word()) 2>/dev/null || true"
            case 13: return "\(test()) && \(scalar())=yes || \(scalar())=no"
            default:
                return
                    "W\(depth)=0\nwhile [ $W\(depth) -lt \(draw(4)) ]; do\n W\(depth)=$((W\(depth) + 1))\n [ $W\(depth) -eq 3 ] && break\n\(inner(&self))\ndone"
            }
        }

        mutating func script() -> String {
            let start = """
                # a comment with 'quotes
                A=foo; B="bar baz"; C=; D='a  b'
                N=4 K=\(draw(9))
                L=(one "two words" 'three')
                M=()
                f0() { python train.py zero "$@"; }
                f1() { return 0; }
                f2() { python train.py two; }
                """
            return start + "\n" + (0..<12).map { _ in statement(0) }.joined(separator: "\n")
                + "\npython train.py $A \"$B\" ${C} \"$D\" $N \"${L[@]}\" ${M[@]} \\\n  --last # the end\n"
        }
    }

    /// The words of every `python` that bash would start.
    private func oracle(_ script: String) throws -> (words: [[String]], isComplete: Bool) {
        let prelude = "python() { printf '%s\\0' \"$@\"; printf '\\001\\0'; }\n"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/timeout")
        process.arguments = ["5", "/bin/bash", "--norc", "-c", prelude + script + "\nprintf 'end\\0\\001\\0'\n"]
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        process.currentDirectoryURL = FileManager.default.temporaryDirectory
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let fields = String(decoding: data, as: UTF8.self).split(separator: "\0", omittingEmptySubsequences: false).dropLast().map(
            String.init)
        var words = fields.split(separator: "\u{1}", omittingEmptySubsequences: false).dropLast().map(Array.init)
        let isComplete = words.last == ["end"]
        if isComplete { words.removeLast() }
        return (words, isComplete)
    }

    @Test(arguments: 0..<6)
    func everyWordIsBashs(part: Int) throws {
        var (certain, compared) = (0, 0)
        for number in 0..<40 {
            var writer = Writer(state: UInt64(part * 1000 + number) &+ 0x9E37_79B9)
            let script = writer.script()
            let (expected, isComplete) = try oracle(script)
            // Divisions by zero and the like end bash; such a script says nothing.
            guard isComplete else { continue }
            var shell = ShellEvaluator()
            try shell.run(ShellParser.parse(script, at: SourceLocation(file: "script")))
            let found = shell.launches.filter { $0.words[0].text == "python" }
            guard found.allSatisfy({ launch in launch.maybe == nil && launch.words.allSatisfy { $0.unknown == nil && $0.maybe == nil } })
            else {
                compared += 1
                continue
            }
            certain += 1
            compared += 1
            let words = found.map { $0.words.dropFirst().map(\.text) }
            #expect(words == expected, "\(script)")
            if words != expected { return }
        }
        #expect(certain * 10 >= compared * 8 && compared > 20, "\(certain) of \(compared) were certain")
    }
}
