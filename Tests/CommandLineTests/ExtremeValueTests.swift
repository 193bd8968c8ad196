import ArgumentParser
import Foundation
import Testing

@testable import meshwright

/// No number makes a command fail as if it were the tool's own fault: every option that takes a whole number is given extreme ones.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
struct ExtremeValueTests {
    private static let extremes =
        ["1000000000000", "9223372036854775807"] + (isThorough ? ["0", "-1", "1", "2147483648"] : [])
    /// Parsing takes a debug build a quarter of a second, so that every option with all numbers is for who asks; others take them in turn.
    private static let isThorough = ProcessInfo.processInfo.environment["MESHWRIGHT_THOROUGH"] != nil

    /// What makes each command do something small, beside the option that is tried; commands without a call have no numbers.
    private static let calls = [
        "plan --model gpt-2 --cluster dgx-h100 --gpus 8 --global-batch-size 64 --no-cache --top 1",
        "export --model gpt-2 --cluster dgx-h100 --gpus 8 --target slurm --force --output OUT",
        "simulate --schedule interleaved --pp 2 --micro-batches 4",
        "simulate --model gpt-2 --cluster dgx-h100 --gpus 8 --pp 2 --global-batch-size 64",
        "capture -- true", "cluster import --gpu a100-40gb-sxm --nodes 2", "cluster show dgx-h100", "cluster profile-script",
        "model show gpt-2",
    ]

    /// A call with an option set to a value, in place of the call's own.
    private static func arguments(_ call: String, _ option: String, _ value: String) -> [String] {
        var words = call.split(separator: " ").map(String.init)
        var rest: [String] = []
        if let end = words.firstIndex(of: "--") { (words, rest) = (Array(words[..<end]), Array(words[end...])) }
        if let index = words.firstIndex(of: option) { words.removeSubrange(index...index + 1) }
        // The number of GPUs has two names.
        if option == "--nodes", let index = words.firstIndex(of: "--gpus") { words.removeSubrange(index...index + 1) }
        return words + ["\(option)=\(value)"] + rest
    }

    /// Whether a command's own parser takes an option's value; parsing below the root saves most of the time.
    private static func parses(_ command: CommandDescription, _ call: String, _ option: String, _ value: String) -> Bool {
        (try? command.type.parse(Array(arguments(call, option, value).dropFirst(command.words.count)))) != nil
    }

    @Test(arguments: calls) func noNumberIsTheToolsFault(call: String) throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "meshwright-extreme-\(UUID())")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        let tool = try #require(BuiltTool.url)
        let command = try #require(CommandDescription.all.first { call.hasPrefix($0.words.joined(separator: " ")) })
        let call = call.replacing("OUT", with: place.appending(path: "out").path)
        for (number, option) in command.options.filter(\.takesAnything).enumerated() {
            guard let option = option.names.last else { continue }
            // Options that take any word take no numbers.
            guard !Self.parses(command, call, option, "xyz") else { continue }
            for value in Self.isThorough ? Self.extremes : [Self.extremes[number % Self.extremes.count]] {
                // What the parser refuses leaves with 64, which other tests show.
                guard Self.parses(command, call, option, value) else { continue }
                let arguments = Self.arguments(call, option, value)
                let outcome = try BuiltTool.run(
                    ["60", tool.path] + arguments, of: URL(filePath: "/usr/bin/timeout"), environment: ["XDG_CACHE_HOME": place.path])
                #expect(
                    [0, 1, 64, 65, 69].contains(outcome.status),
                    "\(arguments.joined(separator: " ")) left with \(outcome.status): \(outcome.errors)")
            }
        }
    }

    @Test func optionsAreFound() {
        let plan = CommandDescription.all.first { $0.words == ["plan"] }
        #expect((plan?.options.filter(\.takesAnything).count ?? 0) > 20)
    }
}
