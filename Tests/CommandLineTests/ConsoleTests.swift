import Foundation
import Testing

/// Results that cannot be written fail the run in one line, and messages that cannot be written cost nothing.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
struct ConsoleTests {
    /// A command of every group with a result, none of which writes a file.
    static let commands = [
        "plan --model gpt-2 --cluster dgx-h100 --nodes 1 --no-cache --format json",
        "plan --model gpt-2 --cluster dgx-h100 --nodes 1 --no-cache --map",
        "simulate --schedule 1f1b --pp 2 --micro-batches 4 --format json",
        "simulate --schedule 1f1b --pp 2 --micro-batches 4",
        "simulate --compare --pp 2 --micro-batches 4",
        "export --list",
        "model list", "model show gpt-2", "cluster list", "cluster show dgx-h100 --format json", "cluster check dgx-h100",
        "cluster profile-script", "gpu list", "gpu show h100-80gb-sxm", "cache list --cache /nonexistent",
        "cache info --cache /nonexistent", "validate --help", "calibrate --help", "--version", "help plan",
    ]

    /// Runs a line of the shell, in which `$0` is the tool.
    private func shell(_ line: String) throws -> BuiltTool.Run {
        let tool = try #require(BuiltTool.url)
        return try BuiltTool.run(["-c", line, tool.path], of: URL(filePath: "/bin/sh"))
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is a /dev/full"), arguments: commands)
    func aFullDiskLosesNoResultSilently(_ command: String) throws {
        let run = try shell("\"$0\" \(command) >/dev/full")
        #expect(run.status == 74)
        #expect(run.errors.hasSuffix("meshwright: cannot write to standard output: No space left on device\n"))
    }

    @Test(arguments: commands) func aClosedOutputLosesNoResultSilently(_ command: String) throws {
        let run = try shell("\"$0\" \(command) >&-")
        #expect(run.status == 74)
        #expect(run.errors.hasSuffix("meshwright: cannot write to standard output: Bad file descriptor\n"))
    }

    @Test func aReaderThatHasEnoughEndsTheRunQuietly() throws {
        let run = try shell("{ \"$0\" model list; echo $? >&2; } | true")
        // Killed by SIGPIPE, as the shell says it; or written before the reader was gone.
        #expect(["141\n", "0\n"].contains(run.errors))
        #expect(try shell("\"$0\" model list | head -1").output.hasPrefix("model"))
    }

    @Test(arguments: ["2>&-", "2>/dev/full", ">&- 2>&-", "<&- >&- 2>&-"])
    func aMessageThatCannotBeWrittenTrapsNothing(_ redirection: String) throws {
        guard !redirection.contains("full") || FileManager.default.fileExists(atPath: "/dev/full") else { return }
        #expect(try shell("\"$0\" plan --model nosuch --cluster dgx-h100 \(redirection); echo $?").output == "65\n")
        #expect(try shell("\"$0\" plan --nosuch \(redirection); echo $?").output == "64\n")
    }

    @Test func aWarningThatCannotBeWrittenLeavesTheResult() throws {
        // A folder is no cache, which is a warning.
        let plan = "\"$0\" plan --model gpt-2 --cluster dgx-h100 --nodes 1 --cache /tmp --format json"
        #expect(try shell(plan).errors.contains("/tmp"))
        let full = FileManager.default.fileExists(atPath: "/dev/full") ? ["\(plan) 2>/dev/full"] : []
        for line in full + ["\(plan) 2>&-", "{ \(plan) 2>&1 >&3 | true; } 3>&1"] {
            let run = try shell(line)
            #expect(run.status == 0)
            #expect(run.output.contains("\"schema\": \"meshwright.plan"))
        }
    }

    /// With its descriptors closed, the next file that is opened must not become standard output.
    @Test func closedDescriptorsDoNotEndUpInFiles() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "meshwright-console-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let svg = directory.appending(path: "a.svg").path
        let run = try shell("\"$0\" simulate --schedule 1f1b --pp 2 --micro-batches 4 --svg \(svg) <&- >&- 2>&-")
        #expect(run.status == 74)
        let text = try String(contentsOfFile: svg, encoding: .utf8)
        #expect(text.hasPrefix("<svg") || text.hasPrefix("<?xml"))
        #expect(!text.contains("cannot write"))
    }

    @Test func resultsAndMessagesKeepTheirOrder() throws {
        let pins = "--tp 1 --pp 1 --micro-batch-size 1 --recompute none --optimizer-sharding zero1 --explain 50 --top 50"
        let run = try shell("\"$0\" plan --model gpt-2 --cluster dgx-h100 --nodes 1 --no-cache \(pins) 2>&1")
        let last = run.output.split(separator: "\n").last
        #expect(last?.hasPrefix("meshwright: there is no plan 50") == true)
    }
}
