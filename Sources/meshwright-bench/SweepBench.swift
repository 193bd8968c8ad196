import Foundation

/// Times a sweep of 10,000 cells as users run it: on all cores into a new store, the same again from the store, and the peak memory.
func benchSweep() throws -> [(name: String, value: Double, unit: String)] {
    let tool = URL(fileURLWithPath: Bundle.main.executablePath ?? "").deletingLastPathComponent().appendingPathComponent("meshwright")
    guard FileManager.default.isExecutableFile(atPath: tool.path) else {
        return [("meshwright is not built beside the benchmark; the sweep is not measured", 0, "")]
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("meshwright-bench-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let study = folder.appendingPathComponent("study.yaml")
    // 5 dense models × 4 clusters × 10 sizes × 5 batches × 5 lengths × 2 methods.
    try """
    model: [llama-3.2-1b, llama-3.1-8b, llama-2-13b, llama-3.1-70b, llama-3.1-405b]
    cluster: [dgx-h100, hgx-h200, dgx-a100, dgx-b200]
    gpus: 8...4096
    global_batch_size: [512, 1024, 1536, 2048, 3072]
    seq_len: [2K, 4K, 8K, 16K, 32K]
    method: [pretrain, lora]
    tokens: 1T
    """.write(to: study, atomically: true, encoding: .utf8)
    func seconds() throws -> Double {
        let process = Process()
        process.executableURL = tool
        process.arguments = ["sweep", study.path, "--store", folder.appendingPathComponent("cells.sqlite").path, "--format", "csv"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let start = ContinuousClock.now
        try process.run()
        process.waitUntilExit()
        return (ContinuousClock.now - start) / .seconds(1)
    }
    let (first, again) = (try seconds(), try seconds())
    var usage = rusage()
    #if os(macOS)
    getrusage(RUSAGE_CHILDREN, &usage)
    let bytes = Double(usage.ru_maxrss)
    #else
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    let bytes = Double(usage.ru_maxrss) * 1024
    #endif
    return [
        ("sweep of 10,000 cells of dense models, a process", first, "s"), ("the same from the store, a process", again, "s"),
        ("peak memory of those and earlier processes", bytes / 1_048_576, "MiB"),
    ]
}
