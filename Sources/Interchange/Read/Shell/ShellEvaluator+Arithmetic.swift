import Documents

extension ShellEvaluator {
    /// The value of an arithmetic expression, its assignments made.
    mutating func calculate(_ text: String, _ place: SourceLocation, source: String? = nil) -> ShellValue {
        let spelt = source ?? "$((\(text)))"
        var doubt: ShellDoubt?
        let plain: String
        do throws(DocumentError) {
            // Expansions inside come first.
            var parser = ShellParser("\"\(text.replacing("\"", with: ""))\"", place)
            let value = try value(of: parser.node())
            doubt = value.doubt
            plain = value.text
        } catch {
            return ShellValue(unknown: ShellDoubt(what: "\(spelt), which is not understood", location: place), source: spelt)
        }
        if let doubt { return ShellValue(unknown: doubt, source: spelt) }
        let variables = variables
        do throws(ShellArithmetic.Failure) {
            let (value, assignments) = try ShellArithmetic.evaluate(plain) { variables[$0]?.first.known }
            for (name, value) in assignments { self.variables[name] = .scalar(ShellValue(String(value))) }
            return ShellValue(String(value))
        } catch {
            let why =
                switch error {
                case .syntax: "which is not understood"
                case .undefined: "which has no value"
                case .unknown(let name): "in which the file does not set \(name)"
                }
            if case .unknown(let name) = error, let doubt = variables[name]?.first.doubt {
                return ShellValue(unknown: doubt, source: spelt)
            }
            return ShellValue(unknown: ShellDoubt(what: "\(spelt), \(why)", location: place), source: spelt)
        }
    }
}
