import Documents

extension ShellEvaluator {
    /// Whether a test holds: `[ … ]` by its words, `[[ … ]]` with patterns and without splitting.
    mutating func truth(ofTest nodes: [ShellNode], isExtended: Bool, _ place: SourceLocation) throws(DocumentError) -> Truth {
        var operands: [(value: ShellValue, node: ShellNode)] = []
        for node in nodes {
            if isExtended || node.plain != nil {
                operands.append((try value(of: node), node))
            } else {
                for word in try words(of: node) {
                    operands.append((ShellValue([ShellPiece(text: word.text, unknown: word.unknown, maybe: word.maybe)]), node))
                }
            }
        }
        var reader = TestReader(operands: operands, isExtended: isExtended, place: place)
        return try reader.alternatives(&self)
    }

    /// Reads the words of a test from the loosest operator to the tightest.
    private struct TestReader {
        let operands: [(value: ShellValue, node: ShellNode)]
        let isExtended: Bool
        let place: SourceLocation
        var index = 0

        var word: String? { index < operands.count ? operands[index].node.plain : nil }

        mutating func alternatives(_ shell: inout ShellEvaluator) throws(DocumentError) -> Truth {
            var result = try conjunctions(&shell)
            while word == "||" || (!isExtended && word == "-o") {
                index += 1
                let right = try conjunctions(&shell)
                result = result == .yes || right == .yes ? .yes : result == .no ? right : result
            }
            return result
        }

        private mutating func conjunctions(_ shell: inout ShellEvaluator) throws(DocumentError) -> Truth {
            var result = try negation(&shell)
            while word == "&&" || (!isExtended && word == "-a") {
                index += 1
                let right = try negation(&shell)
                result = result == .no || right == .no ? .no : result == .yes ? right : result
            }
            return result
        }

        private mutating func negation(_ shell: inout ShellEvaluator) throws(DocumentError) -> Truth {
            if word == "!" {
                index += 1
                return !(try negation(&shell))
            }
            if word == "(" || word == "\\(" {
                index += 1
                let inner = try alternatives(&shell)
                index += 1
                return inner
            }
            return try primary(&shell)
        }

        private mutating func primary(_ shell: inout ShellEvaluator) throws(DocumentError) -> Truth {
            guard index < operands.count else { return .no }
            let (left, node) = operands[index]
            if let sign = node.plain, sign.hasPrefix("-"), sign.count == 2, index + 1 < operands.count,
                !(index + 2 < operands.count && Self.isComparison(operands[index + 1].node.plain ?? ""))
            {
                let operand = operands[index + 1]
                index += 2
                return unary(sign, operand.value, shell)
            }
            // `[ -z $X ]` of an empty X has lost its operand.
            if let sign = node.plain, ["-z", "-n"].contains(sign), operands.count == 1 {
                index += 1
                return .yes
            }
            guard index + 2 < operands.count || (index + 2 == operands.count && Self.isComparison(operands[index + 1].node.plain ?? "")),
                let sign = operands[index + 1].node.plain, Self.isComparison(sign)
            else {
                index += 1
                return left.doubt.map(Truth.unknown) ?? Truth(!left.text.isEmpty)
            }
            guard index + 2 < operands.count else {
                index += 2
                return .no
            }
            let right = operands[index + 2]
            index += 3
            if let doubt = left.doubt ?? right.value.doubt { return .unknown(doubt) }
            return try compare(left.text, sign, right.value.text, right.node, &shell)
        }

        private static func isComparison(_ word: String) -> Bool {
            ["=", "==", "!=", "=~", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-ef", "-nt", "-ot"].contains(word)
        }

        private func unary(_ sign: String, _ value: ShellValue, _ shell: ShellEvaluator) -> Truth {
            switch sign {
            case "-z", "-n":
                // Text beside what is not known is enough to tell.
                if value.pieces.contains(where: { $0.unknown == nil && $0.maybe == nil && !$0.text.isEmpty }) { return Truth(sign == "-n") }
                if let doubt = value.doubt { return .unknown(doubt) }
                return Truth(value.text.isEmpty == (sign == "-z"))
            case "-v":
                guard shell.variables[value.text] == nil else { return .yes }
                return .unknown(ShellDoubt(what: "whether \(value.text) is set, which the file does not do", location: place))
            default: return .unknown(ShellDoubt(what: "\(sign) \(value.text), which only the machine knows", location: place))
            }
        }

        private func compare(
            _ left: String, _ sign: String, _ right: String, _ node: ShellNode, _ shell: inout ShellEvaluator
        ) throws(DocumentError) -> Truth {
            switch sign {
            case "=", "==", "!=":
                let isEqual = isExtended ? try shell.pattern(of: node).matches(left) : left == right
                return Truth(isEqual == (sign != "!="))
            case "<": return Truth(left < right)
            case ">": return Truth(left > right)
            case "=~": return matches(left, right)
            case "-eq", "-ne", "-lt", "-le", "-gt", "-ge":
                let numbers = [left, right].map { shell.calculate(isExtended ? $0 : $0.isEmpty ? "x y" : $0, place) }
                if let doubt = numbers.lazy.compactMap(\.doubt).first { return .unknown(doubt) }
                guard let a = Int(numbers[0].text), let b = Int(numbers[1].text) else { return .no }
                switch sign {
                case "-eq": return Truth(a == b)
                case "-ne": return Truth(a != b)
                case "-lt": return Truth(a < b)
                case "-le": return Truth(a <= b)
                case "-gt": return Truth(a > b)
                default: return Truth(a >= b)
                }
            default: return .unknown(ShellDoubt(what: "\(left) \(sign) \(right), which only the machine knows", location: place))
            }
        }

        /// Extended regular expressions are close enough to Swift's where they have no classes of their own.
        private func matches(_ left: String, _ right: String) -> Truth {
            let unknown = Truth.unknown(ShellDoubt(what: "=~ \(right), which is not understood", location: place))
            guard !right.contains("[[:"), !right.contains("\\"), let pattern = try? Regex(right) else { return unknown }
            return Truth(left.firstMatch(of: pattern) != nil)
        }
    }
}
