import Documents
import Workload

extension Offload {
    /// The text that `init(text:)` reads: parts joined by `+`, such as `optimizer:50+activations:8`; `none` where nothing moves.
    public var text: String {
        var words: [String] = []
        if optimizerPercent > 0 { words.append(optimizerPercent == 100 ? "optimizer" : "optimizer:\(optimizerPercent)") }
        if parameters { words.append("parameters") }
        if place == .storage { words.append("storage") }
        if stride > 0 { words.append("interleaved:\(stride)") }
        if !overlaps, movesStates { words.append("serial") }
        if layers > 0 { words.append("activations:\(layers)") }
        if checkpoints { words.append("checkpoints") }
        if !modules.isEmpty { words.append("modules:\(modules.names.joined(separator: "/"))") }
        return words.isEmpty ? "none" : words.joined(separator: "+")
    }

    /// The words of a text, for messages.
    public static let textForms = [
        "none", "optimizer", "optimizer:PERCENT", "parameters", "storage", "interleaved:STRIDE", "serial", "activations:LAYERS",
        "checkpoints", "modules:NAME/NAME…",
    ]

    /// What a text such as `optimizer:50+activations:8` moves; nil with the word at fault where it is none.
    public static func parse(_ text: String) -> Result<Offload, TextProblem> {
        var offload = Offload.none
        guard text != "none" else { return .success(offload) }
        var given: Set<String> = []
        // Lists of `plan` have commas.
        for word in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "+" || $0 == "," }) {
            let sides = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let number = sides.count == 2 ? Int(sides[1]) : nil
            func isNumber(in range: ClosedRange<Int>) -> Bool { number.map(range.contains) ?? false }
            let name = sides.first.map(String.init) ?? ""
            guard given.insert(name).inserted else {
                return .failure(TextProblem("\(name) stands in it twice; say once how much of it moves"))
            }
            switch name {
            case "optimizer" where sides.count == 1: offload.optimizerPercent = 100
            case "optimizer" where isNumber(in: 1...100): offload.optimizerPercent = number ?? 100
            case "parameters" where sides.count == 1: offload.parameters = true
            case "storage" where sides.count == 1: offload.place = .storage
            case "serial" where sides.count == 1: offload.overlaps = false
            case "checkpoints" where sides.count == 1: offload.checkpoints = true
            case "interleaved" where isNumber(in: 2...65_536): offload.stride = number ?? 0
            case "activations" where isNumber(in: 1...65_536): offload.layers = number ?? 0
            case "modules" where sides.count == 2:
                switch OffloadModules.parse(sides[1].split(separator: "/", omittingEmptySubsequences: false).map(String.init)) {
                case .success(let modules): offload.modules = modules
                case .failure(let unknown): return .failure(TextProblem(unknownModule: unknown.name))
                }
            case "optimizer" where number != nil:
                return .failure(TextProblem("'\(word)': a share of the optimizer's state is 1 to 100 percent"))
            default: return .failure(TextProblem(unknown: word))
            }
        }
        if !offload.movesStates, let word = ["storage", "interleaved", "serial"].first(where: given.contains) {
            return .failure(TextProblem("\(word) says how state moves, and none does; add optimizer or parameters"))
        }
        return .success(offload)
    }

    /// Why a text says of nothing that it moves.
    public struct TextProblem: Error, Hashable, CustomStringConvertible {
        /// What is wrong and what would be right.
        public let description: String

        fileprivate init(_ description: String) { self.description = description }

        fileprivate init(unknownModule name: String) {
            let legal = OffloadModules.named.map(\.name)
            let nearest = NearestName.best(for: name, among: legal).map { ", did you mean \($0)?" } ?? ""
            description =
                "'\(name)' is no module that can be offloaded\(nearest); write \(legal.joined(separator: ", ")), several joined by /"
        }

        fileprivate init(unknown word: Substring) {
            description =
                "'\(word)' is nothing that can be offloaded; write \(Offload.textForms.joined(separator: ", ")), several joined by +"
        }
    }
}
