/// Negative numbers behind long options, which the argument parser would take for options themselves.
enum NegativeValues {
    /// The arguments with `--seed -3` as `--seed=-3`, so that what is wrong with the value is said rather than that it is missing.
    static func joined(_ arguments: [String]) -> [String] {
        var joined: [String] = []
        for (index, argument) in arguments.enumerated() {
            guard let option = joined.last, option.hasPrefix("--"), option != "--", !option.contains("="), argument.hasPrefix("-"),
                let digit = argument.dropFirst().first, digit.isASCII, digit.isNumber || digit == "."
            else {
                if argument == "--" { return joined + arguments[index...] }
                joined.append(argument)
                continue
            }
            joined[joined.count - 1] = "\(option)=\(argument)"
        }
        return joined
    }
}
