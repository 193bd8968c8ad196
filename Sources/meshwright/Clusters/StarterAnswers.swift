import Documents
import Foundation
import Hardware
import Parallelism
import Workload

/// What `init` has to know.
struct StarterAnswers {
    var model: String?
    /// The cluster's name as the library takes it: `gpu:` before a GPU type.
    var cluster: String?
    var gpus: Int?
    var method: TrainingMethod.Kind?
    var sequenceLength: Int?
    var stack: String?

    /// Whether nothing is left to ask.
    var isWhole: Bool { missing.isEmpty && method != nil && sequenceLength != nil && stack != nil }

    /// The options that have no usual value and are not given.
    var missing: [String] {
        let isGPU = cluster.map { ProfileLibrary.usualGPU($0) != nil } ?? false
        return [
            model == nil ? "--model" : nil, cluster == nil ? "--cluster, or --gpu and --gpus" : nil, isGPU && gpus == nil ? "--gpus" : nil,
        ].compactMap { $0 }
    }
}

/// At most five questions on a terminal, each asked again where its answer means nothing.
struct StarterQuestions {
    let library: ProfileLibrary

    /// Times that a question is asked before `init` gives up.
    private static let patience = 3

    /// Asks for what is missing.
    func complete(_ answers: inout StarterAnswers) throws {
        if answers.model == nil {
            answers.model = try ask("Which model? A name of 'model list', or a file", usual: nil) { text in
                _ = try library.model(text)
                return text
            }
        }
        if !answers.missing.isEmpty {
            let (cluster, gpus) = try ask(
                "On what? A cluster, a file of one, or GPUs, and how many: 'dgx-h100 64' or 'h100-80gb-sxm 64'",
                usual: nil
            ) { try place($0, answers.gpus) }
            (answers.cluster, answers.gpus) = (cluster, gpus ?? answers.gpus)
        }
        if answers.method == nil {
            answers.method = try ask(
                "What is trained? \(InitCommand.methods.map(\.rawValue).joined(separator: ", "))",
                usual: TrainingMethod.Kind.pretrain.rawValue
            ) { text in
                guard let kind = InitCommand.methods.first(where: { $0.rawValue == text }) else {
                    throw CommandFailure(.badInput, "'\(text)' is none of them")
                }
                return kind
            }
        }
        if answers.sequenceLength == nil {
            let usual = try answers.model.map { try library.model($0).usualSequenceLength } ?? 8192
            answers.sequenceLength = try ask("How many tokens has a sequence?", usual: "\(usual)") { text in
                guard let length = try? CountArgument("--seq-len", of: "token", kilo: .binary).whole(text),
                    ModelLimits.sequenceLength.contains(length)
                else {
                    throw CommandFailure(.badInput, "'\(text)' is no number of tokens; write one such as 8192 or 8K")
                }
                return length
            }
        }
        if answers.stack == nil {
            let method = TrainingMethod(answers.method ?? .pretrain)
            func problem(_ name: String) throws -> String? { MethodRules.problem(method, stack: try PlanFiles.stack(name, library).value) }
            let names = try library.names(of: .stack).filter { try problem($0) == nil }
            let usual = StackOption.usual(for: method.kind)
            answers.stack = try ask("With which framework? \(names.joined(separator: ", "))", usual: usual) { text in
                if let problem = try problem(text) { throw CommandFailure(.badInput, problem) }
                return text
            }
        }
    }

    /// A cluster, or a GPU type with how many: `h100-80gb-sxm 64`, `64 x h100-80gb-sxm`.
    private func place(_ text: String, _ asked: Int?) throws -> (String, Int?) {
        let words = text.split(whereSeparator: { " ,\t".contains($0) }).map(String.init).filter { !["x", "×"].contains($0) }
        let count = words.compactMap { Int($0) }.first
        let names = words.filter { Int($0) == nil }
        guard names.count == 1, let name = names.first else {
            throw CommandFailure(.badInput, "'\(text)' is neither a cluster nor GPUs; write dgx-h100, or h100-80gb-sxm 64")
        }
        if let count, !(1...ClusterProfile.largest).contains(count) {
            throw CommandFailure(.badInput, "\(count) GPUs: use 1 to \(ClusterProfile.largest)")
        }
        if library.names(of: .gpu).contains(name), !library.names(of: .cluster).contains(name) {
            guard count != nil || asked != nil else { throw CommandFailure(.badInput, "how many? write '\(name) 64'") }
            _ = try library.usualNode(of: name)
            return (ProfileLibrary.usualPrefix + name, count)
        }
        _ = try library.cluster(name)
        return (name, count)
    }

    private func ask<Answer>(_ question: String, usual: String?, _ read: (String) throws -> Answer) throws -> Answer {
        for _ in 0..<Self.patience {
            Console.draw("\(question)\(usual.map { " [\($0)]" } ?? ""): ")
            guard let line = readLine() else {
                throw CommandFailure(.usage, "the input ended before everything was answered; nothing was written")
            }
            let text = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            let answer = text.isEmpty ? usual ?? "" : text
            if answer.isEmpty { continue }
            do { return try read(answer) } catch {
                guard let outcome = ErrorReporting.outcome(of: error), let message = outcome.message else { throw error }
                ErrorReporting.warn(message)
            }
        }
        throw CommandFailure(.usage, "no answer that can be used; nothing was written")
    }
}
