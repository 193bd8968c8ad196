import Foundation

/// Times the built tool as users run it, beside this program: start-up, a whole plan, the same plan from the cache, and its memory.
func benchProcess() throws -> [(name: String, value: Double, unit: String)] {
    let tool = URL(fileURLWithPath: Bundle.main.executablePath ?? "").deletingLastPathComponent().appendingPathComponent("meshwright")
    guard FileManager.default.isExecutableFile(atPath: tool.path) else {
        return [("meshwright is not built beside the benchmark; start-up not measured", 0, "")]
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("meshwright-bench-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func best(_ arguments: [String], repeats: Int) throws -> Double {
        var best = Double.infinity
        for _ in 0..<repeats {
            let process = Process()
            process.executableURL = tool
            process.arguments = arguments
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            let start = ContinuousClock.now
            try process.run()
            process.waitUntilExit()
            best = min(best, (ContinuousClock.now - start) / .milliseconds(1))
        }
        return best
    }
    let plan = ["plan", "--model", "llama-3.1-405b", "--cluster", "dgx-h100", "--gpus", "16384", "--format", "json"]
    let cached = plan + ["--cache", folder.appendingPathComponent("plans.sqlite").path]
    var rows = [("start-up (--version)", try best(["--version"], repeats: 10), "ms")]
    rows.append(("whole plan of 405B on 16,384 GPUs, a process", try best(plan + ["--no-cache"], repeats: 3), "ms"))
    _ = try best(cached, repeats: 1)
    rows.append(("the same from the cache, a process", try best(cached, repeats: 10), "ms"))
    let deep = ["simulate", "--schedule", "1f1b", "--pp", "512", "--micro-batches", "65536"]
    rows.append(("simulate of 67 million operations, a process", try best(deep, repeats: 3), "ms"))
    var usage = rusage()
    // ru_maxrss is in bytes on macOS and in KiB on Linux, whose C library also types the selector differently.
    #if os(macOS)
    getrusage(RUSAGE_CHILDREN, &usage)
    let bytes = Double(usage.ru_maxrss)
    #else
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    let bytes = Double(usage.ru_maxrss) * 1024
    #endif
    rows.append(("peak memory of those processes", bytes / 1_048_576, "MiB"))
    return rows
}
